import { assert, assertEquals } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { partitionsOf } from "../../core/partition.ts";
import { SmallWorld } from "./small_world.ts";

/** Mistakes that others have made (see known_mistakes_test.ts): data that moves when nodes join. */

Deno.test("mistake 29: keys that move on a join are deleted at the source only when all targets have them", async () => {
  const small = await SmallWorld.ideal(5);
  const keys = await small.fill(60);
  await small.advance(1_000);
  const [after, before] = small.widestGap;
  small.launch(small.hostBetween(after, before));
  await small.advance(20_000, () => {
    for (const key of keys) assert(small.copiesOf(key) >= 3, `${key} is on ${small.copiesOf(key)} disks`);
  });
  small.assertIdeal();
  small.assertKept();
  await small.assertAllReadable(keys);
  assertEquals(keys.filter((key) => small.copiesOf(key) !== 3), [], "and then they are deleted there");
});

Deno.test("mistake 29: writes during a handoff are not lost, and reads see them", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(30);
  const [after, before] = small.widestGap;
  small.launch(small.hostBetween(after, before));
  const acknowledged = new Map(keys.map((key) => [key, key]));
  for (let round = 0; round < 40; round++) {
    const key = keys[round % keys.length] as string;
    await small.put(small.ring[round % 4] as ChordNode, key, `${key} in round ${round}`);
    acknowledged.set(key, `${key} in round ${round}`);
    assertEquals(await small.valueOf(small.ring[(round + 1) % 4] as ChordNode, key), acknowledged.get(key));
    await small.advance(round * 2);
  }
  await small.advance(20_000);
  small.assertKept();
  for (const [key, value] of acknowledged) {
    for (const via of small.ring) assertEquals(await small.valueOf(via, key), value);
  }
});

Deno.test("mistake 29: a partition is passed on only after the writes in flight have ended", async () => {
  const small = await SmallWorld.ideal(2);
  const [after, before] = small.widestGap;
  const joiner = small.hostBetween(after, before);
  const owner = small.ring.find(({ self }) => self.id === before) as ChordNode;
  const moving = small.world.partitions.rangesOn({ after, through: joiner.ref.id })[0]?.first;
  assert(moving !== undefined && owner.replicas.serving(moving) !== null);
  let finish = () => {};
  const write = owner.replicas.writes.run(
    moving,
    () => new Promise<void>((resolve) => void (finish = resolve)),
  );
  small.launch(joiner);
  await small.advance(15_000);
  small.assertIdeal();
  const isKept = () => (joiner.life?.node?.replicas.serving(moving) ?? null) !== null;
  assertEquals(isKept(), false, "the write may not be in the store yet");
  finish();
  await write;
  await small.advance(15_000);
  assertEquals(isKept(), true);
  small.assertKept();
});

/** A lone node with 24 values of 200,000 bytes, of which a joiner fetches copies, in many pages. */
async function largeHandoff(): Promise<{ small: SmallWorld; via: ChordNode; keys: string[] }> {
  const small = await SmallWorld.ideal(1);
  const via = small.ring[0] as ChordNode;
  const keys = Array.from({ length: 24 }, (_, i) => `large-${i}`);
  for (const key of keys) await small.put(via, key, key.padEnd(200_000, "."));
  const { space } = small.world;
  const quarter = space.addPowerOfTwo(via.self.id, 158);
  small.launch(small.hostBetween(quarter, space.addPowerOfTwo(quarter, 159)));
  return { small, via, keys };
}

Deno.test("mistake 29: a new owner that has not fetched everything yet answers by asking its source", async () => {
  const { small, via, keys } = await largeHandoff();
  for (let round = 0; round < 5; round++) {
    for (const key of keys) assertEquals((await small.get(via, key)).found, true, `${key} on its way`);
  }
});

Deno.test("mistake 29: a handoff of many pages is whole", async () => {
  const { small, keys } = await largeHandoff();
  await small.advance(20_000);
  const counts = small.ring.map(({ ports }) => ports.store.count({ first: 0, last: 63 }));
  assertEquals(counts, [24, 24]);
  small.assertKept();
  for (const via of small.ring) {
    for (const key of keys) assertEquals((await small.valueOf(via, key))?.length, 200_000, key);
  }
});

Deno.test("mistake 29: a target that dies in the middle of a handoff loses nothing", async () => {
  for (const afterMs of [5, 20, 40, 60, 100, 300]) {
    const small = await SmallWorld.ideal(3);
    const keys = await small.fill(30);
    const [after, before] = small.widestGap;
    const joiner = small.hostBetween(after, before);
    small.launch(joiner);
    await small.advance(afterMs);
    small.world.crash(joiner);
    await small.advance(20_000);
    await small.assertAllReadable(keys, small.ring.slice(0, 1));
    small.world.launch(joiner, [small.ring[0]?.self.url as string]);
    await small.advance(20_000);
    small.assertIdeal();
    small.assertKept();
    await small.assertAllReadable(keys, small.ring.slice(0, 1));
  }
});

Deno.test("mistake 30: two joins into one range during a leave beside it lose no key", async () => {
  const small = await SmallWorld.ideal(5);
  const keys = await small.fill(50);
  const [after, before] = small.widestGap;
  const leaver = small.hostsOfRing().find(({ ref }) => ref.id === before);
  assert(leaver !== undefined);
  small.launch(small.hostBetween(after, before), small.ring[0]);
  small.launch(small.hostBetween(after, before), small.ring[1]);
  await small.advance(30);
  small.world.leave(leaver);
  await small.advance(60_000);
  assertEquals([leaver.hasLeft, small.ring.length], [true, 6]);
  small.assertIdeal();
  small.assertKept();
  await small.assertAllReadable(keys);
});

Deno.test("mistake 43: an arc that goes across zero is handed over whole", async () => {
  const small = await SmallWorld.ideal(4);
  const [first, last] = [small.ring[0], small.ring.at(-1)];
  assert(first !== undefined && last !== undefined);
  const keys = await small.fill(60);
  const joiner = small.hostBetween(last.self.id, first.self.id);
  small.launch(joiner);
  await small.advance(20_000);
  small.assertIdeal();
  small.assertKept();
  const node = joiner.life?.node as ChordNode;
  const ranges = small.world.partitions.rangesOn({ after: last.self.id, through: joiner.ref.id });
  for (const partition of partitionsOf(ranges)) assert(node.replicas.serving(partition) !== null);
  for (const key of keys) assertEquals(small.copiesOf(key), 3, key);
  await small.assertAllReadable(keys, [node, first]);
});
