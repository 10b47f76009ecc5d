import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Fetch } from "../../client/mod.ts";
import { FakeNode, rpcFailure, versionOf } from "../client/fake_node.ts";
import { type Outcome, runCli, type Scene } from "./fake_terminal.ts";

/** `rondo import f.csv ARGS --url NODE` of a file. */
function runImport(node: FakeNode, file: string, args: readonly string[] = []): Promise<Outcome> {
  return runCli(["import", "f.csv", ...args, "--url", node.url], { files: { "f.csv": file } });
}

function textOf(node: FakeNode, key: string): string {
  return new TextDecoder().decode(node.values.get(key)?.value);
}

/** A file of `count` good rows `k0,v0`. */
function csvOf(count: number): string {
  return "k,v\n" + Array.from({ length: count }, (_, index) => `k${index},v${index}\n`).join("");
}

Deno.test("import stores the rows of a file and says how many", async () => {
  await using node = new FakeNode();
  const { exit, out, err } = await runImport(node, csvOf(200), ["--value", "v", "--prefix", "p/"]);
  assertEquals([exit, node.values.size, textOf(node, "p/k199")], [0, 200, "v199"]);
  assertMatch(out, /^Imported 200 rows in 0\.0 s \(\d+ rows\/s\)\n$/);
  assertMatch(err, /^\d+ of 200 rows \(\d0 %\)\n/);
});

Deno.test("import of one bad row stores nothing, tells every bad row, and ends with 65", async () => {
  await using node = new FakeNode();
  const { exit, out, err } = await runImport(node, "k,v\na,1\nb\n,2\nc,3\nd,4,5\n");
  assertEquals([exit, out, node.seen.length], [65, "", 0]);
  assertEquals(err.split("\n"), [
    "line 3: it has 1 field, the header has 2",
    "line 4: its key is empty",
    "line 6: it has 3 fields, the header has 2",
    "Nothing was stored: 3 of 5 rows are bad",
    "",
  ]);
});

Deno.test("import warns of keys that come twice and stores the last of them", async () => {
  await using node = new FakeNode();
  const { exit, err } = await runImport(node, "k,v\na,1\nb,2\na,3\na,4\n", ["--value", "v"]);
  assertEquals([exit, node.writes, textOf(node, "a")], [0, 2, "4"]);
  assertStringIncludes(err, "Warning: key a is on lines 2, 4 and 5; the last is stored\n");
});

Deno.test("import lists the rows that failed and those of unknown fate, in the order of the file", async () => {
  await using node = new FakeNode();
  node.rowErrors.set("k5", [rpcFailure("internal", false)]);
  node.rowErrors.set("k2", [rpcFailure("tooLarge", true)]);
  const { exit, out, err } = await runImport(node, csvOf(10));
  assertEquals(exit, 1);
  assertEquals(err.split("\n").slice(-3), [
    "line 4: k2 was not stored: Cannot do it: tooLarge",
    "line 7: k5 may or may not have been stored: Cannot do it: internal",
    "",
  ]);
  assertMatch(out, /^Imported 8 rows in .*; 1 failed; 1 may or may not have been stored\n$/);
});

Deno.test("import with rows of unknown fate only ends with 75", async () => {
  await using node = new FakeNode();
  node.rowErrors.set("k5", [rpcFailure("internal", false)]);
  assertEquals((await runImport(node, csvOf(10))).exit, 75);
});

Deno.test("import --json says the same for programs", async () => {
  await using node = new FakeNode();
  node.rowErrors.set("k2", [rpcFailure("tooLarge", true)]);
  const { exit, out } = await runImport(node, csvOf(4), ["--json"]);
  assertEquals([exit, JSON.parse(out)], [1, {
    stored: 3,
    created: 3,
    unsent: 0,
    losses: [{ line: 4, key: "k2", outcome: "failed", code: "TOO_LARGE", message: "Cannot do it: tooLarge" }],
    seconds: 0,
  }]);
});

Deno.test("import --dry-run checks the file and needs no node", async () => {
  await using node = new FakeNode();
  const good = await runImport(node, csvOf(4), ["--dry-run"]);
  assertEquals([good.exit, good.out], [0, "The file is good: 4 rows would be imported\n"]);
  assertEquals((await runImport(node, "k,v\na\n", ["--dry-run"])).exit, 65);
  assertEquals(node.seen.length, 0);
});

Deno.test("import of a file with nothing in it", async () => {
  await using node = new FakeNode();
  const empty = await runImport(node, "");
  assertEquals([empty.exit, empty.err], [65, "Cannot import f.csv: it is empty\n"]);
  const headerOnly = await runImport(node, "k,v\n");
  assertEquals([headerOnly.exit, headerOnly.out], [0, "Imported 0 rows in 0.0 s (0 rows/s)\n"]);
  const binary = await runImport(node, "\u0000\u0001");
  assertEquals([binary.exit, binary.err], [65, "Cannot import f.csv: it is a binary file, not text\n"]);
});

Deno.test("import reads JSON Lines, TSV and stdin", async () => {
  await using node = new FakeNode();
  const scene: Scene = {
    files: { "a.jsonl": '{"key":"a","text":"1"}\n', "b.tsv": "k\tv\nb\t2\n", "c.txt": "k;v\nc;3\n" },
    stdin: "k,v\nd,4\n",
  };
  const run = (...args: string[]) => runCli(["import", "--url", node.url, ...args], scene);
  assertEquals((await run("a.jsonl")).exit, 0);
  assertEquals((await run("b.tsv", "--value", "v")).exit, 0);
  assertEquals((await run("c.txt", "--format", "csv", "--delimiter", ";", "--value", "v")).exit, 0);
  assertEquals((await run("-", "--format", "csv", "--value", "v")).exit, 0);
  assertEquals(["a", "b", "c", "d"].map((key) => textOf(node, key)), ["1", "2", "3", "4"]);
});

Deno.test("import gives up on a node that dies, and says what was not sent", async () => {
  await using node = new FakeNode();
  const refused = new TypeError("fetch failed", {
    cause: new Error("tcp connect error: Connection refused"),
  });
  const fetchUntilDead: Fetch = (url, init) =>
    node.seen.length < 3 ? fetch(url, init) : Promise.reject(refused);
  const args = ["import", "f.csv", "--url", node.url];
  const { exit, out } = await runCli(args, { files: { "f.csv": csvOf(2_000) }, fetch: fetchUntilDead });
  assertEquals(exit, 1);
  assertMatch(out, /; \d+ failed; \d+ not sent\n$/);
});

Deno.test("The shipped data set is good, and of the size that the tour says", async () => {
  const path = new URL("../../examples/subdivisions.csv", import.meta.url);
  const file = await Deno.readFile(path);
  assert(file.length < 400_000);
  const { exit, out, err } = await runCli(["import", "s.csv", "--dry-run"], { files: { "s.csv": file } });
  assertEquals([exit, out, err], [0, "The file is good: 5023 rows would be imported\n", ""]);
});

Deno.test("import repeats a row under its key, so that it is one write", async () => {
  await using node = new FakeNode();
  node.rowErrors.set("k1", [rpcFailure("unavailable", false)]);
  assertEquals((await runImport(node, csvOf(3), ["--value", "v"])).exit, 0);
  assertEquals([node.writes, node.values.get("k1")?.version], [3, versionOf(3)]);
});
