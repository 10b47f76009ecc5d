import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { makeRecord, type StoredRecord } from "../../../core/data/record.ts";
import { ChordError, errorCode, UncertainError } from "../../../core/errors.ts";
import type { Consistency } from "../../../core/service.ts";
import type { SimHost } from "../../../sim/world.ts";
import { SmallWorld } from "../small_world.ts";

const encoder = new TextEncoder();

/** A ring of five, and the keepers of "k" in it, its owner first. */
async function five() {
  const small = await SmallWorld.ideal(5);
  const keepers = small.keepersOf("k") as [ChordNode, ChordNode, ChordNode];
  const hosts = keepers.map((node) => small.hostOf(node)) as [SimHost, SimHost, SimHost];
  return { small, keepers, hosts };
}

/** Puts a record onto some of the disks, as a write that got no further. */
async function leaveOn(
  small: SmallWorld,
  nodes: readonly ChordNode[],
  value: string,
  inMs = 0,
  expiresAtMs: number | null = null,
): Promise<StoredRecord> {
  const version = `${(small.world.wallNow() + inMs).toString(16).padStart(12, "0")}.0000.${"f".repeat(40)}`;
  const record = makeRecord({
    key: "k",
    value: encoder.encode(value),
    version: version as StoredRecord["version"],
    expiresAtMs,
    requestId: null,
  });
  const partition = small.world.partitions.ofKey("k");
  await small.run(Promise.all(nodes.map(({ ports }) => ports.store.merge(partition, record))));
  return record;
}

/** What comes of it: a word, or the reason of the refusal. */
async function outcomeOf(task: () => Promise<unknown>, word: string): Promise<string> {
  try {
    await task();
    return word;
  } catch (error) {
    if (!(error instanceof ChordError) || error.code !== errorCode.unavailable) throw error;
    return String(error.data.reason);
  }
}

Deno.test("KeyService: a read meets what was acknowledged, whichever two of the three it asks", async () => {
  for (const [missed, dies] of [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]] as const) {
    const { small, keepers, hosts } = await five();
    const others = small.hostsOfRing().filter((host) => host !== hosts[missed]);
    await small.put(keepers[0], "k", "old");
    const heal = small.world.partition([hosts[missed]], others);
    await small.put(keepers[dies], "k", "new");
    heal();
    small.world.crash(hosts[dies]);
    for (const via of small.ring) {
      assertEquals(await small.valueOf(via, "k"), "new", `${missed} has not heard of it, ${dies} died`);
    }
  }
});

Deno.test("KeyService: how many keepers may be dead depends on the consistency that is asked for", async () => {
  const rows: [dead: number, consistency: Consistency, read: string, write: string][] = [
    [0, "all", "read", "written"],
    [1, "all", "uncertain", "quorum"],
    [1, "quorum", "read", "written"],
    [2, "quorum", "uncertain", "quorum"],
    [2, "one", "read", "written"],
  ];
  for (const [dead, consistency, read, write] of rows) {
    const { small, keepers, hosts } = await five();
    await small.put(keepers[0], "k", "v", { consistency: "all" });
    for (const host of hosts.slice(3 - dead)) small.world.crash(host);
    const why = `${consistency} with ${dead} dead`;
    for (const waitMs of [0, 15_000]) {
      if (waitMs > 0 && dead < 2) continue; // Somebody has taken the place of the dead by then.
      await small.advance(waitMs);
      assertEquals(await outcomeOf(() => small.get(keepers[0], "k", consistency), "read"), read, why);
      const put = () => small.put(keepers[0], "k", "w", { consistency });
      assertEquals(await outcomeOf(put, "written"), write, why);
    }
  }
});

Deno.test("KeyService: one copy of three is no proof that a key is absent", async () => {
  const { small, keepers, hosts } = await five();
  for (const host of hosts.slice(1)) small.world.crash(host);
  const { data } = await assertRejects(
    () => small.run(keepers[0].keys.read("k")),
    UncertainError,
    "1 of 2 copies",
  );
  assertEquals([data.reason, data.definite], ["uncertain", true]);
  assertEquals((await small.get(keepers[0], "k", "one")).found, false, "who asks for less gets less");
});

Deno.test("KeyService: a read repairs before it answers, so that the next one cannot be older", async () => {
  const { small, keepers, hosts: [, second, third] } = await five();
  await small.put(keepers[0], "k", "old", { consistency: "all" });
  const left = await leaveOn(small, [keepers[0]], "left behind");
  const { record } = await small.get(keepers[0], "k");
  assertEquals(record, left);
  const partition = keepers[0].partitionOf("k");
  const repaired = [second, third].filter(({ disk }) =>
    disk.store.peek(partition, "k")?.version === left.version
  );
  assert(repaired.length > 0, "a quorum has it now");
});

Deno.test("KeyService: a read that cannot repair says uncertain rather than what may be taken back", async () => {
  const { small, keepers, hosts } = await five();
  await small.put(keepers[0], "k", "old", { consistency: "all" });
  await leaveOn(small, [keepers[0]], "left behind");
  small.world.crash(hosts[1]);
  hosts[2].disk.store.isFull = true;
  await assertRejects(() => small.run(keepers[0].keys.read("k")), UncertainError, "1 of 2 copies");
});

Deno.test("KeyService: a value that expired before it was on enough copies is read as gone, not as uncertain", async () => {
  const { small, keepers } = await five();
  await small.put(keepers[0], "k", "old", { consistency: "all" });
  const left = await leaveOn(small, [keepers[0]], "short-lived", 0, small.world.wallNow() + 1_000);
  await small.advance(3_000);
  const { found, record } = await small.get(keepers[0], "k");
  assertEquals([found, record?.version], [false, left.version]);
});

Deno.test("KeyService: a copy that is not complete takes an expired value from its sources", async () => {
  const { small, keepers, hosts } = await five();
  await small.put(keepers[0], "k", "v", { consistency: "all", ttlMs: 1_000 });
  await small.advance(3_000);
  for (const { disk } of hosts.slice(0, 1)) disk.store.damage(keepers[0].partitionOf("k"), "k");
  assertEquals((await small.get(keepers[0], "k")).found, false);
});

Deno.test("KeyService: a write is stamped above a newer version that so many copies have that it may have been read", async () => {
  for (const spared of [0, 1, 2]) {
    const { small, keepers } = await five();
    const ahead = await leaveOn(small, keepers.toSpliced(spared, 1), "of a clock that is ahead", 10_000);
    const { version } = await small.put(keepers[0], "k", "later");
    assert(version > ahead.version, `all but ${spared}`);
    await small.advance(100);
    for (const via of small.ring) assertEquals(await small.valueOf(via, "k"), "later");
  }
});

Deno.test("KeyService: a write comes after one that was acknowledged by a node whose clock is ahead", async () => {
  const { small, keepers, hosts } = await five();
  small.world.skew(hosts[1], 400);
  const ahead = await small.put(keepers[1], "k", "earlier");
  const { version } = await small.put(keepers[2], "k", "later");
  assert(version > ahead.version);
  assertEquals(await small.valueOf(keepers[1], "k"), "later");
});

Deno.test("KeyService: of many writes at once each gets its own version, and the last one stays everywhere", async () => {
  const { small, keepers, hosts } = await five();
  const writes = Array.from({ length: 12 }, (_, i) => small.ring[i % 5] as ChordNode)
    .map((via, i) => via.put("k", encoder.encode(`${i}`), {}, { timeoutMs: 5_000 }));
  const versions = (await small.run(Promise.all(writes))).map(({ version }) => version);
  assertEquals(new Set(versions).size, 12);
  await small.advance(60_000);
  const partition = keepers[0].partitionOf("k");
  const newest = versions.reduce((max, version) => version > max ? version : max);
  const held = hosts.map(({ disk }) => disk.store.peek(partition, "k")?.version);
  assertEquals(held, [newest, newest, newest]);
});

Deno.test("KeyService: a write is refused for certain when too few keepers are there, and else is not called certain", async () => {
  const { small, keepers, hosts } = await five();
  const heal = small.world.partition([hosts[0]], small.hostsOfRing().filter((host) => host !== hosts[0]));
  const put = () => small.run(keepers[0].keys.write("k", encoder.encode("v"), {}));
  const silent = await assertRejects(put, ChordError, "1 of 2 copies confirmed it");
  assertEquals([silent.data.reason, silent.data.definite], ["quorum", false], "one copy has it");
  heal();
  await small.advance(20_000);
  for (const host of hosts.slice(1)) small.world.crash(host);
  await small.advance(20_000);
  const dead = await assertRejects(put, ChordError, "2 copies are needed and 1 of 3 keepers are there");
  assertEquals([dead.data.reason, dead.data.definite], ["quorum", true], "it was not even tried");
});

Deno.test("KeyService: a full disk among three is no harm, two of them are -32010", async () => {
  const { small, keepers, hosts } = await five();
  hosts[1].disk.store.isFull = true;
  await small.put(keepers[0], "k", "one is full");
  hosts[2].disk.store.isFull = true;
  const put = () => small.run(keepers[0].keys.write("k", encoder.encode("two are"), {}));
  assertEquals((await assertRejects(put, ChordError)).code, errorCode.storageFull);
  for (const { disk } of hosts) disk.store.isFull = false;
  await small.put(keepers[0], "k", "none is");
});

Deno.test("KeyService: a node that is short of room takes no values of clients, but deletions and what peers bring", async () => {
  const { small, keepers, hosts } = await five();
  await small.put(keepers[0], "k", "old", { consistency: "all" });
  hosts[0].disk.store.isNearlyFull = true;
  const refused = await assertRejects(() => small.put(keepers[0], "k", "new"), ChordError);
  assertEquals([refused.code, refused.data.reason, refused.data.definite], [
    errorCode.storageFull,
    "quota",
    true,
  ]);
  assertEquals(
    keepers[0].notReadyReason(),
    "the room for data is nearly used up: clients may only read and delete",
  );
  await small.run(keepers[0].keys.write("k", null, {}));
  hosts[0].disk.store.isNearlyFull = false;
  await small.put(keepers[0], "k", "new");
  hosts[1].disk.store.isNearlyFull = true;
  await small.put(keepers[0], "k", "newer", { consistency: "all" });
});
