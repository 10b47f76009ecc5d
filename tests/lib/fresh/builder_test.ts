import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { App, cors, csrf, ipFilter, staticFiles, trailingSlashes } from "fresh";
import { Builder } from "fresh/dev";
import { Partial } from "fresh/runtime";
import { h } from "preact";
import { islandFiles } from "./island_files.ts";
import { type Files, openSite, withProject, writeFiles } from "./project.ts";

async function buildIdOf(root: string, cacheDir?: string | string[]): Promise<string> {
  const site = await openSite(root, undefined, cacheDir === undefined ? {} : { cacheDir });
  return /\/_fresh\/js\/(\w+)\//.exec(await site.read("/"))?.[1] ?? "";
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

const small: Files = {
  "shared/words.ts": "export const word = 'one';",
  "islands/Word.tsx": "import { word } from '../shared/words.ts'; export default () => <b>{word}</b>;",
  "routes/index.tsx": "import Word from '../islands/Word.tsx'; export default () => <Word />;",
};

Deno.test("the same sources make the same build, other sources or files another", async () => {
  await withProject(small, async (root) => {
    const first = await buildIdOf(root);
    assertEquals(await buildIdOf(root), first);
    await writeFiles(root, { "static/x.txt": "x" });
    const withFile = await buildIdOf(root);
    assertNotEquals(withFile, first);
    await writeFiles(root, { "shared/words.ts": "export const word = 'two';" });
    assertNotEquals(await buildIdOf(root), withFile);
  });
});

Deno.test("a second start takes the bundle that the first one kept, until a source changes", async () => {
  await withProject(small, async (root) => {
    const first = await buildIdOf(root, "kept");
    const [kept = ""] = await namesIn(`${root}/kept`);
    const bundle = JSON.parse(await Deno.readTextFile(`${root}/kept/${kept}`));
    await Deno.writeTextFile(
      `${root}/kept/${kept}`,
      JSON.stringify({ ...bundle, files: { "marked.js": "" } }),
    );
    assertNotEquals(await buildIdOf(root, "kept"), first, "it was not taken from there");
    await Deno.writeTextFile(`${root}/kept/${kept}`, "damaged");
    assertEquals(await buildIdOf(root, "kept"), first);
    await writeFiles(root, { "shared/words.ts": "export const word = 'two';" });
    assertNotEquals(await buildIdOf(root, "kept"), first);
    const names = await namesIn(`${root}/kept`);
    assertEquals([names.length, names[0] === kept], [1, false], "the older one goes");
  });
});

Deno.test("bundles are looked for in several places, and put into the last if that is possible", async () => {
  await withProject(small, async (root) => {
    const first = await buildIdOf(root, ["ahead", "own"]);
    await Deno.rename(`${root}/own`, `${root}/ahead`);
    assertEquals(await buildIdOf(root, ["ahead", "own"]), first);
    assertEquals((await namesIn(root)).includes("own"), false, "there was nothing to be made");
    await Deno.writeTextFile(`${root}/file`, "no folder");
    assertEquals(await buildIdOf(root, ["none", "file/own"]), first);
  });
});

Deno.test("two islands of one name in different folders are two islands", async () => {
  const files = {
    "islands/a/X.tsx": "export default () => <b>a</b>;",
    "islands/b/X.tsx": "export default () => <b>b</b>;",
    "routes/(_islands)/Y.tsx": "export default () => <b>y</b>;",
    "routes/index.tsx": `
      import A from "../islands/a/X.tsx";
      import B from "../islands/b/X.tsx";
      import Y from "./(_islands)/Y.tsx";
      export default () => <><A /><B /><Y /></>;`,
  };
  await withProject(files, async (root) => {
    const html = await (await openSite(root)).read("/");
    const scripts = ["islands/a/X.js", "islands/b/X.js", "(_islands)/Y.js"];
    assertEquals(scripts.filter((script) => !html.includes(script)), []);
    assertEquals(html.split("<!--fresh:island:").length - 1, 3);
  });
});

Deno.test("what is to be ignored, by its whole path, is neither route nor island", async () => {
  const files = { ...small, "islands/twice.ts": "export const twice = (x: number) => 2 * x;" };
  await withProject(files, async (root) => {
    const site = await openSite(root, undefined, { cacheDir: "kept", ignore: [/\/islands\/\w+\.ts$/] });
    assertStringIncludes(await site.read("/"), "islands/Word.js");
    const [kept = ""] = await namesIn(`${root}/kept`);
    assert(!(await Deno.readTextFile(`${root}/kept/${kept}`)).includes("twice"));
  });
});

Deno.test("a build on disk is a module that serves the app", async () => {
  const files = {
    ...islandFiles,
    "main.ts":
      "import { App, staticFiles } from 'fresh'; export const app = new App().use(staticFiles()).fsRoutes();",
  };
  await withProject(files, async (root) => {
    const apply = await new Builder({ root }).build();
    assertThrows(() => apply(new App()), Error, "deno.jsr.json");
    const { default: server } = await import(`file://${root}/_fresh/server.js`);
    const response = await server.fetch(new Request("http://site.test/"));
    assertStringIncludes(await response.text(), "islands/Counter.js");
    assertEquals((await namesIn(`${root}/_fresh`)).length, 2);
  });
});

Deno.test("the development server serves the app, and tells browsers when it was started anew", async () => {
  await withProject(islandFiles, async (root) => {
    const stop = new AbortController();
    const { promise: port, resolve } = Promise.withResolvers<number>();
    const app = new App<unknown>().use(staticFiles()).fsRoutes();
    const options = { port: 0, hostname: "127.0.0.1", signal: stop.signal };
    const done = new Builder({ root }).listen(() => Promise.resolve({ app }), {
      ...options,
      onListen: ({ port }) => resolve(port),
    });
    const origin = `http://127.0.0.1:${await port}`;
    const html = await (await fetch(`${origin}/still`)).text();
    const [, script = ""] = /<script type="module" src="([^"]*reload\.js)"/.exec(html) ?? [];
    assertStringIncludes(await (await fetch(`${origin}${script}`)).text(), "/_fresh/alive");
    const alive = await fetch(`${origin}/_fresh/alive`);
    const reader = alive.body?.getReader();
    const { value } = await reader?.read() ?? {};
    assertStringIncludes(new TextDecoder().decode(value), "data: ");
    stop.abort();
    await reader?.cancel();
    await done;
  });
});

Deno.test("what is left to upstream Fresh is refused by its name", async () => {
  const rows: [what: string, use: () => unknown][] = [
    ["cors()", cors],
    ["csrf()", csrf],
    ["ipFilter()", ipFilter],
    ["trailingSlashes()", trailingSlashes],
    ["app.ws()", () => new App().ws()],
    ["<Partial>", () => Partial({ name: "x" })],
    ["f-client-nav", () => h("div", { "f-client-nav": true })],
    ["f-partial", () => h("a", { "f-partial": "/x" })],
    ["jsr:@x/island", () => new Builder({ root: "/" }).registerIsland("jsr:@x/island")],
    ["onTransformStaticFile()", () => new Builder({ root: "/" }).onTransformStaticFile()],
  ];
  for (const [what, use] of rows) {
    const error = assertThrows(use, Error, "upstream Fresh has it: deno.jsr.json");
    assert(error.message.includes(what), error.message);
  }
  const projects: [what: string, files: Files][] = [
    ['"jsx": "precompile"', { "deno.json": '{ "compilerOptions": { "jsx": "precompile" } }' }],
    ["FRESH_PUBLIC_", { "islands/X.tsx": "export default () => <b>{Deno.env.get('FRESH_PUBLIC_X')}</b>;" }],
  ];
  for (const [what, files] of projects) {
    await withProject(files, async (root) => {
      const error = await assertRejects(() => openSite(root), Error, "upstream Fresh has it: deno.jsr.json");
      assert(error.message.includes(what), error.message);
    });
  }
});

Deno.test("fsRoutes() without a build is refused when the app is put together", () => {
  assertThrows(() => new App().fsRoutes().handler(), Error, "apply a build");
});

Deno.test("an island that does not compile is told with its place", async () => {
  await withProject({ "islands/X.tsx": "export default () => <b>{missing from}</b>;" }, async (root) => {
    const error = await assertRejects(() => openSite(root), Error);
    assertStringIncludes(error.message, "X.tsx");
  });
});
