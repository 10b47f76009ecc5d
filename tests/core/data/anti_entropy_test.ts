import { assert, assertEquals } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { makeRecord } from "../../../core/data/record.ts";
import { SmallWorld } from "../small_world.ts";

/** Rounds are half a minute apart, a quarter more at most. */
const comparedMs = 40_000;

/** What each keeper of the key holds of it. */
function heldOf(small: SmallWorld, key: string): (string | undefined)[] {
  const partition = small.world.partitions.ofKey(key);
  return small.keepersOf(key).map((node) => small.hostOf(node).disk.store.peek(partition, key)?.version);
}

Deno.test("AntiEntropy: a copy that missed writes and deletions has them soon, without anybody reading", async () => {
  const small = await SmallWorld.ideal(3);
  const keys = await small.fill(20);
  await small.advance(1_000);
  const [cut, ...others] = small.hostsOfRing();
  assert(cut !== undefined);
  const heal = small.world.partition([cut], others);
  const via = small.ring[1] as ChordNode;
  const versions = new Map<string, string>();
  for (const [i, key] of keys.entries()) {
    const { version } = i % 2 === 0 ? await small.put(via, key, "new") : await small.delete(via, key);
    versions.set(key, version);
  }
  heal();
  await small.advance(comparedMs);
  for (const [key, version] of versions) assertEquals(heldOf(small, key), [version, version, version], key);
});

Deno.test("AntiEntropy: a record that a disk has lost without a word comes back", async () => {
  const small = await SmallWorld.ideal(5);
  const { version } = await small.put(small.ring[0] as ChordNode, "k", "v");
  await small.advance(1_000);
  for (const node of small.keepersOf("k")) {
    const { store } = small.hostOf(node).disk;
    await store.drop(node.partitionOf("k"), "k", version);
    await small.advance(comparedMs);
    assertEquals(heldOf(small, "k"), [version, version, version]);
  }
});

Deno.test("AntiEntropy ties all copies together: what each of them has alone, all have in the end", async () => {
  const small = await SmallWorld.ideal(3);
  const partition = small.world.partitions.ofKey("k");
  const twins = Array.from({ length: 2_000 }, (_, i) => `t${i}`)
    .filter((key) => small.world.partitions.ofKey(key) === partition).slice(0, 9);
  for (const [i, key] of twins.entries()) {
    const node = small.ring[i % 3] as ChordNode;
    const version = node.keys.clock.next();
    const record = makeRecord({ key, value: new Uint8Array(1), version, expiresAtMs: null, requestId: null });
    await small.hostOf(node).disk.store.merge(partition, record);
  }
  await small.advance(2 * comparedMs);
  assertEquals(twins.map((key) => small.copiesOf(key)), Array(9).fill(3));
  const digests = small.hostsOfRing().map(({ disk }) => disk.store.digest(partition));
  assertEquals(new Set(digests).size, 1);
});

Deno.test("AntiEntropy: of two versions of a key the newer one is everywhere, whoever had it", async () => {
  for (const holder of [0, 1, 2]) {
    const small = await SmallWorld.ideal(3);
    const nodes = small.keepersOf("k");
    await small.put(nodes[0] as ChordNode, "k", "old", { consistency: "all" });
    const node = nodes[holder] as ChordNode;
    const version = node.keys.clock.next();
    const record = makeRecord({ key: "k", value: null, version, expiresAtMs: null, requestId: null });
    await small.hostOf(node).disk.store.merge(node.partitionOf("k"), record);
    await small.advance(comparedMs);
    assertEquals(heldOf(small, "k"), [version, version, version], `${holder}`);
  }
});

Deno.test("AntiEntropy goes on with the next member when the one after it is away", async () => {
  const small = await SmallWorld.ideal(3);
  const [first, second, third] = small.keepersOf("k") as [ChordNode, ChordNode, ChordNode];
  const { version } = await small.put(first, "k", "v", { consistency: "all" });
  small.world.crash(small.hostOf(second));
  await small.advance(15_000);
  await small.hostOf(third).disk.store.drop(third.partitionOf("k"), "k", version);
  await small.advance(comparedMs);
  assertEquals(small.hostOf(third).disk.store.peek(third.partitionOf("k"), "k")?.version, version);
});

Deno.test("AntiEntropy: copies that are alike cost a fingerprint, and no record", async () => {
  const small = await SmallWorld.ideal(5);
  await small.fill(50);
  await small.advance(comparedMs);
  const movedBefore = small.ring.map(({ data: { exchange } }) => exchange.fetched + exchange.pushed);
  const differedBefore = small.ring.map(({ data }) => data.antiEntropy.differences);
  await small.advance(300_000);
  assertEquals(small.ring.map(({ data: { exchange } }) => exchange.fetched + exchange.pushed), movedBefore);
  assertEquals(small.ring.map(({ data }) => data.antiEntropy.differences), differedBefore);
});

Deno.test("AntiEntropy of large values goes through pages, and ends", async () => {
  const small = await SmallWorld.ideal(3);
  const [cut, ...others] = small.hostsOfRing();
  assert(cut !== undefined);
  const heal = small.world.partition([cut], others);
  const keys = Array.from({ length: 12 }, (_, i) => `large-${i}`);
  for (const key of keys) await small.put(small.ring[1] as ChordNode, key, key.padEnd(200_000, "."));
  heal();
  await small.advance(comparedMs);
  for (const key of keys) assertEquals(small.copiesOf(key), 3, key);
});
