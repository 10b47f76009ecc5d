import { assert, assertEquals } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { makeRecord } from "../../../core/data/record.ts";
import { Tombstones } from "../../../core/data/tombstones.ts";
import { SmallWorld } from "../small_world.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { view } from "./replica_names.ts";

const graceMs = 60_000;
/** A tombstone that may go is gone by then: its partition is looked through again after half the grace at most. */
const collectedMs = 160_000;

/** A ring in which a key was written and deleted just now, and another one of its partition was written. */
async function deleted(count = 3) {
  const small = await SmallWorld.ideal(count, { tombstoneGraceMs: graceMs });
  const [via] = small.ring as [ChordNode];
  const twin = small.keyThat((key) => key !== "k" && via.partitionOf(key) === via.partitionOf("k"));
  await small.put(via, twin, "v");
  await small.put(via, "k", "v");
  await small.delete(via, "k");
  await small.advance(1_000);
  assertEquals(small.copiesOf("k"), 3);
  return { small, via, twin, partition: via.partitionOf("k") };
}

Deno.test("a deletion is forgotten after the grace, and not before", async () => {
  const { small, via } = await deleted();
  await small.advance(graceMs - 2_000, () => assertEquals(small.copiesOf("k"), 3));
  await small.advance(collectedMs);
  assertEquals(small.copiesOf("k"), 0);
  const { found, record } = await small.get(via, "k");
  assertEquals([found, record], [false, null], "as if it had never been");
  assertEquals(small.ring.map(({ data }) => data.tombstones.collected), [1, 1, 1]);
});

Deno.test("a value at its end is forgotten like a deletion", async () => {
  const small = await SmallWorld.ideal(3, { tombstoneGraceMs: graceMs });
  await small.put(small.ring[0] as ChordNode, "k", "v", { ttlMs: 30_000 });
  await small.advance(30_000 + graceMs - 5_000, () => assert(small.copiesOf("k") >= 2));
  await small.advance(collectedMs);
  assertEquals(small.copiesOf("k"), 0);
});

Deno.test("a deletion is not forgotten while one of the keepers is away, for however long", async () => {
  const { small, via } = await deleted();
  const away = small.host(2);
  small.world.crash(away);
  await small.advance(10 * graceMs, () => assertEquals(small.copiesOf("k"), 3));
  small.world.launch(away);
  await small.advance(graceMs + collectedMs);
  assertEquals(small.copiesOf("k"), 0);
  assertEquals((await small.get(via, "k", "all")).record, null);
});

Deno.test("a deletion is not forgotten while one of the keepers has something older", async () => {
  const small = await SmallWorld.ideal(3, { tombstoneGraceMs: graceMs, antiEntropyMs: 1_000_000 });
  const [via, other] = small.ring as [ChordNode, ChordNode];
  const partition = via.partitionOf("k");
  await small.put(via, "k", "v");
  const { record: older } = await small.get(via, "k");
  assert(older !== null);
  const { version } = await small.delete(via, "k");
  const { store } = small.hostOf(other).disk;
  await small.advance(1_000);
  await store.drop(partition, "k", version);
  await store.merge(partition, older);
  await small.advance(graceMs + collectedMs);
  assertEquals(small.copiesOf("k"), 3);
  assertEquals((await small.get(via, "k", "all")).found, false, "this read repairs it");
  await small.advance(collectedMs);
  assertEquals(small.copiesOf("k"), 0);
});

Deno.test("a deletion is not forgotten while one of the keepers is not complete", async () => {
  const { small, partition, twin } = await deleted();
  const { store } = small.host(2).disk;
  store.damage(partition, twin);
  store.isFull = true;
  await small.advance(graceMs + collectedMs);
  assertEquals(small.copiesOf("k"), 3);
  store.isFull = false;
  await small.advance(collectedMs);
  assertEquals(small.copiesOf("k"), 0);
});

Deno.test("mistake 34: a deletion is not forgotten while its partition changes hands", async () => {
  const { small, via } = await deleted(4);
  const [owner] = small.keepersOf("k") as [ChordNode];
  const before = small.world.space.addPowerOfTwo(owner.self.id, 159);
  const newcomer = small.hostBetween(before, owner.self.id);
  small.launch(newcomer);
  await small.until(() => small.keepersOf("k").some(({ self }) => self.id === newcomer.ref.id));
  newcomer.disk.store.isFull = true;
  await small.advance(graceMs + collectedMs, () => assert(small.copiesOf("k") >= 2));
  newcomer.disk.store.isFull = false;
  await small.advance(graceMs + collectedMs);
  assertEquals(small.copiesOf("k"), 0);
  assertEquals((await small.get(via, "k", "all")).record, null);
});

Deno.test("what was written anew after a deletion is not forgotten with it", async () => {
  const { small, via } = await deleted();
  await small.advance(graceMs - 10_000);
  await small.put(via, "k", "again");
  await small.advance(collectedMs);
  assertEquals(await small.valueOf(via, "k"), "again");
  assertEquals(small.copiesOf("k"), 3);
});

Deno.test("a copy that lacks a forgotten deletion is not sent it again", async () => {
  const small = await SmallWorld.ideal(3, { tombstoneGraceMs: graceMs });
  const [node] = small.ring as [ChordNode];
  const version = node.keys.clock.next();
  await small.advance(graceMs * 1.5);
  const record = makeRecord({ key: "k", value: null, version, expiresAtMs: null, requestId: null });
  await small.hostOf(node).disk.store.merge(node.partitionOf("k"), record);
  await small.advance(collectedMs, () => assert(small.copiesOf("k") <= 1));
  assertEquals(small.copiesOf("k"), 0);
});

Deno.test("a deletion that may be forgotten is read as if it were", async () => {
  const small = await SmallWorld.ideal(3, { tombstoneGraceMs: graceMs });
  const [node] = small.ring as [ChordNode];
  const version = node.keys.clock.next();
  await small.advance(graceMs * 1.4);
  const record = makeRecord({ key: "k", value: null, version, expiresAtMs: null, requestId: null });
  for (const host of small.hostsOfRing()) await host.disk.store.merge(node.partitionOf("k"), record);
  const read = async () => (await small.run(node.keys.read("k"))).record?.version ?? null;
  assertEquals(await read(), version);
  for (const host of small.hostsOfRing()) await host.disk.store.drop(node.partitionOf("k"), "k", version);
  await small.advance(graceMs * 0.2);
  for (const host of small.hostsOfRing()) await host.disk.store.merge(node.partitionOf("k"), record);
  assertEquals(await read(), null);
});

Deno.test("Tombstones come round to every partition, however short the grace and however many there are", async () => {
  const graceMs = 6_000;
  const partitions = 128;
  const fixture = new KeeperFixture({ partitions, tombstoneGraceMs: graceMs });
  const { member, replicas, store, time } = fixture;
  fixture.keeps(view(1, "a"), { first: 0, last: partitions - 1 });
  const kept = new Set<number>();
  for (let i = 0; kept.size < partitions; i++) {
    const key = `k${i}`;
    kept.add(fixture.partitionOf(key));
    await store.merge(fixture.partitionOf(key), fixture.record(key, null));
  }
  const tombstones = new Tombstones(member, replicas, store);
  for (let second = 0; second < 60; second++) {
    await time.advance(1_000);
    // Somebody writes to the first partitions all the time.
    for (let i = 0; i < 400; i++) {
      const key = `k${i}`;
      if (fixture.partitionOf(key) < 64) {
        await store.merge(fixture.partitionOf(key), fixture.record(key, null));
      }
    }
    await tombstones.run();
  }
  assertEquals(store.count({ first: 64, last: partitions - 1 }), 0);
});
