import { assert, assertEquals, assertRejects } from "@std/assert";
import { ChordNode } from "../../core/chord_node.ts";
import { ChordError, WrongRingError } from "../../core/errors.ts";
import { loadNodeDocument } from "../../core/node_document.ts";
import { SmallWorld } from "./small_world.ts";

Deno.test("ChordNode.start() founds a ring, joins one, or resumes, and says which", async () => {
  const small = new SmallWorld();
  const [first, second] = [small.world.addHost(), small.world.addHost()];
  small.launch(first);
  await small.advance(3_000);
  small.world.launch(second, [first.ref.url]);
  await small.advance(10_000);
  small.assertIdeal();
  small.world.crash(first);
  small.world.crash(second);
  for (const host of [second, first]) small.world.launch(host);
  await small.advance(20_000);
  assertEquals(
    small.ring.map(({ incarnation }) => incarnation),
    [2, 2],
    "without a bootstrap: one ring again",
  );
  small.assertIdeal();
  small.assertServedOnce();
});

Deno.test("ChordNode: all of a ring killed and started again is the same ring with the same keys", async () => {
  const small = await SmallWorld.ideal(5);
  const keys = await small.fill(40);
  const hosts = small.hostsOfRing();
  for (const host of hosts) small.world.crash(host);
  await small.advance(60_000);
  for (const host of hosts) small.world.launch(host);
  await small.advance(30_000);
  assertEquals(small.ring.length, 5);
  small.assertIdeal();
  small.assertServedOnce();
  await small.assertAllReadable(keys);
});

Deno.test("ChordNode.open() refuses the data of another node", async () => {
  const small = await SmallWorld.ideal(2);
  const [host] = small.hostsOfRing();
  const node = host?.life?.node ?? null;
  assert(host !== undefined && node !== null);
  const other = { ...host.ref, url: "http://other" };
  await assertRejects(() => ChordNode.open(other, node.config, node.ports), WrongRingError, "on the data of");
});

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
  assertEquals(host.disk.count({ first: 0, last: 63 }), 0);
  assertEquals(await loadNodeDocument(host.disk), null, "a later life begins anew");
  small.world.crash(host);
  await small.assertAllReadable(keys);
});

Deno.test("ChordNode.leave() of a node whose neighbours are dead ends in time, with its data", async () => {
  const small = await SmallWorld.ideal(3, { leaveTimeoutMs: 3_000 });
  const keys = await small.fill(60);
  const [leaver, ...others] = small.hostsOfRing();
  assert(leaver !== undefined);
  const node = leaver.life?.node as ChordNode;
  const held = leaver.disk.count({ first: 0, last: 63 });
  for (const host of others) small.world.crash(host);
  const beganMs = small.world.scheduler.nowMs;
  assertEquals(await small.run(node.leave()), false);
  assert(small.world.scheduler.nowMs - beganMs < 6_000);
  small.world.crash(leaver);
  assertEquals(leaver.disk.count({ first: 0, last: 63 }), held);
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
  small.assertServedOnce();
  await small.assertAllReadable(keys);
});

Deno.test("ChordNode.stop() ends all that it does, at once", async () => {
  const small = await SmallWorld.ideal(1);
  const [lone] = small.ring;
  lone?.stop();
  const { events } = small.world.scheduler;
  await small.advance(60_000);
  assert(small.world.scheduler.events - events < 10, "what was planned is cancelled");
});

Deno.test("ChordNode.stop() during a join ends that too", async () => {
  const small = new SmallWorld();
  const host = small.world.addHost();
  small.world.launch(host, ["http://nobody"]);
  await small.advance(1_000);
  host.life?.node?.stop();
  await small.advance(60_000);
  const { events } = small.world.scheduler;
  await small.advance(60_000);
  assertEquals(small.world.scheduler.events, events);
});

Deno.test("ChordNode.callPeer() and knownPeer() include the node itself", async () => {
  const small = await SmallWorld.ideal(2);
  const [node, other] = small.ring as [ChordNode, ChordNode];
  const context = { timeoutMs: 500 };
  for (const peer of [node.self, other.self]) {
    assertEquals(node.knownPeer(peer.id), peer);
    assertEquals((await small.run(node.callPeer(peer, "chord.ping", {}, context))).id, peer.id);
  }
  assertEquals(node.knownPeer(small.world.space.hashId("nobody")), null);
  const hops = node.lookup(other.self.id, context);
  assertEquals((await hops.next()).value, {
    owner: other.self,
    successors: [],
    namedBy: node.self,
    hops: 0,
  });
});

Deno.test("ChordNode: while the owner of a key is away its keys are uncertain, never absent, and come back with it", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(40);
  const away = small.host(2);
  const theirs = keys.filter((key) =>
    (away.life?.node?.custody.serving(small.world.partitions.ofKey(key)) ?? null) !== null
  );
  assert(theirs.length > 0);
  small.world.crash(away);
  for (let round = 0; round < 6; round++) {
    for (const key of theirs.slice(0, 3)) {
      const error = await assertRejects(() => small.get(small.ring[0] as ChordNode, key), ChordError);
      assert(error.data.definite || error.data.reason !== undefined, error.message);
    }
    await small.advance(4_000);
  }
  small.world.launch(away);
  await small.advance(20_000);
  await small.assertAllReadable(keys);
});

Deno.test("ChordNode: a key rewritten while its old owner is away stays as it was rewritten", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(40);
  const away = small.host(2);
  const theirs = keys.filter((key) =>
    (away.life?.node?.custody.serving(small.world.partitions.ofKey(key)) ?? null) !== null
  );
  small.world.crash(away);
  await small.advance(30_000);
  const via = small.ring[0] as ChordNode;
  for (const key of theirs) {
    await small.put(via, key, "new");
    assertEquals(await small.valueOf(via, key), "new", "the new owner's own write needs nobody else");
  }
  small.world.launch(away);
  await small.advance(30_000);
  for (const key of theirs) {
    for (const node of small.ring) assertEquals(await small.valueOf(node, key), "new");
  }
});
