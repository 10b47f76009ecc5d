import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { App, HttpError, type Middleware, type PageProps } from "fresh";
import { h } from "preact";

interface State {
  trail?: string;
}

/** Leaves its mark on the way in. */
function mark(letter: string): Middleware<State> {
  return (ctx) => {
    ctx.state.trail = `${ctx.state.trail ?? ""}${letter}`;
    return ctx.next();
  };
}

const tellTrail: Middleware<State> = ({ state }) => new Response(state.trail ?? "");

async function ask(app: App<State>, path: string, init: RequestInit = {}): Promise<string> {
  const response = await app.handler()(new Request(`http://site.test${path}`, init));
  return `${response.status} ${await response.text()}`;
}

Deno.test("middlewares run by the depth of their path first, then in their order", async () => {
  const app = new App<State>().use("/foo", mark("A")).use(mark("B")).get("/foo", mark("H"), tellTrail);
  app.use("/foo", mark("late"));
  assertEquals(await ask(app, "/foo"), "200 BAH");
});

Deno.test("a path covers itself and all below it, segment by segment", async () => {
  const app = new App<State>().use("/admin", mark("guarded"))
    .get("/admin", tellTrail).get("/admin/x/:id", tellTrail).get("/administer", tellTrail);
  const rows: [path: string, want: string][] = [
    ["/admin", "200 guarded"],
    ["/admin/", "200 guarded"],
    ["//admin//x/1", "200 guarded"],
    ["/administer", "200 "],
  ];
  for (const [path, want] of rows) assertEquals(await ask(app, path), want, path);
});

Deno.test("a guard of /admin/* is refused, because it would guard nothing", () => {
  assertThrows(() => new App().use("/admin/*", () => new Response()), Error, 'write "/admin"');
  assertThrows(() => new App().layout("/admin/*", () => null), Error, 'write "/admin"');
});

Deno.test("fixed paths come before patterns, and the first pattern that fits decides", async () => {
  const app = new App<State>()
    .get("/u/:id", ({ params }) => new Response(`user ${params.id}`))
    .post("/u/:name", () => new Response("never"))
    .get("/u/me", () => new Response("myself"))
    .get("/o/:p*", ({ params }) => new Response(`rest "${params.p}"`))
    .get("/s/*", ({ params }) => new Response(`star ${params["0"]}`))
    .get("/d{/:v}?", ({ params, route }) => new Response(`${route} ${params.v}`));
  const rows: [path: string, want: string, method?: string][] = [
    ["/u/me", "200 myself"],
    ["/u/me/", "200 myself"],
    ["/u/1", "200 user 1"],
    ["/u/1/", "404 Not Found"],
    ["/u/a%2Fb%20c", "200 user a%2Fb c"],
    ["/u/%E0", "200 user %E0"],
    ["/u/1", "405 Method Not Allowed", "POST"],
    ["/o", '200 rest ""'],
    ["/o/a/b", '200 rest "a/b"'],
    ["/o/", "404 Not Found"],
    ["/s/a/b", "200 star a/b"],
    ["/s", "404 Not Found"],
    ["/d/1", "200 /d/:v? 1"],
    ["/d", "200 /d/:v? "],
  ];
  for (const [path, want, method = "GET"] of rows) {
    assertEquals(await ask(app, path, { method }), want, `${method} ${path}`);
  }
});

Deno.test("HEAD is answered like GET without the body, OPTIONS says what there is", async () => {
  const handler = new App().get("/x", () => new Response("body", { headers: { "x-it": "is" } }))
    .post("/x", () => new Response()).handler();
  const head = await handler(new Request("http://site.test/x", { method: "HEAD" }));
  assertEquals([head.status, head.headers.get("x-it"), await head.text()], [200, "is", ""]);
  const options = await handler(new Request("http://site.test/x", { method: "OPTIONS" }));
  assertEquals([options.status, options.headers.get("allow")], [204, "GET, POST, HEAD, OPTIONS"]);
});

Deno.test("what no route answers passes the middlewares of the root alone", async () => {
  const app = new App<State>().use(mark("root")).use("/admin", mark("admin"))
    .notFound(({ state }) => new Response(state.trail ?? "", { status: 404 })).get("/admin/x", tellTrail);
  assertEquals(await ask(app, "/admin/none"), "404 root");
});

Deno.test("basePath prefixes every route, and only those", async () => {
  const app = new App<State>({ basePath: "/admin/" }).get("/", () => new Response("home"))
    .get("/u/:id", ({ params }) => new Response(params.id ?? ""));
  assertEquals(await ask(app, "/admin"), "200 home");
  assertEquals(await ask(app, "/admin/u/1"), "200 1");
  assertEquals(await ask(app, "/u/1"), "404 Not Found");
});

Deno.test("mountApp() puts an app below a path, with its middlewares and its page for what is not found", async () => {
  const inner = new App<State>({ basePath: "/b" }).use(mark("I")).get("/x", tellTrail)
    .notFound(() => new Response("inner", { status: 404 }));
  const app = new App<State>().use(mark("O")).mountApp("/a", inner).get("/x", tellTrail);
  assertEquals(await ask(app, "/a/b/x"), "200 OI");
  assertEquals(await ask(app, "/x"), "200 O");
  assertEquals(await ask(app, "/none"), "404 inner");
});

Deno.test("errors are answered at the innermost depth that has an error page, in the layouts of that depth", async () => {
  const layout = (name: string) => ({ Component }: PageProps<never, State>) =>
    h(name, null, h(Component, null));
  const app = new App<State>()
    .use(async (ctx) => {
      const response = await ctx.next();
      response.headers.set("x-root", "seen");
      return response;
    })
    .appWrapper(layout("app"))
    .layout("/a", layout("outer"))
    .onError("/a", { component: ({ error }) => h("b", null, String(error)) })
    .layout("/a/b", layout("inner"))
    .get("/a/b/teapot", () => Promise.reject(new HttpError(418, "short and stout")))
    .get("/plain", () => Promise.reject(new HttpError(409)))
    .get("/secret", () => Promise.reject(new Error("the password is x")));
  const quiet = withoutLog();
  try {
    const teapot = await app.handler()(new Request("http://site.test/a/b/teapot"));
    assertEquals([teapot.status, teapot.headers.get("x-root")], [418, "seen"]);
    assertStringIncludes(await teapot.text(), "<app><outer><b>HttpError: short and stout</b></outer></app>");
    assertEquals(await ask(app, "/plain"), "409 Conflict");
    assertEquals(quiet.lines(), 0);
    assertEquals(await ask(app, "/secret"), "500 Internal server error");
    assertEquals(quiet.lines(), 1);
  } finally {
    quiet.restore();
  }
});

Deno.test("an error page has no headers of the middlewares of its own depth", async () => {
  const app = new App<State>().use(async (ctx) => {
    const response = await ctx.next();
    response.headers.set("x-root", "seen");
    return response;
  }).onError("/", () => new Response("broken")).get("/", () => Promise.reject(new HttpError(400)));
  const response = await app.handler()(new Request("http://site.test/"));
  assertEquals([await response.text(), response.headers.get("x-root")], ["broken", null]);
});

Deno.test("a middleware that returns no Response is an error", async () => {
  const quiet = withoutLog();
  try {
    const forgetful = (() => {}) as unknown as Middleware<State>;
    assertEquals(await ask(new App<State>().get("/", forgetful), "/"), "500 Internal server error");
  } finally {
    quiet.restore();
  }
});

Deno.test("a middleware may be loaded when it is first needed", async () => {
  let loads = 0;
  const app = new App<State>().use(() => Promise.resolve(++loads).then(() => mark("lazy"))).get(
    "/",
    tellTrail,
  );
  const handler = app.handler();
  for (const _ of [1, 2]) {
    assertEquals(await (await handler(new Request("http://site.test/"))).text(), "lazy");
  }
  assertEquals(loads, 1);
});

/** Keeps errors that a test provokes out of its output. */
function withoutLog(): { restore(): void; lines(): number } {
  // deno-lint-ignore no-console
  const real = console.error;
  let lines = 0;
  // deno-lint-ignore no-console
  console.error = () => lines++;
  return {
    lines: () => lines,
    restore() {
      // deno-lint-ignore no-console
      console.error = real;
    },
  };
}
