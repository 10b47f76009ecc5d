import { assert, assertEquals } from "@std/assert";
import { type PutManyOptions, type PutRow, RondoClient, type RowResult } from "../../client/mod.ts";
import { batchBytesMax, batchesOf } from "../../client/put_many.ts";
import { deadUrl, FakeNode, refusal, rpcFailure } from "./fake_node.ts";
import { FakeTiming } from "./fake_timing.ts";

function rowsUpTo(count: number): PutRow[] {
  return Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: `v${index}` }));
}

async function putAll<R extends PutRow>(client: RondoClient, rows: Iterable<R>, options?: PutManyOptions) {
  const results: RowResult<R>[] = [];
  for await (const batch of client.putMany(rows, options)) results.push(...batch);
  return results;
}

/** The calls of each request, by key. */
function callsOf(node: FakeNode): { key: string; requestId: string }[][] {
  return node.seen.map(({ body }) =>
    (JSON.parse(new TextDecoder().decode(body)) as { params: { key: string; requestId: string } }[])
      .map(({ params }) => params)
  );
}

Deno.test("putMany() stores every row, in batches of at most 64", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url });
  const results = await putAll(client, rowsUpTo(150));
  assertEquals(callsOf(node).map((calls) => calls.length).sort(), [22, 64, 64]);
  assertEquals(results.filter(({ outcome }) => outcome === "stored").length, 150);
  assertEquals(await client.getText("k149"), "v149");
});

Deno.test("putMany() sends expiry as the method table has it", async () => {
  await using node = new FakeNode();
  const rows = [
    { key: "a", value: new Uint8Array([255]), ttlSeconds: 60 },
    { key: "b", value: "", expiresAt: new Date(5) },
  ];
  await putAll(new RondoClient({ url: node.url }), rows);
  const [a, b] = callsOf(node)[0] ?? [];
  const { requestId: _, ...first } = { requestId: "", ...a };
  assertEquals(first as object, { key: "a", value: "/w==", ttlMs: 60_000 });
  assertEquals(Object.keys(b ?? {}), ["key", "value", "expiresAtMs", "requestId"]);
});

Deno.test("putMany() repeats only the rows that passing trouble kept out, under their request ids", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url, timing: new FakeTiming() });
  node.rowErrors.set("k1", [rpcFailure("unavailable", false), rpcFailure("draining", true)]);
  const results = await putAll(client, rowsUpTo(3));
  const calls = callsOf(node);
  assertEquals(calls.map((batch) => batch.map(({ key }) => key)), [["k0", "k1", "k2"], ["k1"], ["k1"]]);
  const ids = calls.flatMap((batch) =>
    batch.filter(({ key }) => key === "k1").map(({ requestId }) => requestId)
  );
  assertEquals([ids.length, new Set(ids).size], [3, 1]);
  assert(results.every(({ outcome }) => outcome === "stored"));
});

Deno.test("putMany() tells rows that failed from rows whose fate is unknown", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url, timing: new FakeTiming() });
  node.rowErrors.set("k0", [rpcFailure("tooLarge", true)]);
  node.rowErrors.set("k1", [rpcFailure("internal", false)]);
  node.rowErrors.set("k2", [rpcFailure("unavailable", false), rpcFailure("storageFull", true)]);
  const results = await putAll(client, rowsUpTo(4));
  assertEquals(results.map(({ outcome, row }) => `${row.key} ${outcome}`), [
    "k0 failed",
    "k1 unknown",
    "k2 unknown",
    "k3 stored",
  ]);
  assertEquals(results.map((result) => result.outcome === "stored" ? "" : result.error.code), [
    "TOO_LARGE",
    "INTERNAL",
    "STORAGE_FULL",
    "",
  ]);
});

Deno.test("putMany() repeats a batch that was refused, or lost, as a whole", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url, timing: new FakeTiming() });
  node.script.push(
    () => refusal(503, "OVERLOADED", "busy"),
    () => Response.json({ jsonrpc: "2.0", id: null, error: rpcFailure("draining", true) }, { status: 503 }),
    () => new Response("<h1>Bad gateway</h1>", { status: 502 }),
  );
  const results = await putAll(client, rowsUpTo(2));
  assertEquals([node.seen.length, results.length, node.writes], [4, 2, 2]);
});

Deno.test("putMany() calls no row stored when the answer leaves it out", async () => {
  await using node = new FakeNode();
  node.script.push(() => Response.json([]));
  const results = await putAll(new RondoClient({ url: node.url }), rowsUpTo(2));
  assertEquals(results.map(({ outcome }) => outcome), ["unknown", "unknown"]);
});

Deno.test("putMany() stops taking rows when no node is there", async () => {
  const client = new RondoClient({ url: deadUrl(), timing: new FakeTiming() });
  let taken = 0;
  function* rows() {
    for (const row of rowsUpTo(1_000)) {
      taken++;
      yield row;
    }
  }
  const results = await putAll(client, rows(), { batch: 10, concurrency: 2 });
  assert(taken < 100 && results.length === taken, `${results.length} of ${taken}`);
  assert(results.every((result) => result.outcome === "failed" && result.error.definite));
});

Deno.test("putMany() goes on where a dead node left off when it has another", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ urls: [deadUrl(), node.url], timing: new FakeTiming() });
  const results = await putAll(client, rowsUpTo(300));
  assert(results.length === 300 && results.every(({ outcome }) => outcome === "stored"));
});

Deno.test("putMany() ends what is in flight when its reader stops", async () => {
  await using node = new FakeNode();
  const client = new RondoClient({ url: node.url });
  for await (const batch of client.putMany(rowsUpTo(1_000), { batch: 10, concurrency: 3 })) {
    assertEquals(batch.length, 10);
    break;
  }
  assert(node.seen.length <= 4, "the rest was not sent");
});

Deno.test("batchesOf() keeps a batch below what a node takes, unless one row alone is larger", async () => {
  const large = (size: number) => ({ key: "k", value: new Uint8Array(size) });
  const rows = [large(10), large(batchBytesMax), large(300_000), large(300_000), large(300_000)];
  const batches = await Array.fromAsync(batchesOf(rows, 64));
  assertEquals(batches.map((batch) => batch.length), [1, 1, 2, 1]);
});
