import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { deadUrl, FakeNode, refusal, versionOf } from "../client/fake_node.ts";
import { type Outcome, runCli, type Scene } from "./fake_terminal.ts";

const escapeCode = "\u001b[";

/** `rondo ARGS --url NODE`. */
function runAt(node: FakeNode, args: readonly string[], scene?: Scene): Promise<Outcome> {
  return runCli(["--url", node.url, ...args], scene);
}

Deno.test("put stores an argument, stdin or a file; get writes the bytes and nothing else", async () => {
  await using node = new FakeNode();
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  assertEquals((await runAt(node, ["put", "a", "hello"])).out, `Created a at version ${versionOf(1)}\n`);
  assertEquals(
    (await runAt(node, ["put", "a", "-"], { stdin: bytes })).out,
    `Replaced a at version ${versionOf(2)}\n`,
  );
  assertEquals((await runAt(node, ["get", "a"])).outBytes, bytes);
  await runAt(node, ["put", "b", "--file", "f"], { files: { f: bytes } });
  assertEquals((await runAt(node, ["get", "b"])).outBytes, bytes);
  await runAt(node, ["put", "--", "-c", "-5"]);
  assertEquals((await runAt(node, ["get", "--", "-c"])).out, "-5");
  await runAt(node, ["put", "empty", ""]);
  assertEquals(await runAt(node, ["get", "empty"]), {
    exit: 0,
    out: "",
    outBytes: new Uint8Array(),
    err: "",
  });
});

Deno.test("get ends the line for a person, not for a file", async () => {
  await using node = new FakeNode();
  await runAt(node, ["put", "a", "hello"]);
  assertEquals((await runAt(node, ["get", "a"], { isTerminal: true })).out, "hello\n");
  await runAt(node, ["put", "a", "hello\n"]);
  assertEquals((await runAt(node, ["get", "a"], { isTerminal: true })).out, "hello\n");
});

Deno.test("get of a key that is not there ends with 1", async () => {
  await using node = new FakeNode();
  assertEquals(await runAt(node, ["get", "no\nkey"]), {
    exit: 1,
    out: "",
    outBytes: new Uint8Array(),
    err: 'Not found: "no\\nkey"\n',
  });
  const json = await runAt(node, ["get", "nokey", "--json"]);
  assertEquals([json.exit, json.err], [1, ""]);
  assertEquals(JSON.parse(json.out), { key: "nokey", found: false, version: versionOf(7) });
});

Deno.test("get --json has what the node said of the key", async () => {
  await using node = new FakeNode();
  await runAt(node, ["put", "a", "hi"]);
  const { out } = await runAt(node, ["get", "a", "--json"]);
  const { owner, ...rest } = JSON.parse(out);
  assertEquals(rest, {
    key: "a",
    found: true,
    value: "aGk=",
    version: versionOf(1),
    expiresAt: null,
    hops: 1,
  });
  assertEquals(owner, node.node);
});

Deno.test("put --if-absent of a key that is there ends with 1", async () => {
  await using node = new FakeNode();
  assertEquals((await runAt(node, ["put", "a", "1", "--if-absent", "--ttl", "60"])).exit, 0);
  const { exit, err } = await runAt(node, ["put", "a", "2", "--if-absent"]);
  assertEquals([exit, err], [1, `Cannot write: the key is at version ${versionOf(1)}\n`]);
  assertEquals((await runAt(node, ["put", "a", "3", "--if-version", versionOf(1)])).exit, 0);
  assertEquals(node.seen[0]?.path, "/api/keys/a?ttl=60");
});

Deno.test("A write of unknown fate ends with 75 and is never called failed", async () => {
  await using node = new FakeNode();
  node.script.push(() => refusal(500, "INTERNAL", "Internal error", { definite: false }));
  const { exit, err } = await runAt(node, ["put", "a", "1", "--idempotency-key", "mine"]);
  assertEquals(exit, 75);
  assertEquals(
    err,
    "Internal error: the write may or may not have been stored (request r1); " +
      "repeat it with --idempotency-key mine to write it once\n",
  );
  node.script.push(() => refusal(500, "INTERNAL", "Internal error", { definite: false }));
  const { exit: deleteExit, err: deleteErr } = await runAt(node, ["delete", "a"]);
  assertEquals([deleteExit, /may or may not/.test(deleteErr)], [75, true]);
});

Deno.test("Each refusal has its exit code and one line", async (t) => {
  await using node = new FakeNode();
  const rows: [status: number, code: string, exit: number][] = [
    [400, "BAD_QUERY", 64],
    [401, "UNAUTHENTICATED", 77],
    [403, "FORBIDDEN", 77],
    [412, "VERSION_CONFLICT", 1],
    [413, "TOO_LARGE", 65],
    [429, "OVERLOADED", 75],
    [500, "INTERNAL", 70],
    [503, "UNAVAILABLE", 75],
    [503, "UNCERTAIN", 75],
    [503, "DRAINING", 75],
    [504, "DEADLINE_EXCEEDED", 75],
    [507, "STORAGE_FULL", 75],
  ];
  for (const [status, code, exit] of rows) {
    await t.step(`${status} ${code}: ${exit}`, async () => {
      node.script.splice(
        0,
        Infinity,
        ...Array.from({ length: 5 }, () => () => refusal(status, code, "Cannot:\n no")),
      );
      const outcome = await runAt(node, ["get", "a"]);
      const advice = status === 401 ? ". Give one with --token-file PATH or in RONDO_TOKEN" : "";
      const line = status < 500 ? `Cannot: no${advice}\n` : "Cannot: no (request r1)\n";
      assertEquals([outcome.exit, outcome.out, outcome.err], [exit, "", line]);
      node.script.length = 0;
    });
  }
});

Deno.test("delete is content with a key that is not there", async () => {
  await using node = new FakeNode();
  assertEquals((await runAt(node, ["delete", "a"])).out, "Deleted a\n");
  assertEquals(JSON.parse((await runAt(node, ["delete", "a", "--json"])).out), {
    key: "a",
    version: versionOf(2),
  });
});

Deno.test("lookup shows the path hop by hop, then the owner", async () => {
  await using node = new FakeNode();
  const { exit, out } = await runAt(node, ["lookup", "k"]);
  assertEquals(exit, 0);
  const port = new URL(node.url).port.padEnd(5);
  assertEquals(out.split("\n").map((line) => line.replace(/ +/g, " ")), [
    "HOP NODE URL VIA RTT SAID",
    ` 1 aaaaaaaa http://127.0.0.1:${port} self 0.0 ms closer`.replace(/ +/g, " "),
    " 2 bbbbbbbb http://127.0.0.1:9 answer 1.3 ms owner",
    `Key hash: ${"cc".repeat(20)}, partition 7`,
    "Owner: bbbbbbbb http://127.0.0.1:9, 1 hop",
    "",
  ]);
  assertEquals(JSON.parse((await runAt(node, ["lookup", "k", "--json"])).out), node.lookup("k"));
});

Deno.test("info shows the node in units that people use", async () => {
  await using node = new FakeNode();
  const { out } = await runAt(node, ["info"]);
  assertStringIncludes(out, "Ready:      yes\nKeys:       0 in 4096 partitions\n");
  assertStringIncludes(out, "CPU:        1.3 %\nMemory:     50.0 MiB\nUp:         1 d 1 h, life 2\n");
  assertEquals(JSON.parse((await runAt(node, ["info", "--json"])).out), node.info());
});

Deno.test("ring shows each node and whether the ring is whole", async () => {
  await using node = new FakeNode();
  const whole = await runAt(node, ["ring"]);
  assertEquals(whole.exit, 0);
  assertMatch(whole.out, /^aaaaaaaa {2}\S+ +member +0 +1\.3 % +50\.0 MiB +ok$/m);
  assertMatch(whole.out, /\n1 node, 0 keys; the ring is closed\n$/);
});

Deno.test("ring ends with 1 when a node does not answer or points elsewhere", async () => {
  await using node = new FakeNode();
  const dead = { id: "bb".repeat(20), url: deadUrl(), isReachable: false, phase: null, predecessor: null };
  const first = { ...node.ringNode(), predecessor: { id: dead.id, url: dead.url } };
  node.script.push(() => Response.json({ nodes: [first, dead], isClosed: true }));
  const { exit, out } = await runAt(node, ["ring"]);
  assertEquals(exit, 1);
  assertMatch(out, /^bbbbbbbb {2}\S+ +unreachable +- +- +- +not ok: none$/m);
  assertMatch(out, /\n2 nodes, 0 keys; the ring is closed, 1 not in order\n$/);
  node.script.push(() => Response.json({ nodes: [first], isClosed: false }));
  assertStringIncludes((await runAt(node, ["ring"])).out, "did not come back to where it began");
});

Deno.test("keys lists node by node and says which node it could not ask", async () => {
  await using node = new FakeNode();
  for (const key of ["a/1", "a/2", "a/3", "b", "\tc"]) await runAt(node, ["put", key, "v"]);
  assertEquals((await runAt(node, ["keys", "a/"])).out, "a/1\na/2\na/3\n");
  assertEquals((await runAt(node, ["keys", "a/", "--limit", "2"])).out, "a/1\na/2\n");
  assertEquals((await runAt(node, ["keys", "--node"])).out.split("\n").length, 6);
  assertEquals((await runAt(node, ["keys", "\t"])).out, '"\\tc"\n');
  const [first] = (await runAt(node, ["keys", "a/", "--json"])).out.split("\n");
  assertEquals(JSON.parse(first ?? "").expiresAt, "2030-01-01T00:00:00.000Z");

  const dead = { ...node.ringNode(), url: deadUrl() };
  node.script.push(() => Response.json({ nodes: [dead, node.ringNode()], isClosed: true }));
  const partial = await runAt(node, ["keys", "b"]);
  assertEquals([partial.exit, partial.out], [75, "b\n"]);
  assertStringIncludes(partial.err, `Cannot list the keys of ${dead.url}: Cannot reach`);
});

Deno.test("The node is that of --url, else of RONDO_URL; several stand in for each other", async () => {
  await using node = new FakeNode();
  assertEquals((await runCli(["info"], { env: { RONDO_URL: node.url } })).exit, 0);
  assertEquals((await runCli(["info", "--url", `${deadUrl()},${node.url}`])).exit, 0);
  assertEquals((await runCli(["--url", deadUrl(), "info", "--url", node.url])).exit, 0);
});

Deno.test("Colours are for terminals, and for those who want them", async () => {
  await using node = new FakeNode();
  const hasColor = async (scene: Scene) => (await runAt(node, ["ring"], scene)).out.includes(escapeCode);
  assert(await hasColor({ isTerminal: true }));
  assert(!await hasColor({ isTerminal: false }));
  assert(!await hasColor({ isTerminal: true, env: { NO_COLOR: "1" } }));
  assert(!await hasColor({ isTerminal: true, env: { TERM: "dumb" } }));
});
