import { assert, assertEquals } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { loadNodeDocument } from "../../core/node_document.ts";
import { SmallWorld } from "./small_world.ts";

Deno.test("ChordNode.leave() of the last node keeps its data, and says that nobody took it", async () => {
  const small = await SmallWorld.ideal(1, { leaveTimeoutMs: 2_000 });
  const keys = await small.fill(5);
  const host = small.host(0);
  const lone = host.life?.node as ChordNode;
  assertEquals(await small.run(lone.leave()), false);
  assertEquals([lone.phase, await lone.leave()], ["left", true]);
  small.world.crash(host);
  small.world.launch(host);
  await small.advance(5_000);
  await small.assertAllReadable(keys);
});

Deno.test("ChordNode.leave() of a node that has handed over everything leaves nothing behind", async () => {
  const small = await SmallWorld.ideal(3);
  const keys = await small.fill(30);
  const host = small.host(1);
  const leaver = host.life?.node as ChordNode;
  assertEquals(await small.run(leaver.leave()), true);
  assertEquals(host.disk.store.count({ first: 0, last: 63 }), 0);
  assertEquals(await loadNodeDocument(host.disk.store), null, "a later life begins anew");
  small.world.crash(host);
  await small.assertAllReadable(keys);
});

Deno.test("ChordNode.leave() of a node whose neighbours are dead ends in time, with its data", async () => {
  const small = await SmallWorld.ideal(3, { leaveTimeoutMs: 3_000 });
  const keys = await small.fill(60);
  const [leaver, ...others] = small.hostsOfRing();
  assert(leaver !== undefined);
  const node = leaver.life?.node as ChordNode;
  const held = leaver.disk.store.count({ first: 0, last: 63 });
  for (const host of others) small.world.crash(host);
  const beganMs = small.world.scheduler.nowMs;
  assertEquals(await small.run(node.leave()), false);
  assert(small.world.scheduler.nowMs - beganMs < 6_000);
  small.world.crash(leaver);
  assertEquals(leaver.disk.store.count({ first: 0, last: 63 }), held);
  for (const host of [leaver, ...others]) small.world.launch(host);
  await small.advance(40_000);
  small.assertIdeal();
  await small.assertAllReadable(keys);
});

Deno.test("ChordNode.leave() during a join of its own still hands over", async () => {
  const small = await SmallWorld.ideal(3);
  const keys = await small.fill(40);
  const [after, before] = small.widestGap;
  const visitor = small.hostBetween(after, before);
  small.launch(visitor);
  await small.advance(60);
  small.world.leave(visitor);
  await small.advance(40_000);
  assertEquals([visitor.life, small.ring.length], [null, 3]);
  small.assertIdeal();
  small.assertKept();
  await small.assertAllReadable(keys);
});
