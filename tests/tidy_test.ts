import { assertEquals } from "@std/assert";
import denoJson from "../deno.json" with { type: "json" };

/** The house rules that no compiler holds: who may import whom, and what core must do without. */

const root = new URL("../", import.meta.url);

/** Folders at the root that hold no sources of ours. Further down the same names are as good as any. */
const skipped = new Set(["node_modules", "data", "dist"]);

interface SourceFile {
  /** Relative to the root, with slashes: `core/ring/lookup.ts`. */
  readonly path: string;
  readonly text: string;
}

/** What a folder may import: folders or files of ours, and packages by the name in deno.json. */
interface Rule {
  readonly ours: readonly string[];
  readonly packages: readonly string[];
  /** Whether it may use Node's modules. Core and client run in browsers, so they may not. */
  readonly mayUseNode: boolean;
}

/** The product, without tests and what only measures or describes it. */
const product = ["core", "storage", "transport", "client", "cli", "node", "launcher", "sim", "examples"];
const productPackages = ["hono", "zod", "commander", "cli-progress", "cli-table3", "picocolors"];
const freshForPages = ["lib/fresh/mod.ts", "lib/fresh/runtime.ts"];
const inPages = ["preact", "@preact/signals", "d3-scale", "d3-shape", "@types/d3-scale", "@types/d3-shape"];
const everything: Rule = { ours: [...product, "deps"], packages: productPackages, mayUseNode: true };

/** docs/architecture.md tells the same in words. A file at the root has a rule of its own. */
const rules: Readonly<Record<string, Rule>> = {
  core: { ours: ["core"], packages: ["@noble/hashes", "zod"], mayUseNode: false },
  storage: { ours: ["storage", "core"], packages: [], mayUseNode: true },
  transport: {
    // An import over HTTP reads files as the command line does, and names its writes as clients do.
    ours: ["transport", "core", "client/rows", "client/request_id.ts", "deps/crypto.ts"],
    packages: ["hono", "zod", "@noble/hashes"],
    mayUseNode: false,
  },
  client: { ours: ["client", "core"], packages: ["zod", "@preact/signals"], mayUseNode: false },
  cli: {
    ours: ["cli", "client", "core"],
    packages: ["zod", "commander", "cli-progress", "cli-table3", "picocolors"],
    mayUseNode: true,
  },
  launcher: {
    // It takes the flags of a node and passes them on, and shows tables as the command line does.
    ours: [
      "launcher",
      "client",
      "core",
      ...[
        "console_files",
        "dot_env",
        "exit_code",
        "help_text",
        "node_options",
        "option",
        "settings",
        "start_failure",
      ]
        .map((name) => `node/${name}.ts`),
      ...["command_context", "display", "table", "terminal"].map((name) => `cli/${name}.ts`),
    ],
    packages: ["picocolors"],
    mayUseNode: true,
  },
  sim: { ours: ["sim", "core", "storage/memory_store.ts"], packages: [], mayUseNode: true },
  // The console is written against Fresh's public interface, and asks its node as any client does.
  "utils.ts": { ours: ["lib/fresh/mod.ts", "client"], packages: [], mayUseNode: false },
  "app.ts": { ours: ["lib/fresh/mod.ts", "utils.ts"], packages: [], mayUseNode: false },
  routes: {
    ours: ["routes", "islands", "components", "utils.ts", "client", "core", ...freshForPages],
    packages: inPages,
    mayUseNode: false,
  },
  islands: {
    ours: ["islands", "components", "client", "core", "lib/fresh/runtime.ts"],
    packages: inPages,
    mayUseNode: false,
  },
  components: {
    ours: ["components", "client", "core", "lib/fresh/runtime.ts"],
    packages: inPages,
    mayUseNode: false,
  },
  lib: {
    ours: ["lib"],
    packages: ["preact", "preact-render-to-string", "@preact/signals", "devalue"],
    mayUseNode: false,
  },
  node: {
    ...everything,
    ours: [...everything.ours, "app.ts", "utils.ts", "lib/fresh/dev.ts"],
    packages: [...productPackages, "@hono/node-server"],
  },
  "main.ts": everything,
  "dev.ts": { ...everything, ours: [...everything.ours, "utils.ts", "lib/fresh/builder/reloading.ts"] },
  examples: { ours: ["examples"], packages: [], mayUseNode: true },
  docs: { ours: ["docs", ...product], packages: productPackages, mayUseNode: true },
  bench: {
    ours: ["bench", ...product],
    // It measures pages in a real browser, which it also starts for tests.
    packages: [...productPackages, "playwright-core", "@sparticuz/chromium"],
    mayUseNode: true,
  },
  torture: {
    // It takes its seeded chance from the simulator, and reads its command line as a node does.
    ours: [
      ...["torture", "client", "core", "launcher", "sim/history", "sim/random.ts"],
      ...["exit_code", "node_options", "option", "settings"].map((name) => `node/${name}.ts`),
    ],
    packages: ["zod"],
    mayUseNode: true,
  },
  deps: { ours: ["deps"], packages: [], mayUseNode: false },
  tests: {
    ours: [
      ...["tests", "docs", "bench", "torture", "deps", "deno.json", "main.ts", "app.ts", "utils.ts"],
      ...["routes", "islands", "components", "lib", ...product],
    ],
    packages: [
      ...[
        "fast-check",
        "playwright-core",
        "@sparticuz/chromium",
        "axe-core",
        "preact-render-to-string",
        "devalue",
      ],
      ...inPages,
      ...productPackages,
    ],
    mayUseNode: true,
  },
};

/** What core must not name, and what it uses instead. */
const bannedInCore: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bDeno\b/, "a port of core/ports.ts; what needs Deno belongs in node/ or storage/"],
  [/\b(process|globalThis|navigator|window)\b/, "a port of core/ports.ts"],
  [/\b(fetch|XMLHttpRequest|WebSocket)\s*\(/, "ports.transport"],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/, "ports.clock.after or ports.clock.sleep"],
  [/\bDate\b/, "ports.clock.wallNow()"],
  [/\bperformance\b/, "ports.clock.now()"],
  [/\bMath\.random\b/, "ports.random.next()"],
  [/\bcrypto\b/, "IdSpace.hashId(), which is synchronous, or ports.random"],
  [/\bconsole\b/, "ports.log"],
];

/** Lines of a source file from which it is hard to read. */
const linesMax = 400;

function* walk(folder: string): Generator<SourceFile> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, root))) {
    const path = `${folder}${name}`;
    if (isDirectory && !name.startsWith(".") && !skipped.has(path)) yield* walk(`${path}/`);
    // A name that begins with zz_ marks somebody's scratch paper, which git does not see either.
    if (isDirectory || !/\.tsx?$/.test(name) || name.startsWith("zz_")) continue;
    yield { path, text: Deno.readTextFileSync(new URL(path, root)) };
  }
}

const sources = [...walk("")].sort((a, b) => (a.path < b.path ? -1 : 1));

/** The specifiers of every import and export-from, types and dynamic ones included. */
function importsOf(text: string): string[] {
  const forms = [
    /^(?:import|export)\b[^;"'`]*?\bfrom\s+"([^"]+)"/gm,
    /^import\s+"([^"]+)"/gm,
    /\bimport\(\s*"([^"]+)"/g,
    /@(?:ts|deno)-types="([^"]+)"/g,
    /\bnew URL\("(\.{1,2}\/[^"]+\.ts)", import\.meta\.url\)/g,
  ];
  return forms.flatMap((form) => [...text.matchAll(form)].map(([, specifier = ""]) => specifier));
}

/** The text with its comments blanked out, so that prose may name what code may not. */
function withoutComments(text: string): string {
  const token = /"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(token, (match) => (match.startsWith("/") ? match.replace(/[^\n]/g, " ") : match));
}

/** The path that a specifier means, from the root; null for what is not ours. */
function ourPath(from: string, specifier: string): string | null {
  const mapped = (denoJson.imports as Readonly<Record<string, string>>)[specifier];
  if (mapped?.startsWith("./")) return mapped.slice(2);
  if (!/^\.{0,2}\//.test(specifier)) return null;
  return new URL(specifier, new URL(from, "file:///")).pathname.slice(1);
}

/** The name in the import map: `hono` of `hono/cors`, `@noble/hashes` of `@noble/hashes/sha2.js`. */
function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

function folderOf(path: string): string {
  return path.split("/")[0] ?? path;
}

function isWithin(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || path.startsWith(`${place}/`));
}

/** What is wrong with one import, or null. */
function problemWith(path: string, specifier: string, rule: Rule): string | null {
  const ours = ourPath(path, specifier);
  if (ours !== null) return isWithin(ours, rule.ours) ? null : `imports ${ours}`;
  if (specifier.startsWith("node:")) {
    return rule.mayUseNode ? null : `imports ${specifier}: it has to run in a browser`;
  }
  if (/^(npm|jsr|https?):/.test(specifier)) return `imports ${specifier}: give it a name in deno.json`;
  return rule.packages.includes(packageOf(specifier)) ? null : `imports the package ${specifier}`;
}

/** Files reached from the given ones by imports, themselves included. */
function reachedFrom(starts: readonly string[]): Set<string> {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const reached = new Set<string>();
  const ahead = [...starts];
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const specifier of importsOf(texts.get(path) ?? "")) {
      const next = ourPath(path, specifier);
      if (next !== null) ahead.push(next);
    }
  }
  return reached;
}

/** Whether a person, a task or Fresh's Builder starts the file. */
function isEntryPoint({ path, text }: SourceFile): boolean {
  const tasks = JSON.stringify(denoJson.tasks);
  return path === "main.ts" || path.startsWith("routes/") || /\bimport\.meta\.main\b/.test(text) ||
    tasks.includes(path);
}

Deno.test("tidy: every folder with sources has its rule about imports", () => {
  const places = new Set(sources.map(({ path }) => folderOf(path)));
  assertEquals(
    [...places].filter((place) => rules[place] === undefined),
    [],
    "add it to `rules` in tidy_test.ts",
  );
});

Deno.test("tidy: nobody imports what is not for them", () => {
  const problems = sources.flatMap(({ path, text }) => {
    const rule = rules[folderOf(path)];
    if (rule === undefined || path.startsWith("deps/")) return [];
    const found = importsOf(text).map((specifier) => problemWith(path, specifier, rule));
    return found.filter((problem) => problem !== null).map((problem) => `${path} ${problem}`);
  });
  assertEquals(problems, []);
});

Deno.test("tidy: nothing imports main.ts, tests/, bench/ or torture/ but tests and they themselves", () => {
  for (const [place, { ours }] of Object.entries(rules)) {
    if (place === "tests") continue;
    const others = ours.filter((other) => other !== place);
    assertEquals(
      others.filter((other) => ["main.ts", "tests", "bench", "torture"].includes(other)),
      [],
      place,
    );
  }
});

Deno.test("tidy: core has no world of its own, it has ports", () => {
  const problems = sources.filter(({ path }) => path.startsWith("core/")).flatMap(({ path, text }) =>
    withoutComments(text).split("\n").flatMap((line, i) =>
      bannedInCore.filter(([pattern]) => pattern.test(line))
        .map(([pattern, instead]) => `${path}:${i + 1} names ${pattern.exec(line)?.[0]}: use ${instead}`)
    )
  );
  assertEquals(problems, []);
});

Deno.test("tidy: no source file is longer than 400 lines", () => {
  const long = sources.filter(({ path }) => !path.startsWith("tests/") && !path.endsWith(".d.ts"))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > linesMax);
  assertEquals(long, [], "find the second idea in it");
});

Deno.test("tidy: no notes to self and no test that switches the others off", () => {
  const marks = new RegExp(["TO" + "DO", "FIX" + "ME", "X" + "XX"].map((mark) => `\\b${mark}\\b`).join("|"));
  const only = new RegExp("\\.only" + "\\(|\\bonly" + ": true");
  const problems = sources.flatMap(({ path, text }) =>
    text.split("\n").flatMap((
      line,
      i,
    ) => (marks.test(line) || only.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : []))
  );
  assertEquals(problems, []);
});

Deno.test("tidy: every source file is used by something that is started", () => {
  const started = sources.filter((file) => !file.path.startsWith("tests/") && isEntryPoint(file));
  const reached = reachedFrom(started.map(({ path }) => path));
  const isTestRoot = (file: SourceFile) => file.path.endsWith("_test.ts") || isEntryPoint(file);
  const tested = reachedFrom(sources.filter(isTestRoot).map(({ path }) => path));
  const unused = sources.map(({ path }) => path)
    .filter((path) => !(isWithin(path, ["tests", "deps"]) ? tested : reached).has(path));
  assertEquals(unused, [], "delete it, or use it");
});

Deno.test("tidy: a test file has tests, and tests stand in test files", () => {
  const problems = sources.filter(({ path }) => path !== "tests/tidy_test.ts").filter(({ path, text }) => {
    const hasTests = /^\s*(?:Deno\.test|test)\(/m.test(text);
    return path.endsWith("_test.ts") ? !hasTests && !/[sS]uite\(/.test(text) : /^Deno\.test\(/m.test(text);
  });
  assertEquals(problems.map(({ path }) => path), []);
});

Deno.test("tidy: deno.json alone says where packages come from, and exactly which", () => {
  for (const [name, target] of Object.entries(denoJson.imports)) {
    const isOurs = target.startsWith("./");
    const isExact = /^npm:\/?(?:@[^/]+\/)?[^@/]+@\d+\.\d+\.\d+\/?$/.test(target);
    assertEquals(isOurs || isExact, true, `${name}: ${target}`);
  }
  const used = new Set(sources.flatMap(({ text }) => importsOf(text)).map(packageOf));
  const unused = Object.keys(denoJson.imports).filter((name) => !used.has(packageOf(name)));
  assertEquals(unused, [], "a package that nobody imports");
});

Deno.test("tidy: docs/architecture.md names files and folders that are there", () => {
  const text = Deno.readTextFileSync(new URL("docs/architecture.md", root));
  const named = [...text.matchAll(/`([\w./-]+(?:\.tsx?|\.md|\/))`/g)].map(([, path = ""]) => path);
  const isThere = (path: string) => {
    try {
      Deno.statSync(new URL(path, root));
      return true;
    } catch {
      return sources.some((source) => source.path.endsWith(`/${path}`));
    }
  };
  assertEquals(named.length > 30, true);
  assertEquals(named.filter((path) => !isThere(path)), []);
});

Deno.test("tidy: .gitignore hides no source file, as `data/` without a slash before it hides core/data/", () => {
  const lines = Deno.readTextFileSync(new URL(".gitignore", root)).split("\n");
  const anywhere = lines.filter((line) => /^[\w.-]+\/$/.test(line)).map((line) => line.slice(0, -1));
  const hidden = sources.filter(({ path }) => path.split("/").some((part) => anywhere.includes(part)));
  assertEquals(hidden.map(({ path }) => path), [], "begin the line with a slash: it means the root only");
});

Deno.test("importsOf() reads every form of import", () => {
  const text = [
    'import { a } from "./a.ts";',
    'import type { B } from "../b.ts";',
    "import {",
    "  c,",
    '} from "c";',
    'export * from "./d.ts";',
    'export type { E } from "./e.ts";',
    'import "./f.ts";',
    'const g = await import("./g.ts");',
    'import h from "../h.json" with { type: "json" };',
    'const text = "from nowhere";',
    'export const x = 1; // not from "here"',
  ].join("\n");
  const want = ["./a.ts", "../b.ts", "c", "./d.ts", "./e.ts", "../h.json", "./f.ts", "./g.ts"];
  assertEquals(importsOf(text), want);
});

Deno.test("withoutComments() leaves code and strings, and every line where it was", () => {
  const text = 'const url = "http://x"; // Deno\n/* Date\n Date */ const a = `// ${1}`;\n';
  const bare = withoutComments(text);
  assertEquals(bare.split("\n").map((line) => line.trim()), [
    'const url = "http://x";',
    "",
    "const a = `// ${1}`;",
    "",
  ]);
});

Deno.test("tidy: what docs/guarantees.md and SECURITY.md name as tests is there", () => {
  for (const [document, least] of [["docs/guarantees.md", 30], ["SECURITY.md", 15]] as const) {
    const text = Deno.readTextFileSync(new URL(document, root)).replaceAll(/\n +/g, " ");
    const named = [...text.matchAll(/^- `(tests\/[\w/.]+)` "([^"]+)"$/gm)];
    assertEquals(named.length > least, true);
    const missing = named.filter(([, path, name = ""]) =>
      !sources.some((source) => source.path === path && source.text.includes(name))
    );
    assertEquals(missing.map(([line]) => line), []);
  }
});
