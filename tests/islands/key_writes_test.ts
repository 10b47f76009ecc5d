import { assert, assertEquals } from "@std/assert";
import { RondoClient } from "../../client/mod.ts";
import { deleteKey, deleteKeys, readKey, restoreKey, saveKey } from "../../islands/key_writes.ts";
import { RingInProcess } from "../transport/ring_in_process.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function clientOf(ring: RingInProcess, place = 0): RondoClient {
  return new RondoClient({ url: ring.nodes[place]?.self.url ?? "", fetch: ring.fetch });
}

/**
 * Versions begin with the millisecond of the request. Of two writes in one, the second may come out below the first,
 * and a node that has kept the key for less than a second does not vouch for what that means.
 */
async function nextMillisecond(): Promise<void> {
  const ms = Date.now();
  while (Date.now() <= ms) await Promise.resolve();
}

const hostileKey = '"><script>alert(1)</script>';

Deno.test("a key is saved, looked at with its keepers, deleted and put back", async () => {
  await using ring = await RingInProcess.of(3);
  const client = clientOf(ring);
  const value = bytes("<img src=x onerror=alert(1)>");
  const condition = { ifAbsent: true } as const;
  const saved = await saveKey(client, { key: hostileKey, value, ttlSeconds: 60, condition });
  assert(saved.kind === "saved" && saved.expiresAtMs !== null);
  const open = await readKey(clientOf(ring, 1), hostileKey);
  assert(open.kind === "found");
  assertEquals([open.stored.value, open.stored.version], [value, saved.version]);
  assertEquals([open.place?.keepers.length, open.place?.keepers[0]?.id], [3, open.place?.owner.id]);

  assertEquals((await deleteKey(client, hostileKey, saved.version)).kind, "saved");
  const gone = await readKey(client, hostileKey);
  assert(gone.kind === "absent" && gone.version !== null && gone.place !== null);
  const deleted = { key: hostileKey, value, expiresAtMs: saved.expiresAtMs };
  assertEquals((await restoreKey(client, deleted, Date.now())).kind, "saved");
  const back = await readKey(client, hostileKey);
  assert(back.kind === "found" && back.stored.expiresAtMs !== null);
  assertEquals(back.stored.value, value);
  assert(Math.abs(back.stored.expiresAtMs - saved.expiresAtMs) < 5_000, "its time goes on");
});

Deno.test("who comes too late is shown what is there now, and nothing is lost", async () => {
  await using ring = await RingInProcess.of(1);
  const client = clientOf(ring);
  const write = { key: "k", ttlSeconds: null, condition: null };
  const first = await saveKey(client, { ...write, value: bytes("1") });
  assert(first.kind === "saved", JSON.stringify(first));
  await nextMillisecond();
  const second = await saveKey(client, { ...write, value: bytes("2") });
  assert(second.kind === "saved", JSON.stringify(second));
  const late = { ...write, value: bytes("mine"), condition: { ifVersion: first.version } };
  const theirs = { value: bytes("2"), version: second.version, expiresAtMs: null };
  assertEquals<unknown>(await saveKey(client, late), { kind: "overtaken", theirs });
  assertEquals<unknown>(await deleteKey(client, "k", first.version), { kind: "overtaken", theirs });
  const restored = await restoreKey(client, { key: "k", value: bytes("old"), expiresAtMs: null }, 0);
  assertEquals<unknown>(restored, { kind: "overtaken", theirs });
  assertEquals((await deleteKey(client, "k", second.version)).kind, "saved");
  assertEquals(await saveKey(client, late), { kind: "overtaken", theirs: null });
});

Deno.test("what was over meanwhile is not put back", async () => {
  await using ring = await RingInProcess.of(1);
  const outcome = await restoreKey(clientOf(ring), { key: "k", value: bytes(""), expiresAtMs: 1_000 }, 1_000);
  assertEquals(outcome.kind === "failed" && outcome.problem.message.startsWith("Cannot put it back"), true);
  assertEquals((await readKey(clientOf(ring), "k")).kind, "absent");
});

Deno.test("many keys are deleted together, and each failure is told", async () => {
  await using ring = await RingInProcess.of(1);
  const client = clientOf(ring);
  const keys = Array.from({ length: 30 }, (_, i) => `k${i}`);
  for (const key of keys) await client.put(key, "x");
  const told: number[] = [];
  const { deleted, failures } = await deleteKeys(client, [...keys, ""], (done) => told.push(done));
  assertEquals([deleted.size, failures.length, failures[0]?.key], [30, 1, ""]);
  assertEquals(told, Array.from({ length: 31 }, (_, i) => i + 1));
  assertEquals((await readKey(client, "k7")).kind, "absent");
});

Deno.test("a node that does not answer is a failure with a reason, not an empty page", async () => {
  const fetch = () => Promise.reject(new TypeError("Failed to fetch"));
  const client = new RondoClient({ url: "http://gone.test", fetch, attemptsMax: 1 });
  const open = await readKey(client, "k");
  assertEquals(
    open.kind === "failed" && open.problem.message,
    "Lost the connection to http://gone.test before its answer",
  );
  const saved = await saveKey(client, { key: "k", value: bytes("x"), ttlSeconds: null, condition: null });
  assert(saved.kind === "failed" && saved.problem.message.includes("It may have happened all the same"));
});
