import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { RondoClient, RondoError } from "../../client/mod.ts";
import { keyPath } from "../../client/key_path.ts";
import { FakeNode, refusal, versionOf } from "./fake_node.ts";

Deno.test("RondoClient gives back the bytes that were put", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url });
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const put = await client.put("bytes", bytes);
  assertEquals([put.created, put.version], [true, versionOf(1)]);
  const got = await client.get("bytes");
  assertEquals([got.found, got.value, got.hops], [true, bytes, 1]);
  assertEquals((await client.put("bytes", "text ü")).created, false);
  assertEquals(await client.getText("bytes"), "text ü");
});

Deno.test("RondoClient says not found, with the tombstone's version, and does not throw", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url });
  await client.delete("gone");
  const got = await client.get("gone");
  assertEquals([got.found, got.value, got.version as string], [false, null, versionOf(7)]);
  assertEquals(await client.getText("gone"), null);
});

Deno.test("RondoClient tells a path that is not there from a key that is not", async () => {
  await using node = new FakeNode();
  node.script.push(() => refusal(404, "NOT_FOUND", "Cannot find this path"));
  await assertRejects(() => new RondoClient({ url: node.url }).get("k"), RondoError, "Cannot find this path");
});

Deno.test("RondoClient carries any key through the path", async (t) => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url });
  const keys = [
    ".",
    "..",
    "...",
    "a/b",
    "../x",
    "/",
    "//",
    "%2e",
    "%2F",
    "?#&=+ ",
    "ü🌍",
    "\u0000\n",
    "x".repeat(512),
  ];
  for (const key of keys) {
    await t.step(JSON.stringify(key.slice(0, 20)), async () => {
      await client.put(key, key);
      assertEquals(await client.getText(key), key);
      assert(node.values.has(key));
    });
  }
});

Deno.test("keyPath() survives the normalisation of URLs for every key", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), (key) => {
    const url = new URL(keyPath("/api/keys", key), "http://node");
    const carried = url.searchParams.get("key") ??
      decodeURIComponent(url.pathname.slice("/api/keys/".length));
    assertEquals(carried, key);
  }));
});

Deno.test("RondoClient refuses keys that no node takes, and sends nothing", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url });
  const rows: [key: string, code: string][] = [
    ["", "KEY_EMPTY"],
    ["x".repeat(513), "KEY_TOO_LARGE"],
    ["ü".repeat(257), "KEY_TOO_LARGE"],
    ["\ud800", "KEY_MALFORMED"],
  ];
  for (const [key, code] of rows) {
    const error = await assertRejects(async () => await client.put(key, "v"), RondoError);
    assertEquals([error.code, error.definite], [code, true], key.slice(0, 9));
  }
  assertEquals(node.seen.length, 0);
});

Deno.test("RondoClient writes conditions, ttl and the caller's idempotency key as the wire has them", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url });
  await client.put("a", "1", { ttlSeconds: 60, ifAbsent: true, idempotencyKey: "mine" });
  await client.put("a", "2", { ifVersion: versionOf(1) });
  const [first, second] = node.seen;
  assertEquals(first?.path, "/api/keys/a?ttl=60");
  assertEquals([first?.headers.get("if-none-match"), first?.headers.get("idempotency-key")], ["*", "mine"]);
  assertEquals(second?.headers.get("if-match"), `"${versionOf(1)}"`);
  const error = await assertRejects(() => client.put("a", "3", { ifAbsent: true }), RondoError);
  assertEquals([error.code, error.status, error.requestId, error.definite], [
    "VERSION_CONFLICT",
    412,
    "r1",
    true,
  ]);
});

Deno.test("RondoClient lists page by page, up to the limit, and asks for no more", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url });
  for (const key of ["a/1", "a/2", "a/3", "a/4", "b/1"]) await client.put(key, "v");
  const before = node.seen.length;
  const listed = await Array.fromAsync(client.list({ prefix: "a/", limit: 3 }));
  assertEquals(listed.map(({ key }) => key), ["a/1", "a/2", "a/3"]);
  assertEquals(listed[0]?.expiresAt, new Date("2030-01-01T00:00:00Z"));
  assertEquals(node.seen.slice(before).map(({ path }) => path), [
    "/api/keys?prefix=a%2F&limit=3",
    "/api/keys?prefix=a%2F&limit=1&cursor=2",
  ]);
  assertEquals((await Array.fromAsync(client.list())).length, 5);
});

Deno.test("RondoClient shows the node and its neighbourhood, and relays to peers", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: `${node.url}/some/page?x` });
  const self = node.node;
  assertEquals((await client.info()).keyCount, 0);
  assertEquals((await client.info({ peer: node.id })).url, self.url);
  assertEquals((await client.successors()).map(({ url }) => url), [self.url]);
  assertEquals(await client.predecessor({ peer: node.id }), null);
  assertEquals((await client.fingers()).map(({ index }) => index), [3]);
  assertEquals((await client.peers()).map(({ health }) => health), ["alive"]);
  assertEquals((await client.ring()).isClosed, true);
  assertEquals((await client.lookup("k")).path.map(({ via }) => via), ["self", "answer"]);
  assertEquals(node.seen[1]?.path, `/api/peers/${node.id}/info`);
});

Deno.test("RondoClient takes 'not ready' for an answer", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url });
  assertEquals(await client.ready(), { ready: true, reason: null });
  node.script.push(() => Response.json({ ready: false, reason: "2 partitions not synced" }, { status: 503 }));
  assertEquals(await client.ready(), { ready: false, reason: "2 partitions not synced" });
});

Deno.test("RondoClient asks the node to leave in JSON", async () => {
  await using node = new FakeNode();
  await new RondoClient({ url: node.url }).leave();
  const [seen] = node.seen;
  assertEquals([seen?.method, seen?.path], ["POST", "/api/node/leave"]);
  assertEquals(seen?.headers.get("content-type"), "application/json");
});

Deno.test("RondoClient.rpc() checks the result against the method table", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url });
  node.script.push(() =>
    Response.json([{ jsonrpc: "2.0", id: 0, result: { id: node.id, incarnation: 1, phase: "member" } }])
  );
  assertEquals((await client.rpc("chord.ping", {})).phase, "member");
  node.script.push(() => Response.json([{ jsonrpc: "2.0", id: 0, result: { id: "?" } }]));
  const error = await assertRejects(() => client.rpc("chord.ping", {}), RondoError);
  assertEquals(error.code, "BAD_ANSWER");
});
