import { assert, assertEquals } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { Exchange } from "../../../core/data/exchange.ts";
import { makeRecord } from "../../../core/data/record.ts";
import { Release } from "../../../core/data/release.ts";
import type { SimHost } from "../../../sim/world.ts";
import { latestState } from "../keepers.ts";
import { SmallWorld } from "../small_world.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { view } from "./replica_names.ts";

/**
 * A ring of four and its keys, up to the moment when a newcomer has taken the place of an old keeper of some of them.
 * The newcomer's disk is full, so it cannot become complete before the test says so.
 */
async function replaced(config: { tombstoneGraceMs?: number } = {}) {
  const small = await SmallWorld.ideal(4, config);
  const keys = await small.fill(60);
  await small.advance(1_000);
  const [after, before] = small.widestGap;
  const newcomer = small.hostBetween(after, before);
  small.launch(newcomer);
  await small.until(() => (newcomer.life?.node?.replicas.unsynced().length ?? 0) > 0);
  newcomer.disk.store.isFull = true;
  await small.until(() => small.ring.some((node) => heldBy(small, node, keys).length > 0));
  const old = small.ring.find((node) => heldBy(small, node, keys).length > 0) as ChordNode;
  return { small, keys, newcomer, old, held: heldBy(small, old, keys) };
}

/** Keys that the node has records of, though others keep them now. */
function heldBy(small: SmallWorld, node: ChordNode, keys: readonly string[]): string[] {
  const { disk } = small.hostOf(node);
  return keys.filter((key) => {
    const partition = node.partitionOf(key);
    const state = latestState(small.world, partition);
    return disk.store.peek(partition, key) !== undefined && !node.replicas.isMember(state);
  });
}

/** Leaves a record on the disk, as from a write that got no further; its version is the node's next. */
async function leaveOn({ disk }: SimHost, node: ChordNode, key: string) {
  const version = node.keys.clock.next();
  const record = makeRecord({ key, value: new Uint8Array(1), version, expiresAtMs: null, requestId: null });
  await disk.store.merge(node.partitionOf(key), record);
  return record;
}

Deno.test("an old keeper holds on to its data until every keeper is complete, then drops it", async () => {
  const { small, newcomer, old, held, keys } = await replaced();
  await small.advance(15_000);
  assertEquals(heldBy(small, old, held), held, "the newcomer may still have to fetch from it");
  assert(old.data.unreleased().length > 0);
  newcomer.disk.store.isFull = false;
  await small.advance(15_000);
  for (const node of small.ring) assertEquals(heldBy(small, node, keys), []);
  small.assertKept();
  assertEquals(keys.filter((key) => small.copiesOf(key) !== 3), []);
});

Deno.test("an old keeper is nobody's source any more from before it drops anything", async () => {
  const { small, newcomer, old, held } = await replaced();
  newcomer.disk.store.isFull = false;
  await small.advance(15_000, () => {
    for (const key of held) {
      const partition = old.partitionOf(key);
      const isDropped = small.hostOf(old).disk.store.peek(partition, key) === undefined;
      const state = old.replicas.get(partition);
      if (isDropped) assertEquals([state?.wasSynced, old.replicas.isMember(state)], [false, false]);
    }
  });
});

Deno.test("an old keeper drops nothing while one of the keepers is away", async () => {
  const { small, newcomer, old, held } = await replaced();
  const [key] = held as [string];
  const away = small.keepersOf(key).find((node) => node.self.url !== newcomer.ref.url) as ChordNode;
  const partition = old.partitionOf(key);
  const members = latestState(small.world, partition)?.view.members;
  small.world.pause(small.hostOf(away));
  newcomer.disk.store.isFull = false;
  await small.advance(4_000);
  assertEquals(latestState(small.world, partition)?.view.members, members, "it counts as a keeper still");
  assert(small.hostOf(old).disk.store.peek(partition, key) !== undefined);
  small.world.resume(small.hostOf(away));
  await small.advance(30_000);
  small.assertKept();
  assertEquals(small.copiesOf(key), 3);
});

Deno.test("an old keeper gives what only it has, before it drops it", async () => {
  const { small, newcomer, old, held } = await replaced();
  const [key] = held as [string];
  const record = await leaveOn(small.hostOf(old), old, key);
  newcomer.disk.store.isFull = false;
  await small.advance(30_000);
  assertEquals((await small.get(small.ring[0] as ChordNode, key, "all")).record, record);
  assertEquals(small.copiesOf(key), 3);
});

Deno.test("an old keeper gives nothing any more after half of the grace: its deletion may have been forgotten", async () => {
  const { small, newcomer, old, held } = await replaced({ tombstoneGraceMs: 60_000 });
  const [key] = held as [string];
  const before = (await small.get(small.ring[0] as ChordNode, key)).record;
  await small.advance(31_000);
  const record = await leaveOn(small.hostOf(old), old, key);
  newcomer.disk.store.isFull = false;
  await small.advance(30_000);
  const now = (await small.get(small.ring[0] as ChordNode, key, "all")).record;
  assertEquals([now?.version, now?.version === record.version], [before?.version, false]);
  assertEquals(small.copiesOf(key), 3);
});

Deno.test("what was deleted while an old keeper held it does not come back with it", async () => {
  const { small, newcomer, held } = await replaced();
  const [key] = held as [string];
  await small.delete(small.keepersOf(key)[0] as ChordNode, key);
  newcomer.disk.store.isFull = false;
  await small.advance(30_000);
  small.assertKept();
  for (const via of small.ring) assertEquals((await small.get(via, key)).found, false);
});

Deno.test("Release drops nothing that was written after the node had become a keeper again", async () => {
  const fixture = new KeeperFixture();
  const { keeper, member, ports, replicas, store } = fixture;
  const partition = fixture.partitionOf("k");
  const range = { first: partition, last: partition };
  fixture.keeps(view(1, "abc"));
  await keeper.write(partition, 1, fixture.record("k", "old"));
  replicas.learn([range], view(2, "bcd", "abc"));
  const same = { ...range, epoch: 2, synced: true, wasSynced: false, digests: [store.digest(partition)] };
  for (const name of "bcd") {
    fixture.answers.set(`http://${name} partition.digest`, () => ({ digests: [same] }));
  }
  const page = store.page.bind(store);
  store.page = async (...args) => {
    const found = await page(...args);
    if (replicas.learn([range], view(3, "abc", "bcd"))) {
      await keeper.write(partition, 3, fixture.record("k", "new", { version: fixture.version(1) }));
    }
    return found;
  };
  const exchange = new Exchange(member, replicas, keeper, ports);
  await new Release(member, replicas, exchange, store).run();
  assertEquals(store.peek(partition, "k")?.value, new TextEncoder().encode("new"), "somebody counts on it");
});

Deno.test("a record whose keeper went down before it had noted that it keeps it goes to those who do", async () => {
  const small = await SmallWorld.ideal(6);
  await small.advance(1_000);
  const host = small.hostsOfRing().find(({ life }) =>
    life?.node?.replicas.get(life.node.partitionOf("k")) === null
  ) as SimHost;
  const record = await leaveOn(host, host.life?.node as ChordNode, "k");
  small.world.crash(host);
  await small.advance(1_000);
  small.world.launch(host);
  await small.advance(30_000);
  assertEquals(host.disk.store.stats.records, 0);
  assertEquals((await small.get(small.ring[0] as ChordNode, "k", "all")).record, record);
});
