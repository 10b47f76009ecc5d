import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { processTerminal } from "../../cli/terminal.ts";
import type { Fetch } from "../../client/mod.ts";
import { runCli } from "./fake_terminal.ts";

const url = "http://a.test";
const refused = new TypeError("fetch failed", { cause: new Error("tcp connect error: Connection refused") });

/** A node that gives these chunks, and what was asked of it. */
function exporting(...chunks: (string | Error)[]): { fetch: Fetch; asked: string[] } {
  const asked: string[] = [];
  const fetch: Fetch = (asking) => {
    asked.push(asking);
    const texts = chunks.values();
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const { value, done } = texts.next();
        if (done) controller.close();
        else if (value instanceof Error) controller.error(value);
        else controller.enqueue(new TextEncoder().encode(value));
      },
    });
    return Promise.resolve(new Response(body));
  };
  return { fetch, asked };
}

Deno.test("export writes the file of the ring to stdout, as it comes", async () => {
  const { fetch, asked } = exporting('{"key":"a"}\n', '{"key":"b"}\n');
  const { exit, out, err } = await runCli(["export", "--url", url], { fetch });
  assertEquals([exit, out, err], [0, '{"key":"a"}\n{"key":"b"}\n', ""]);
  assertEquals(asked, [`${url}/api/export?scope=ring&format=jsonl`]);
});

Deno.test("export asks for what its options say", async () => {
  const rows: [args: string[], query: string][] = [
    [["--format", "csv"], "scope=ring&format=csv"],
    [["--out", "b.CSV"], "scope=ring&format=csv"],
    [["--out", "b.csv", "--format", "jsonl"], "scope=ring&format=jsonl"],
    [["--prefix", "a/&b"], "prefix=a%2F%26b&scope=ring&format=jsonl"],
    [["--node"], "scope=node&format=jsonl"],
  ];
  for (const [args, query] of rows) {
    const { fetch, asked } = exporting("x\n");
    assertEquals((await runCli(["export", "--url", url, ...args], { fetch })).exit, 0);
    assertEquals(asked, [`${url}/api/export?${query}`]);
  }
});

Deno.test("export --out makes a file and says how large it is", async () => {
  const { fetch } = exporting("x".repeat(2_000), "y".repeat(48));
  const made = new Map<string, string>();
  const args = ["export", "--url", url, "--out", "b.jsonl"];
  const run = (...more: string[]) => runCli([...args, ...more], { fetch, made });
  const { exit, out } = await run();
  assertEquals([exit, made.get("b.jsonl")?.length], [0, 2_048]);
  assertEquals(out, "Exported 2.0 KiB to b.jsonl in 0.0 s\n");
  const { out: json } = await run("--json");
  assertEquals(JSON.parse(json), { file: "b.jsonl", bytes: 2_048, seconds: 0 });
});

Deno.test("export that breaks off ends with 69 and leaves no file", async () => {
  const { fetch } = exporting("x\n", new TypeError("connection reset"));
  const made = new Map<string, string>();
  const { exit, err } = await runCli(["export", "--url", url, "--out", "b.jsonl"], { fetch, made });
  assertEquals([exit, made.size], [69, 0]);
  assertEquals(err, `Lost the connection to ${url} before its answer\n`);
});

Deno.test("export asks the next node when one is gone, and says when none is there", async () => {
  const { fetch, asked } = exporting("x\n");
  const oneGone: Fetch = (asking, init) =>
    asking.startsWith(url) ? Promise.reject(refused) : fetch(asking, init);
  const found = await runCli(["export", "--url", url, "--url", "http://b.test"], { fetch: oneGone });
  assertEquals([found.exit, found.out, asked.length], [0, "x\n", 1]);
  const made = new Map<string, string>();
  const noNetwork: Fetch = () => Promise.reject(refused);
  const lost = await runCli(["export", "--url", url, "--out", "b"], { fetch: noNetwork, made });
  assertEquals([lost.exit, made.size], [69, 0]);
  assertStringIncludes(lost.err, `Cannot reach ${url}: connection refused`);
});

Deno.test("export tells the node's refusal, and files that cannot be made", async () => {
  const error = { code: "UNCERTAIN", message: "Cannot tell: nobody keeps it", requestId: "r1" };
  const refusing: Fetch = () => Promise.resolve(Response.json({ error }, { status: 503 }));
  const refusal = await runCli(["export", "--url", url], { fetch: refusing });
  assertEquals([refusal.exit, refusal.err], [75, "Cannot tell: nobody keeps it (request r1)\n"]);
  const { fetch } = exporting("x\n");
  const nowhere = await runCli(["export", "--url", url, "--out", "no/b.jsonl"], { fetch });
  assertEquals([nowhere.exit, nowhere.err], [73, "Cannot write no/b.jsonl: no such folder\n"]);
  assertEquals((await runCli(["export", "--url", url, "--format", "xml"], { fetch })).exit, 64);
});

Deno.test("a file gets its name when it is whole, and not before", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/b.jsonl`;
    await Deno.writeTextFile(path, "old");
    const given = await processTerminal.createFile(path);
    await given.write(new TextEncoder().encode("half"));
    assertEquals(await Deno.readTextFile(path), "old");
    await given.discard();
    const kept = await processTerminal.createFile(path);
    await kept.write(new TextEncoder().encode("new"));
    await kept.keep();
    assertEquals(await Deno.readTextFile(path), "new");
    assertMatch([...Deno.readDirSync(directory)].map(({ name }) => name).join(), /^b\.jsonl$/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
