import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { bodyOf, type Files, openSite, withoutErrorLog, withProject } from "./project.ts";

/** A page that tells its parameters. */
const params = "export default ({ params }: any) => <p>{JSON.stringify(params).replaceAll('\"', \"'\")}</p>;";
const text = (words: string) => `export default () => <p>${words}</p>;`;
const layout = (tag: string) => `export default ({ Component }: any) => <${tag}><Component /></${tag}>;`;
const marks = (letter: string) => `
  export default (ctx: any) => {
    ctx.state.trail = (ctx.state.trail ?? "") + "${letter}";
    return ctx.next();
  };`;
const trail = "export const handler = (ctx: any) => new Response(ctx.state.trail);";

async function pagesOf(files: Files, rows: readonly [path: string, want: string][]): Promise<void> {
  await withProject(files, async (root) => {
    const site = await openSite(root);
    for (const [path, want] of rows) {
      const [, status = "", html = ""] = /^(\d+) (.*)$/s.exec(await site.read(path)) ?? [];
      assertEquals(`${status} ${bodyOf(html)}`, want, path);
    }
  });
}

Deno.test("the name of a file says what it answers", async () => {
  await pagesOf({
    "routes/index.tsx": text("home"),
    "routes/about.tsx": text("about"),
    "routes/users/index.tsx": text("users"),
    "routes/users/[id].tsx": params,
    "routes/users/me.tsx": text("me"),
    "routes/files/[...rest].tsx": params,
    "routes/(inner)/grouped.tsx": text("grouped"),
    "routes/(_parts)/helper.tsx": "export const nothing = 1;",
    "routes/about_test.ts": "throw new Error('a test is no route');",
    "routes/moved.tsx": `export const config = { routeOverride: "/else/:where" };${params}`,
  }, [
    ["/", "200 <p>home</p>"],
    ["/about", "200 <p>about</p>"],
    ["/about/", "200 <p>about</p>"],
    ["/users", "200 <p>users</p>"],
    ["/users/7", "200 <p>{'id':'7'}</p>"],
    ["/users/me", "200 <p>me</p>"],
    ["/files", "200 <p>{'rest':''}</p>"],
    ["/files/a/b", "200 <p>{'rest':'a/b'}</p>"],
    ["/grouped", "200 <p>grouped</p>"],
    ["/else/there", "200 <p>{'where':'there'}</p>"],
    ["/moved", "404 Not Found"],
  ]);
});

Deno.test("layouts and _app go around what is in their folder and below, from the inside out", async () => {
  await pagesOf({
    "routes/_app.tsx":
      "export default ({ Component }: any) => <html><body class='app'><Component /></body></html>;",
    "routes/_layout.tsx": layout("main"),
    "routes/index.tsx": text("home"),
    "routes/a/_layout.tsx": layout("section"),
    "routes/a/index.tsx": text("a"),
    "routes/a/bare.tsx": `export const config = { skipInheritedLayouts: true };${text("bare")}`,
    "routes/a/naked.tsx": `export const config = { skipAppWrapper: true };${text("naked")}`,
    "routes/b/_layout.tsx": `export const config = { skipInheritedLayouts: true };${layout("b")}`,
    "routes/b/index.tsx": text("b"),
    "routes/(g)/_layout.tsx": layout("i"),
    "routes/(g)/c.tsx": text("c"),
  }, [
    ["/", "200 <main><p>home</p></main>"],
    ["/a", "200 <main><section><p>a</p></section></main>"],
    ["/a/bare", "200 <p>bare</p>"],
    ["/a/naked", "200 <main><section><p>naked</p></section></main>"],
    ["/b", "200 <b><p>b</p></b>"],
    ["/c", "200 <main><i><p>c</p></i></main>"],
  ]);
});

Deno.test("a middleware covers its folder and below, and not a file beside the folder", async () => {
  await pagesOf({
    "routes/_middleware.ts": marks("R"),
    "routes/foo/_middleware.ts": "export const handler = [" +
      marks("F").replace(/export default|;\s*$/g, "") + "];",
    "routes/foo/index.ts": trail,
    "routes/foo/bar.ts": trail,
    "routes/foo2.ts": trail,
    "routes/baz.ts": trail,
    "routes/baz/_middleware.ts": marks("never"),
    "routes/(group)/_middleware.ts": marks("G"),
    "routes/(group)/x.ts": trail,
  }, [
    ["/foo", "200 RF"],
    ["/foo/bar", "200 RF"],
    ["/foo2", "200 R"],
    ["/baz", "200 R"],
    ["/x", "200 RG"],
  ]);
});

Deno.test("a guard by use() covers files too, in groups as well", async () => {
  const files = { "routes/admin.ts": trail, "routes/(staff)/admin/x.ts": trail, "routes/open.ts": trail };
  await withProject(files, async (root) => {
    const site = await openSite(root, (app) =>
      app.use("/admin", (ctx) => {
        Object.assign(ctx.state as object, { trail: "guarded" });
        return ctx.next();
      }).fsRoutes());
    for (const path of ["/admin", "/admin/x"]) assertEquals(await site.read(path), "200 guarded", path);
    assertEquals(await site.read("/open"), "200 ");
  });
});

Deno.test("_error renders what went wrong in the layouts of its folder, _404 what is not there", async () => {
  const files = {
    "routes/_404.tsx": text("nothing here"),
    "routes/_layout.tsx": layout("main"),
    "routes/_error.tsx": "export default ({ error }: any) => <b>{error.message}</b>;",
    "routes/inner/_layout.tsx": layout("section"),
    "routes/inner/_error.tsx": "export default ({ error }: any) => <i>{error.message}</i>;",
    "routes/inner/broken.tsx": "export default () => { throw new Error('inner'); };",
    "routes/broken.ts":
      "import { HttpError } from 'fresh'; export const handler = () => { throw new HttpError(409, 'taken'); };",
    "routes/hidden.ts":
      "import { HttpError } from 'fresh'; export const handler = () => { throw new HttpError(404); };",
  };
  const logged = await withoutErrorLog(() =>
    pagesOf(files, [
      ["/broken", "409 <main><b>taken</b></main>"],
      ["/inner/broken", "500 <main><section><i>inner</i></section></main>"],
      ["/hidden", "404 <main><p>nothing here</p></main>"],
      ["/none", "404 <main><p>nothing here</p></main>"],
    ])
  );
  assertEquals(logged, 1);
});

Deno.test("a handler gives its page data, a status and headers, or answers by itself", async () => {
  const files = {
    "utils.ts":
      "import { createDefine } from 'fresh'; export const define = createDefine<{ name: string }>();",
    "routes/data.tsx": `
      import { page } from "fresh";
      import { define } from "../utils.ts";
      export const handler = define.handlers({
        GET: (ctx) => page({ who: ctx.url.searchParams.get("who") }, { status: 201, headers: { "x-it": "is" } }),
        POST: () => new Response("posted"),
      });
      export default define.page<typeof handler>(({ data }) => <p>{data.who}</p>);`,
    "routes/post.tsx": `export const handlers = { POST: () => new Response("posted") };${text("got")}`,
    "routes/wrong.tsx": "export const handler = { GET: () => 'text' };",
  };
  await withProject(files, async (root) => {
    const site = await openSite(root);
    const response = await site.get("/data?who=me");
    assertEquals([response.status, response.headers.get("x-it")], [201, "is"]);
    assertStringIncludes(await response.text(), "<p>me</p>");
    const posts = ["/data", "/post"].map(async (path) => (await site.get(path, { method: "POST" })).text());
    assertEquals(await Promise.all(posts), ["posted", "posted"]);
    assertStringIncludes(await site.read("/post"), "<p>got</p>");
    assertEquals(await withoutErrorLog(async () => assertEquals((await site.get("/wrong")).status, 500)), 1);
  });
});

Deno.test("async pages and layouts are awaited, and may answer by themselves", async () => {
  const files = {
    "routes/_layout.tsx": `export default async function Layout({ Component, url }: any) {
      await Promise.resolve();
      return url.pathname === "/stopped" ? new Response("by the layout") : <main><Component /></main>;
    }`,
    "routes/index.tsx":
      "export default async function Home() { await Promise.resolve(); return <p>home</p>; }",
    "routes/stopped.tsx": text("never seen"),
    "routes/moved.tsx":
      "export default async (ctx: any) => await Promise.resolve(Response.redirect(ctx.url, 301));",
  };
  await withProject(files, async (root) => {
    const site = await openSite(root);
    assertStringIncludes(await site.read("/"), "<main><p>home</p></main>");
    assertEquals(await site.read("/stopped"), "200 by the layout");
    assertEquals((await site.get("/moved")).status, 301);
  });
});

Deno.test("files that mean nothing are refused by their names when the app is put together", async () => {
  const rows: [path: string, source: string, message: string][] = [
    ["nothing.ts", "export const nothing = 1;", "routes/nothing.ts: it exports none of"],
    ["two.ts", "export const handler = (a: any, b: any) => [a, b];", "routes/two.ts: a handler takes one"],
    ["_other.tsx", text("x"), "the file routes/_other.tsx"],
    ["a-[id].tsx", text("x"), "routes/a-[id].tsx"],
    ["[[v]]/x.tsx", text("x"), "routes/[[v]]/x.tsx"],
    ["styled.tsx", `export const css = [];${text("x")}`, "routes/styled.tsx"],
  ];
  for (const [path, source, message] of rows) {
    await withProject({ [`routes/${path}`]: source }, async (root) => {
      await assertRejects(() => openSite(root), Error, message);
    });
  }
});
