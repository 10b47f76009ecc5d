import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { deadUrl } from "../client/fake_node.ts";
import { runCli, type Scene } from "./fake_terminal.ts";

const csv: Scene = { files: { "a.csv": "k,v\n1,2\n", "a.jsonl": '{"key":"a","text":"b"}\n', "a.dat": "x" } };

Deno.test("Mistakes on the command line end with 64, or as sysexits has it, and one line", async (t) => {
  const rows: [args: string, exit: number, line: RegExp, scene?: Scene][] = [
    ["gte x", 64, /^rondo: unknown command 'gte' \(Did you mean get\?\)\n$/],
    ["get", 64, /^rondo: missing required argument 'key'\n$/],
    ["get a b", 64, /^rondo: too many arguments/],
    ["get a --jsn", 64, /^rondo: unknown option '--jsn' \(Did you mean --json\?\)\n$/],
    ["get a --url nonsense", 64, /takes the URL of a node/],
    ["get a --url ftp://x", 64, /takes the URL of a node/],
    ["get a --url ,", 64, /takes the URL of a node/],
    ["get a --timeout 0", 64, /takes seconds/],
    ["get a --timeout -1", 64, /takes seconds|argument missing/],
    ["get a --timeout soon", 64, /takes seconds/],
    ["get a", 64, /^Cannot use RONDO_URL\. It takes the URL/, { env: { RONDO_URL: "nonsense" } }],
    ["get ", 64, /^Cannot use this key: the key is empty\n$/],
    [`get ${"x".repeat(513)}`, 64, /^Cannot use this key: the key has 513 bytes, the most is 512\n$/],
    ["put a", 64, /^Cannot put without a value/],
    ["put a b --file f", 64, /^Cannot take the value from both/],
    ["put a --file nope", 66, /^Cannot read nope: there is no such file\n$/],
    ["put a b --ttl 0", 64, /takes a whole number from 1/],
    ["put a b --ttl 1.5", 64, /takes a whole number from 1/],
    ["keys --limit many", 64, /takes a whole number from 1/],
    ["import", 64, /^rondo: missing required argument 'file'\n$/],
    ["import nope.csv", 66, /^Cannot read nope\.csv: there is no such file\n$/],
    ["import a.dat", 64, /^Cannot tell what a\.dat is/, csv],
    ["import a.csv --format xml", 64, /Allowed choices are csv, jsonl/, csv],
    ["import a.csv --delimiter ;;", 64, /takes one character, or tab/, csv],
    ["import a.csv --key z", 64, /^Cannot find a column "z" in a\.csv: it has k, v\n$/, csv],
    ["import a.csv --key {k}-{z}", 64, /^Cannot find a column "z" in a\.csv/, csv],
    ["import a.csv --value z", 64, /^Cannot find a column "z" in a\.csv/, csv],
    ["import a.jsonl --key k", 64, /^Cannot use --key with JSON Lines/, csv],
  ];
  for (const [args, exit, line, scene] of rows) {
    await t.step(`rondo ${args.slice(0, 40)}: ${exit}`, async () => {
      const outcome = await runCli(args.split(" "), scene);
      assertEquals(outcome.exit, exit, outcome.err);
      assertMatch(outcome.err, line);
      assertEquals([outcome.err.split("\n").length, outcome.out], [2, ""]);
    });
  }
});

Deno.test("Every command has help with examples", async () => {
  const program = await runCli(["--help"]);
  assertEquals([program.exit, program.err], [0, ""]);
  for (
    const name of ["import", "put", "get", "delete", "keys", "lookup", "info", "ring", "verify", "forget"]
  ) {
    assertMatch(program.out, new RegExp(`^  ${name} `, "m"));
    for (const args of [[name, "--help"], ["help", name]]) {
      const help = await runCli(args);
      assertEquals(help.exit, 0);
      assertStringIncludes(help.out, `Examples:\n  rondo ${name}`);
      assertStringIncludes(help.out, "--url <url>");
    }
  }
});

Deno.test("Without a command the help goes to stderr, exit 64", async () => {
  const { exit, out, err } = await runCli([]);
  assertEquals([exit, out], [64, ""]);
  assert(err.startsWith("Usage: rondo"));
});

Deno.test("Every command that finds no node says so in one line, exit 69", async (t) => {
  const url = deadUrl();
  const line =
    `Cannot reach ${url}: connection refused. Is a node running? Start one with: deno task node --port ${
      new URL(url).port
    }\n`;
  for (
    const args of [
      "get a",
      "put a b",
      "delete a",
      "keys",
      "lookup a",
      "info",
      "ring",
      "verify",
      "import a.csv",
    ]
  ) {
    await t.step(args, async () => {
      const outcome = await runCli([...args.split(" "), "--url", url], csv);
      assertEquals(outcome, { exit: 69, out: "", outBytes: new Uint8Array(), err: line });
    });
  }
});
