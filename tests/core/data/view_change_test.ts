import { assert, assertEquals } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { latestState } from "../keepers.ts";
import { SmallWorld } from "../small_world.ts";

/** The present view of each partition: `2 n1 n3 n4`. */
function viewsOf({ world }: SmallWorld): string[] {
  return Array.from({ length: world.partitions.count }, (_, partition) => {
    const view = latestState(world, partition)?.view;
    return `${view?.epoch} ${view?.members.map(({ url }) => url).join(" ")}`;
  });
}

/** Copies that are sealed: a change of their view has been voted for and is not known to be decided. */
function sealedAt({ replicas }: ChordNode): number[] {
  return replicas.table.matching(({ accepted }) => accepted !== null);
}

Deno.test("ViewChange: in a quiet ring no view changes", async () => {
  const small = await SmallWorld.ideal(5);
  const before = viewsOf(small);
  await small.advance(300_000);
  assertEquals(viewsOf(small), before);
});

Deno.test("ViewChange: two that propose at once, each for itself, get one view for each epoch", async () => {
  let changes = 0;
  for (const seed of [1, 2, 3, 4, 5]) {
    const small = await SmallWorld.ideal(5, {}, seed);
    const keys = await small.fill(20);
    const [a, b, c, , e] = small.ring as [ChordNode, ChordNode, ChordNode, ChordNode, ChordNode];
    const [partition] = a.replicas.ownPartitions() as [number];
    // Both take the arc of a for theirs, as after a wrong word about who is alive.
    for (const { member } of [b, c]) member.apply({ ...member.state, predecessor: e.self });
    assert(b.replicas.isOwn(partition) && c.replicas.isOwn(partition));
    await small.run(Promise.all([b.data.change.run(), c.data.change.run()]));
    const epoch = latestState(small.world, partition)?.view.epoch as number;
    assert(epoch <= 2, "neither or one of them got through");
    changes += epoch - 1;
    await small.advance(30_000);
    assertEquals(small.world.views.contradiction, null, `seed ${seed}`);
    small.assertKept();
    await small.assertAllReadable(keys);
  }
  assert(changes > 0);
});

Deno.test("ViewChange: when the proposer dies between vote and decision, another finishes it within seconds", async () => {
  const small = await SmallWorld.ideal(5);
  const keys = await small.fill(30);
  const [after, before] = small.widestGap;
  small.launch(small.hostBetween(after, before));
  let proposer: ChordNode | undefined;
  await small.until(() => {
    const voter = small.ring.find((node) => {
      const [partition] = sealedAt(node);
      const ballot = partition === undefined ? null : node.replicas.get(partition)?.accepted?.ballot;
      proposer = small.ring.find(({ self }) =>
        ballot?.endsWith(self.id) === true && self.id !== node.self.id
      );
      return proposer !== undefined;
    });
    return voter !== undefined;
  });
  small.world.crash(small.hostOf(proposer as ChordNode));
  const sealed = () => small.ring.flatMap((node) => sealedAt(node));
  assert(sealed().length > 0, "nobody can read or write there");
  await small.advance(5_000);
  assertEquals(sealed(), []);
  await small.assertAllReadable(keys);
});

Deno.test("ViewChange: a view without a quorum of live members does not change", async () => {
  const small = await SmallWorld.ideal(5);
  const partition = small.world.partitions.ofKey("k");
  const [first, second] = small.keepersOf("k").map((node) => small.hostOf(node));
  assert(first !== undefined && second !== undefined);
  const before = viewsOf(small)[partition];
  for (const host of [first, second]) small.world.crash(host);
  await small.advance(120_000);
  assertEquals(viewsOf(small)[partition], before);
  small.world.launch(second);
  await small.advance(20_000);
  small.assertKept();
});

Deno.test("ViewChange: the dead stay in their views until somebody can stand in", async () => {
  const small = await SmallWorld.ideal(3);
  small.world.crash(small.host(1));
  await small.advance(60_000);
  for (const view of viewsOf(small)) assertEquals(view.split(" ").length - 1, 3, "nobody is left who could");
  small.launch(small.world.addHost());
  await small.advance(20_000);
  assertEquals(small.ring.length, 3);
  small.assertKept();
});

Deno.test("ViewChange: who left goes at once", async () => {
  const small = await SmallWorld.ideal(3);
  const host = small.host(1);
  small.world.leave(host);
  await small.advance(10_000);
  assertEquals(host.hasLeft, true);
  small.assertKept();
  for (const view of viewsOf(small)) assert(!view.includes(host.ref.url), view);
});

Deno.test("ViewChange: who was merely silent for a while is where it was, and no data has moved", async () => {
  const small = await SmallWorld.ideal(4);
  await small.fill(20);
  await small.advance(1_000);
  const before = viewsOf(small);
  const host = small.host(2);
  small.world.pause(host);
  await small.advance(3_000);
  small.world.resume(host);
  await small.advance(30_000);
  assertEquals(viewsOf(small), before);
  assertEquals(small.ring.map(({ data }) => data.exchange.fetched), [0, 0, 0, 0]);
});
