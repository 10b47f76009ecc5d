import { assert, assertEquals } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { SmallWorld } from "./small_world.ts";

/** Mistakes that others have made (see known_mistakes_test.ts): nodes that leave, and nodes that die. */

Deno.test("mistake 8: everything is readable at once when a node dies, before the ring has closed", async () => {
  const small = await SmallWorld.ideal(5);
  const keys = await small.fill(30);
  small.world.crash(small.host(2));
  const beganMs = small.world.scheduler.nowMs;
  await small.assertAllReadable(keys, small.ring.slice(0, 2));
  const tookMs = small.world.scheduler.nowMs - beganMs;
  assert(tookMs < small.world.config.deadAfterMs, `before the ring has closed, not after ${tookMs} ms`);
});

Deno.test("mistake 26: a leaving node is gone from the ring only after others have all copies that there were", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(40);
  await small.advance(1_000);
  const leaver = small.host(2);
  const node = leaver.life?.node as ChordNode;
  const theirs = keys.filter((key) => small.keepersOf(key).includes(node));
  let isGone = false;
  const leaving = node.leave().then((isComplete) => {
    isGone = true;
    assertEquals(isComplete, true);
  });
  await small.advance(20_000, () => {
    for (const key of theirs) {
      assert(small.copiesOf(key) >= 3, `${key} is on ${small.copiesOf(key)} disks, gone: ${isGone}`);
    }
  });
  await leaving;
  assertEquals(isGone, true);
  small.world.crash(leaver);
  small.assertKept();
  await small.assertAllReadable(keys);
});

Deno.test("mistake 26: a leaving node serves until it is gone, and what is written meanwhile is not lost", async () => {
  const small = await SmallWorld.ideal(4);
  const leaver = small.host(1);
  const node = leaver.life?.node as ChordNode;
  small.world.leave(leaver);
  await small.advance(1);
  const acknowledged: string[] = [];
  for (let i = 0; leaver.life !== null && i < 1_000; i++) {
    const via = i % 2 === 0 ? node : small.ring[0] as ChordNode;
    const put = via.put(`w${i}`, new TextEncoder().encode(`w${i}`), {}, { timeoutMs: 5_000 });
    put.then(() => acknowledged.push(`w${i}`), () => {});
    await small.advance(10);
  }
  assertEquals(leaver.life, null);
  await small.advance(10_000);
  small.assertKept();
  assert(acknowledged.some((key) => Number(key.slice(1)) % 2 === 0), "some of them through the leaving node");
  await small.assertAllReadable(acknowledged);
});

Deno.test("mistake 26: neighbours that leave at the same time do not wait for each other", async () => {
  const small = await SmallWorld.ideal(6);
  const keys = await small.fill(40);
  const leavers = [small.host(2), small.host(3)];
  for (const host of leavers) small.world.leave(host);
  await small.advance(40_000);
  assertEquals(leavers.map(({ life }) => life), [null, null], "both are gone");
  assertEquals(small.ring.length, 4);
  small.assertIdeal();
  small.assertKept();
  await small.assertAllReadable(keys);
});

Deno.test("mistake 26: all keepers of a partition may leave at once, and all nodes but one", async () => {
  for (const count of [6, 4]) {
    const small = await SmallWorld.ideal(count);
    const keys = await small.fill(30);
    const leavers = [small.host(1), small.host(2), small.host(3)];
    for (const host of leavers) small.world.leave(host);
    await small.advance(60_000);
    assertEquals(leavers.map(({ hasLeft }) => hasLeft), [true, true, true], `of ${count}`);
    small.assertKept();
    await small.assertAllReadable(keys);
  }
});

Deno.test("mistake 31: of eight nodes four die one after the other, and each time all copies are made again", async () => {
  const small = await SmallWorld.ideal(8);
  const keys = await small.fill(60);
  for (let deaths = 1; deaths <= 4; deaths++) {
    small.world.loseDisk(small.host(deaths * 3));
    await small.advance(30_000);
    small.assertKept();
    for (const key of keys) {
      assertEquals(small.keepersOf(key).length, 3);
      assert(small.copiesOf(key) >= 3, `${key} is on ${small.copiesOf(key)} disks after ${deaths} deaths`);
    }
  }
  await small.assertAllReadable(keys, small.ring.slice(0, 2));
});

Deno.test("mistake 32: a node counts once among the keepers, also while it comes back with another disk", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(30);
  const host = small.host(1);
  small.world.loseDisk(host);
  await small.advance(500);
  small.launch(host);
  await small.advance(40_000, () => {
    for (const { replicas } of small.ring) {
      for (const { state: { view } } of replicas.table.ranges()) {
        assertEquals(new Set(view.members.map(({ id }) => id)).size, view.members.length);
      }
    }
  });
  small.assertKept();
  await small.assertAllReadable(keys);
});
