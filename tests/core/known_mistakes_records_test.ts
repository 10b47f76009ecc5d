import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { makeRecord, mergeRecords } from "../../core/data/record.ts";
import { formatVersion } from "../../core/data/version.ts";
import { toWire } from "../../core/data/wire_record.ts";
import { ChordError, DeadlineError, errorCode, NotOwnerError, QuorumError } from "../../core/errors.ts";
import { at } from "./circle.ts";
import { SmallWorld } from "./small_world.ts";

/** Mistakes that others have made (see known_mistakes_test.ts): records, and what clients are told of them. */

const timeout = { timeoutMs: 5_000 };

Deno.test("mistake 33: a deleted key is not brought back by a handoff, nor by a node that was away", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(30);
  const away = small.host(1);
  small.world.crash(away);
  await small.advance(15_000);
  const via = small.ring[0] as ChordNode;
  for (const key of keys) await small.delete(via, key);
  const [after, before] = small.widestGap;
  small.launch(small.hostBetween(after, before));
  small.world.launch(away);
  await small.advance(40_000);
  small.assertIdeal();
  small.assertKept();
  for (const key of keys) {
    for (const node of small.ring) assertEquals((await small.get(node, key)).found, false, key);
  }
});

Deno.test("mistake 35: a moment of expiry travels with its record and is the same after a move", async () => {
  const small = await SmallWorld.ideal(3);
  const via = small.ring[0] as ChordNode;
  const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`);
  const endsAtMs = small.world.wallNow() + 40_000;
  for (const key of keys) await small.put(via, key, key, { expiresAtMs: endsAtMs });
  const [after, before] = small.widestGap;
  const joiner = small.hostBetween(after, before);
  small.launch(joiner);
  await small.advance(20_000);
  const node = joiner.life?.node as ChordNode;
  const moved = keys.filter((key) => small.keepersOf(key).includes(node));
  assert(moved.length > 0);
  for (const key of moved) assertEquals((await small.get(node, key)).record?.expiresAtMs, endsAtMs);
  await small.advance(endsAtMs - small.world.wallNow() - 500);
  await small.assertAllReadable(keys.slice(0, 3));
  await small.advance(Math.max(0, endsAtMs - small.world.wallNow()));
  for (const key of keys) assertEquals((await small.get(via, key)).found, false, key);
});

Deno.test("mistake 35: a ttl counts from the write, and is not added again on the way to the owner", async () => {
  const small = await SmallWorld.ideal(5);
  const via = small.ring[0] as ChordNode;
  const key = small.keyThat((it) => small.strangersTo(it).includes(via));
  const beganMs = small.world.wallNow();
  const { expiresAtMs } = await small.put(via, key, "v", { ttlMs: 10_000 });
  const endedMs = small.world.wallNow();
  assert(expiresAtMs !== null && expiresAtMs >= beganMs + 10_000 && expiresAtMs <= endedMs + 10_000);
});

Deno.test("mistake 36: writes of one moment have one winner, the same on every replica", () => {
  const write = (id: string, value: string) =>
    makeRecord({
      key: "k",
      value: new TextEncoder().encode(value),
      version: formatVersion(1_000, 0, at(id)),
      expiresAtMs: null,
      requestId: null,
    });
  const [a, b] = [write("40", "a"), write("80", "b")];
  assertEquals([mergeRecords(a, b), mergeRecords(b, a)], [b, b]);
  const [x, y] = [write("40", "x"), write("40", "y")];
  assertEquals(mergeRecords(x, y), mergeRecords(y, x), "even if a clock was copied with its node");
});

Deno.test("mistake 37: a conditional write is judged by keepers only, and a repeat is the same write", async () => {
  const small = await SmallWorld.ideal(5);
  const [stranger] = small.strangersTo("k") as [ChordNode];
  const forwarded = { key: "k", value: "AQ==", ifAbsent: true, forwarded: true };
  const error = await assertRejects(() => stranger.handle("kv.put", forwarded, timeout), NotOwnerError);
  assertEquals(error.data.definite, true);

  const first = await small.put(stranger, "k", "1", { ifAbsent: true, requestId: "r1" });
  const again = await small.put(stranger, "k", "1", { ifAbsent: true, requestId: "r1" });
  assertEquals(again.version, first.version);
  const other = () => small.put(stranger, "k", "2", { ifAbsent: true, requestId: "r2" });
  assertEquals((await assertRejects(other, ChordError)).code, errorCode.versionConflict);
});

Deno.test("mistake 38: read repair brings the newer one of two to whoever lacks it, also if that is a deletion", async () => {
  for (const newer of ["new", null]) {
    const small = await SmallWorld.ideal(3);
    const [via, other] = small.ring as [ChordNode, ChordNode];
    const partition = small.world.partitions.ofKey("k");
    await small.put(via, "k", "old");
    await small.advance(100);
    const version = via.keys.clock.next();
    const value = newer === null ? null : new TextEncoder().encode(newer);
    const record = makeRecord({ key: "k", value, version, expiresAtMs: null, requestId: null });
    await small.run(other.ports.store.merge(partition, record));
    assertEquals((await small.get(via, "k", "all")).record, record);
    for (const host of small.hostsOfRing()) assertEquals(host.disk.store.peek(partition, "k"), record);
  }
});

Deno.test("mistake 39: two halves of a torn ring do not both acknowledge, and one of them is right afterwards", async () => {
  const small = await SmallWorld.ideal(3);
  const [lonely, ...others] = small.hostsOfRing();
  assert(lonely !== undefined);
  await small.put(small.ring[1] as ChordNode, "k", "before");
  const [node, other] = small.ring as [ChordNode, ChordNode];
  const heal = small.world.partition([lonely], others);
  for (const waitMs of [0, 3_000, 20_000]) {
    await small.advance(waitMs);
    await assertRejects(() => small.put(node, "k", "lonely"), ChordError);
    await small.put(other, "k", `after ${waitMs}`);
    await assertRejects(() => small.get(node, "k"), ChordError, "", "it cannot know what the others wrote");
  }
  heal();
  await small.advance(60_000);
  small.assertIdeal();
  small.assertKept();
  for (const via of small.ring) assertEquals(await small.valueOf(via, "k"), "after 20000");
});

Deno.test("mistake 40: a write is acknowledged only after it is durable on as many disks as it takes", async () => {
  const small = await SmallWorld.ideal(3);
  const host = small.host(1);
  const owner = host.life?.node as ChordNode;
  let copies = 0;
  const put = owner.put("k", new TextEncoder().encode("v"), {}, timeout).then(() => {
    copies = small.copiesOf("k");
    small.world.loseDisk(host);
  });
  await small.run(put);
  assert(copies >= 2);
  await small.advance(20_000);
  const [via] = small.ring as [ChordNode];
  assertEquals(await small.valueOf(via, "k"), "v", "power and disk were lost right after the answer");
});

Deno.test("mistake 41: what is brought in from elsewhere goes through the comparison of versions", async () => {
  const small = await SmallWorld.ideal(2);
  const [via, other] = small.ring as [ChordNode, ChordNode];
  await small.put(via, "k", "old");
  const { record: old } = await small.get(via, "k");
  assert(old !== null);
  await small.put(via, "k", "new");
  await small.run(other.handle("partition.push", { epoch: 1, records: [toWire(old)] }, timeout));
  assertEquals(await small.valueOf(via, "k"), "new");
});

Deno.test("mistakes 24 and 37: an outcome that is not known is never called definite", () => {
  assertEquals(new DeadlineError("hear").data.definite, false);
  assertEquals(new QuorumError("too few", false).data.definite, false);
});
