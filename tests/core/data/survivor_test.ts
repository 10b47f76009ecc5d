import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { ChordError, errorCode } from "../../../core/errors.ts";
import type { SimHost } from "../../../sim/world.ts";
import { SmallWorld } from "../small_world.ts";

/** Who is left when others are gone, what it may do, and what an operator's word changes. */

const timeout = { timeoutMs: 5_000 };

/** A ring of two, one of which has died, and its keys. */
async function widowed(): Promise<{ small: SmallWorld; survivor: ChordNode; dead: SimHost; keys: string[] }> {
  const small = await SmallWorld.ideal(2);
  const keys = await small.fill(20);
  const dead = small.host(1);
  small.world.crash(dead);
  await small.advance(30_000);
  return { small, survivor: small.ring[0] as ChordNode, dead, keys };
}

/** An operator gives the nodes up, through the first one that is left. */
async function forget(small: SmallWorld, gone: readonly SimHost[], lostDisk = false): Promise<void> {
  const [via] = small.ring as [ChordNode];
  for (const { ref: { id } } of gone) await small.run(via.handle("node.forget", { id, lostDisk }, timeout));
}

Deno.test("the lone survivor of two refuses writes, and says what has to happen", async () => {
  const { small, survivor, dead, keys } = await widowed();
  const put = await assertRejects(() => small.put(survivor, "k", "v"), ChordError);
  assertEquals([put.code, put.data.reason, put.data.definite], [errorCode.unavailable, "quorum", true]);
  assert(put.message.includes("2 copies are needed and 1 of 2 keepers are there"), put.message);
  assert(
    put.message.includes(`${dead.ref.url} must return, be replaced by a node that joins, or be forgotten`),
  );
  const get = await assertRejects(() => small.get(survivor, keys[0] as string), ChordError);
  assertEquals(get.data.reason, "uncertain");
  assertEquals((await small.get(survivor, keys[0] as string, "one")).found, true, "who asks for less");
});

Deno.test("the lone survivor of two goes on when the other returns", async () => {
  const { small, survivor, dead, keys } = await widowed();
  small.world.launch(dead);
  await small.advance(10_000);
  await small.put(survivor, "k", "v");
  await small.assertAllReadable(keys);
});

Deno.test("the lone survivor of two goes on when the other comes back with an empty disk", async () => {
  const { small, survivor, dead, keys } = await widowed();
  small.world.loseDisk(dead);
  small.launch(dead);
  await small.advance(20_000);
  small.assertKept();
  await small.put(survivor, "k", "v");
  await small.assertAllReadable(keys);
});

/** A ring some of whose nodes have come back with empty disks, and its keys. */
async function wiped(
  nodes: number,
  count: number,
): Promise<{ small: SmallWorld; lost: SimHost[]; keys: string[] }> {
  const small = await SmallWorld.ideal(nodes);
  const keys = await small.fill(40);
  await small.advance(1_000);
  const lost = Array.from({ length: count }, (_, i) => small.host(i + 1));
  for (const host of lost) small.world.loseDisk(host);
  for (const host of lost) small.launch(host);
  await small.advance(60_000);
  return { small, lost, keys };
}

Deno.test("two lost disks of three are not passed over: they may have had the last word, unless somebody says so", async () => {
  const { small, lost, keys } = await wiped(3, 2);
  const [survivor] = small.ring as [ChordNode];
  await assertRejects(() => small.get(survivor, keys[0] as string), ChordError);
  await assertRejects(() => forget(small, lost), ChordError, "it is alive");
  await forget(small, lost, true);
  await small.advance(60_000);
  small.assertKept();
  await small.assertAllReadable(keys);
});

Deno.test("three lost disks of three: after the operator's word what was only there is served again, as empty", async () => {
  const { small, lost, keys } = await wiped(5, 3);
  const isLost = (key: string) => small.copiesOf(key) === 0;
  const gone = keys.filter(isLost);
  assert(gone.length > 0);
  await forget(small, lost, true);
  await small.advance(60_000);
  small.assertKept();
  for (const key of gone) assertEquals((await small.get(small.ring[0] as ChordNode, key)).found, false);
  await small.assertAllReadable(keys.filter((key) => !gone.includes(key)));
});

Deno.test("a node that was forgotten, returned, and dies again is waited for again", async () => {
  const { small, survivor, dead } = await widowed();
  await forget(small, [dead]);
  await small.advance(5_000);
  small.launch(dead);
  await small.advance(30_000);
  small.assertKept();
  small.world.crash(dead);
  await small.advance(30_000);
  await assertRejects(() => small.put(survivor, "k", "v"), ChordError, "2 copies are needed");
});

Deno.test("the lone survivor of two goes on alone after node.forget", async () => {
  const { small, survivor, dead, keys } = await widowed();
  const { partitions } = await small.run(survivor.handle("node.forget", { id: dead.ref.id }, timeout));
  assertEquals(partitions, 64);
  await small.advance(5_000);
  small.assertKept();
  await small.put(survivor, "k", "v");
  await small.assertAllReadable(keys);
});

Deno.test("one that was forgotten and returns nevertheless loses nothing that was written meanwhile", async () => {
  const { small, survivor, dead, keys } = await widowed();
  await forget(small, [dead]);
  await small.advance(5_000);
  await small.put(survivor, keys[0] as string, "new");
  small.world.launch(dead);
  await small.advance(60_000);
  assertEquals(small.ring.length, 2);
  for (const via of small.ring) {
    assertEquals(await small.valueOf(via, keys[0] as string), "new");
    await small.assertAllReadable(keys.slice(1), [via]);
  }
});

Deno.test("of three keepers one is left: after node.forget others join it, and wait for nobody", async () => {
  const small = await SmallWorld.ideal(6);
  const keys = await small.fill(40);
  await small.advance(1_000);
  const gone = [small.host(1), small.host(2)];
  for (const host of gone) small.world.loseDisk(host);
  await small.advance(30_000);
  await forget(small, gone);
  await small.advance(60_000);
  small.assertKept();
  await small.assertAllReadable(keys);
});

Deno.test("of three keepers none is left: after node.forget their partitions are served again, as empty", async () => {
  const small = await SmallWorld.ideal(6);
  const keys = await small.fill(40);
  await small.advance(1_000);
  const gone = [small.host(1), small.host(2), small.host(3)];
  const isLost = (key: string) => small.keepersOf(key).every((node) => gone.includes(small.hostOf(node)));
  const lost = keys.filter(isLost);
  const [via] = small.ring as [ChordNode];
  for (const host of gone) small.world.loseDisk(host);
  await small.advance(30_000);
  for (const key of lost) await assertRejects(() => small.get(via, key), ChordError, "", "never a 404");
  await forget(small, gone);
  await small.advance(60_000);
  small.assertKept();
  for (const key of lost) assertEquals((await small.get(via, key)).found, false, "the operator has said so");
  await small.assertAllReadable(keys.filter((key) => !lost.includes(key)));
});
