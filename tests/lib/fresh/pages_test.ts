import { assertEquals, assertMatch, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { App, type Context, csp, type PageProps } from "fresh";
import { Head } from "fresh/runtime";
import { type ComponentChildren, Fragment, h, type VNode } from "preact";

type Handler = (ctx: Context<unknown>) => Response | Promise<Response>;

async function get(app: App<unknown>, path = "/"): Promise<Response> {
  return await app.handler()(new Request(`http://site.test${path}`));
}

/** The markup of a page that a handler renders in an app. */
async function rendered(page: ComponentChildren, app = new App<unknown>(), path = "/"): Promise<string> {
  return await (await get(app.get(path, (ctx) => ctx.render(h(Fragment, null, page))), path)).text();
}

/** An `_app` with this in its head. */
function inDocument(...head: ComponentChildren[]): App<unknown> {
  return new App<unknown>().appWrapper(({ Component }: PageProps) =>
    h("html", null, h("head", null, ...head), h("body", null, h(Component, null)))
  );
}

Deno.test("what a page lacks of a document is put around it", async () => {
  const head = '<head><meta charset="utf-8"></head>';
  const rows: [page: ComponentChildren, want: string][] = [
    [h("p", null, "x"), `<html>${head}<body><p>x</p></body></html>`],
    [null, `<html>${head}<body></body></html>`],
    [h("body", null, "x"), `<html>${head}<body>x</body></html>`],
    [h("html", null, h("body", null, "x")), `<html>${head}<body>x</body></html>`],
    [h("html", null, h("head", null), "x"), "<html><head></head>x</html>"],
  ];
  for (const [page, want] of rows) assertEquals(await rendered(page), `<!DOCTYPE html>${want}`);
});

Deno.test("render() says what the response is, and takes elements only", async () => {
  const app = new App<unknown>()
    .get("/", (ctx) => ctx.render(h("p", null), { status: 203, headers: { "x-it": "is" } }))
    .get("/bad", async (ctx) => {
      await assertRejects(() => ctx.render("text" as unknown as VNode), TypeError, "not an element");
      await assertRejects(() => ctx.render(undefined as unknown as VNode), TypeError, "not an element");
      return ctx.text("refused");
    });
  const response = await get(app);
  const { headers } = response;
  assertEquals([response.status, headers.get("x-it")], [203, "is"]);
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  await response.body?.cancel();
  assertEquals(await (await get(app, "/bad")).text(), "refused");
});

Deno.test("text(), html() and json() say what they are", async () => {
  const rows: [handler: Handler, type: string, body: string][] = [
    [(ctx) => ctx.text("x"), "text/plain; charset=utf-8", "x"],
    [(ctx) => ctx.html("<p>"), "text/html; charset=utf-8", "<p>"],
    [(ctx) => ctx.json({ a: 1 }), "application/json", '{"a":1}'],
  ];
  for (const [handler, type, body] of rows) {
    const response = await get(new App<unknown>().get("/", handler));
    assertEquals([response.headers.get("content-type"), await response.text()], [type, body]);
  }
});

Deno.test("redirect() leads nowhere else by slashes too many", async () => {
  const rows: [to: string, want: string][] = [
    ["/a", "/a"],
    ["//evil.test/x", "/evil.test/x"],
    ["/\\evil.test", "/evil.test"],
    ["https://meant.test//x", "https://meant.test//x"],
  ];
  for (const [to, want] of rows) {
    const response = await get(new App<unknown>().get("/", (ctx) => ctx.redirect(to)));
    assertEquals([response.status, response.headers.get("location")], [302, want]);
  }
});

Deno.test("what a page has in <Head> replaces what is the same in the document's, and is added otherwise", async () => {
  const app = inDocument(
    h("title", null, "app"),
    h("meta", { name: "description", content: "app" }),
    h("link", { rel: "stylesheet", href: "/app.css", key: "app" }),
    h("link", { rel: "icon", href: "/icon.svg" }),
  );
  const page = h(
    "main",
    null,
    h(Head, null, h("title", null, "page"), h("meta", { name: "description", content: "page" })),
    h(Head, null, h("link", { rel: "stylesheet", href: "/page.css", key: "page" }), h("meta", { name: "x" })),
  );
  assertStringIncludes(
    await rendered(page, app),
    '<head><title>page</title><meta name="description" content="page"/>' +
      '<link rel="stylesheet" href="/app.css" data-key="app"/><link rel="icon" href="/icon.svg"/>' +
      '<link rel="stylesheet" href="/page.css" data-key="page"/><meta name="x"/></head><body><main></main></body>',
  );
});

Deno.test("a <title> within a drawing stays there", async () => {
  assertStringIncludes(
    await rendered(h("svg", null, h("title", null, "a ring"))),
    "<svg><title>a ring</title></svg>",
  );
});

Deno.test("links to the present page and to those above it are marked", async () => {
  const rows: [href: string, want: string][] = [
    ["/a/b", ' aria-current="page" data-current="true"'],
    ["/a/b/", ' aria-current="page" data-current="true"'],
    ["/a/b?x=1", ""],
    ["/a", ' aria-current="true" data-ancestor="true"'],
    ["/a/bc", ""],
    ["/c", ""],
    ["https://other.test/a/b", ""],
    ["//other.test/a/b", ""],
  ];
  for (const [href, want] of rows) {
    const page = h("a", { href }, "x");
    assertStringIncludes(await rendered(page, undefined, "/a/b"), `<a href="${href}"${want}>x</a>`);
  }
  const own = h("a", { href: "/a/b", "aria-current": "step" }, "x");
  assertStringIncludes(await rendered(own, undefined, "/a/b"), '<a href="/a/b" aria-current="step">');
});

Deno.test("csp() has defaults, takes directives of one's own, and reports only if told so", async () => {
  const policy = async (options: Parameters<typeof csp>[0], name = "content-security-policy") => {
    const response = await get(new App<unknown>().use(csp(options)).get("/", (ctx) => ctx.json({})));
    return response.headers.get(name)?.split("; ") ?? [];
  };
  const has = (directives: string[], directive: string) => directives.includes(directive);
  assertEquals(has(await policy({}), "script-src 'self' 'unsafe-inline'"), true);
  const own = await policy({ csp: ["connect-src 'self' http://peer.test", "img-src *"] });
  assertEquals(has(own, "connect-src 'self' http://peer.test") && has(own, "img-src *"), true);
  assertEquals(own.filter((directive) => directive.startsWith("connect-src")).length, 1);
  assertEquals(await policy({ reportOnly: true }), []);
  const reported = await policy({ reportOnly: true, reportTo: "/r" }, "content-security-policy-report-only");
  assertEquals(has(reported, "report-uri /r"), true);
});

Deno.test("a nonce is on every script and style of a page, in its policy, and on no other page", async () => {
  const page = h(
    "main",
    null,
    h("style", null, "p{}"),
    h("script", { src: "/x.js" }),
    h(Head, null, h("style", null)),
  );
  const app = new App<unknown>().use(csp({ useNonce: true })).get("/", (ctx) => ctx.render(page));
  const nonces: string[] = [];
  for (const _ of [1, 2]) {
    const response = await get(app);
    const policy = response.headers.get("content-security-policy") ?? "";
    const [, nonce = ""] = /script-src 'self' 'nonce-([^']+)'/.exec(policy) ?? [];
    assertMatch(policy, /style-src 'self' 'nonce-/);
    assertEquals(policy.includes("unsafe-inline"), false);
    const html = await response.text();
    assertEquals(html.split(`nonce="${nonce}"`).length - 1, 3);
    nonces.push(nonce);
  }
  assertNotEquals(nonces[0], nonces[1]);
});
