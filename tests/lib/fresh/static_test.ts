import { assertEquals, assertStringIncludes } from "@std/assert";
import { staticFiles } from "fresh";
import { openSite, type Site, withProject, writeFiles } from "./project.ts";

const files = {
  "static/styles.css": "p { color: red }",
  "static/über uns.txt": "about",
  "secret.txt": "not for visitors",
  "routes/index.tsx": `
    import { asset } from "fresh/runtime";
    export default () => (
      <main>
        <link rel="stylesheet" href={asset("/styles.css")} />
        <img src="/a.png" srcset="/a.png 1x, /b.png 2x" />
        <img src="/free.png" data-fresh-disable-lock />
        <img src="https://other.test/c.png" />
      </main>
    );`,
};

const uncached = "no-cache, no-store, max-age=0, must-revalidate";
const prepare = (app: Site["app"]) =>
  app.use(staticFiles()).all("/api", () => new Response("api")).fsRoutes();

async function withSite(
  run: (site: Site, root: string) => Promise<void>,
  mode: "development" | "production" = "production",
): Promise<void> {
  await withProject(files, async (root) => await run(await openSite(root, prepare, { mode }), root));
}

Deno.test("a static file is told by its type, and may not be kept under its plain address", async () => {
  await withSite(async (site) => {
    const response = await site.get("/styles.css");
    const { headers } = response;
    assertEquals(await response.text(), "p { color: red }");
    assertEquals(headers.get("content-type"), "text/css; charset=utf-8");
    assertEquals(headers.get("cache-control"), uncached);
    const again = await site.get("/styles.css", { headers: { "if-none-match": headers.get("etag") ?? "" } });
    assertEquals([again.status, await again.text()], [304, ""]);
    const other = await site.get("/styles.css", { headers: { "if-none-match": 'W/"other"' } });
    assertEquals([other.status, await other.text()], [200, "p { color: red }"]);
  });
});

Deno.test("an address with the present build may be kept for ever, one with an older leads to the plain one", async () => {
  await withSite(async (site) => {
    const html = await site.read("/");
    const [, address = "", id = ""] = /href="(\/styles\.css\?__frsh_c=(\w+))"/.exec(html) ?? [];
    const response = await site.get(address);
    await response.body?.cancel();
    assertEquals(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
    const old = await site.get("/styles.css?a=1&__frsh_c=0ld");
    assertEquals([old.status, old.headers.get("location")], [307, "/styles.css?a=1"]);
    assertStringIncludes(
      html,
      `<img src="/a.png?__frsh_c=${id}" srcset="/a.png?__frsh_c=${id} 1x, /b.png?__frsh_c=${id} 2x"/>`,
    );
    assertStringIncludes(html, '<img src="/free.png" ');
    assertStringIncludes(html, '<img src="https://other.test/c.png"/>');
  });
});

Deno.test("only what lies in static/ is answered, and only for GET and HEAD", async () => {
  for (const mode of ["production", "development"] as const) {
    await withSite(async (site) => {
      const rows: [method: string, path: string, want: string][] = [
        ["GET", "/%C3%BCber%20uns.txt", "200 about"],
        ["HEAD", "/styles.css", "200 "],
        ["POST", "/styles.css", "405 Method Not Allowed"],
        ["POST", "/api", "200 api"],
        ["GET", "/favicon.ico", "404 "],
        ["GET", "/..%2Fsecret.txt", "404 Not Found"],
        ["GET", "/%2e%2e/secret.txt", "404 Not Found"],
        ["GET", "/_fresh/js/x/client.js", "404 Not Found"],
      ];
      for (const [method, path, want] of rows) {
        const response = await site.get(path, { method });
        assertEquals(`${response.status} ${await response.text()}`, want, `${mode}: ${method} ${path}`);
      }
    }, mode);
  }
});

Deno.test("in development, files are read anew and have no tags", async () => {
  await withSite(async (site, root) => {
    await writeFiles(root, { "static/styles.css": "p { color: blue }", "static/new.txt": "new" });
    const response = await site.get("/styles.css");
    assertEquals([await response.text(), response.headers.get("etag")], ["p { color: blue }", null]);
    assertEquals(await site.read("/new.txt"), "200 new");
  }, "development");
});
