import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { ChordError, DrainingError, InvalidParamsError, NotOwnerError } from "../../core/errors.ts";
import { nodeIdOf } from "../../core/node_ref.ts";
import { SmallWorld } from "./small_world.ts";

/** Mistakes that others have made (see known_mistakes_test.ts): how rings begin, grow and find together. */

const timeout = { timeoutMs: 5_000 };

Deno.test("mistake 10: a node that has not joined answers no lookup and claims nothing", async () => {
  const small = new SmallWorld();
  small.world.launch(small.world.addHost(), ["http://nobody"]);
  await small.advance(3_000);
  const [joining] = small.world.running;
  assert(joining !== undefined);
  assertEquals(joining.phase, "joining");
  const target = small.world.space.hashId("k");
  await assertRejects(() => joining.handle("chord.lookupStep", { target }, timeout), DrainingError);
  await assertRejects(() => joining.keys.read("k"), NotOwnerError);
  await assertRejects(() => small.run(joining.get("k", { timeoutMs: 200 })), ChordError);
});

Deno.test("mistake 11: a join passes over bootstraps that are dead, joining, or the node itself", async () => {
  const small = await SmallWorld.ideal(3);
  const waiting = small.world.addHost();
  small.world.launch(waiting, ["http://nobody"]);
  const joiner = small.world.addHost();
  const live = small.ring[0] as ChordNode;
  small.world.launch(joiner, ["http://nobody", waiting.ref.url, joiner.ref.url, live.self.url]);
  await small.advance(15_000);
  assertEquals(small.ring.length, 4);
  small.assertIdeal();
});

Deno.test("mistake 11: a node whose bootstraps are all down waits, and makes no ring of its own", async () => {
  const small = new SmallWorld();
  const [first, second] = [small.world.addHost(), small.world.addHost()];
  small.world.launch(second, [first.ref.url, second.ref.url]);
  await small.advance(60_000);
  assertEquals(small.ring.length, 0);
  small.world.launch(first);
  await small.advance(30_000);
  assertEquals(small.ring.length, 2);
  small.assertIdeal();
});

Deno.test("mistake 12: a joiner that finds its place taken meanwhile looks again", async () => {
  const small = await SmallWorld.ideal(4);
  const [after, before] = small.widestGap;
  const joiners = Array.from({ length: 4 }, () => small.hostBetween(after, before));
  for (const [i, joiner] of joiners.entries()) {
    small.launch(joiner, small.ring[i % 4]);
    // The next one asks while the answers to this one are under way.
    await small.advance(2);
  }
  await small.advance(20_000);
  assertEquals(small.ring.length, 8);
  small.assertIdeal();
});

Deno.test("mistake 13: a node that restarts is the same one in a later life, with its place and its keys", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(20);
  const host = small.host(1);
  const incarnation = host.life?.node?.incarnation ?? 0;
  small.world.crash(host);
  await small.advance(20_000);
  assertEquals(small.ring.length, 3);
  small.world.launch(host);
  await small.advance(20_000);
  assertEquals(host.life?.node?.incarnation, incarnation + 1);
  small.assertIdeal();
  await small.assertAllReadable(keys);
});

Deno.test("mistake 14: two nodes that join one gap at once are both in, and share its keys", async () => {
  for (const seed of [1, 2, 3]) {
    const small = await SmallWorld.ideal(3, {}, seed);
    const keys = await small.fill(30);
    const [after, before] = small.widestGap;
    small.launch(small.hostBetween(after, before), small.ring[0]);
    small.launch(small.hostBetween(after, before), small.ring[1]);
    await small.advance(30_000);
    small.assertIdeal();
    small.assertKept();
    await small.assertAllReadable(keys);
  }
});

Deno.test("mistake 15: a single node leaves its loop when it hears of another", async () => {
  const small = new SmallWorld();
  small.launch(small.world.addHost());
  await small.advance(5_000);
  small.launch(small.world.addHost());
  await small.advance(3_000);
  const [a, b] = small.ring;
  assertEquals([a?.member.head, a?.member.state.predecessor], [b?.self, b?.self]);
  assertEquals([b?.member.head, b?.member.state.predecessor], [a?.self, a?.self]);
});

Deno.test("mistake 16: of two nodes one dies; the other is a ring of one again, and takes joiners", async () => {
  const small = await SmallWorld.ideal(2);
  small.world.crash(small.host(0));
  await small.advance(30_000);
  const [survivor] = small.ring;
  assertEquals([survivor?.member.isAlone, survivor?.member.state.successors], [true, []]);
  small.launch(small.world.addHost());
  await small.advance(15_000);
  assertEquals(small.ring.length, 2);
  small.assertIdeal();
});

Deno.test("mistake 27: a join that did not happen is not reported, and a node notifies not itself", async () => {
  const small = new SmallWorld();
  const host = small.world.addHost();
  let isReported = false;
  small.world.watch(small.world.start(host, ["http://nobody"]).then(() => void (isReported = true)));
  await small.advance(30_000);
  assertEquals([isReported, host.life?.node?.phase], [false, "joining"]);

  const ring = await SmallWorld.ideal(1);
  const lone = ring.ring[0] as ChordNode;
  await ring.run(lone.handle("chord.notify", { node: lone.self }, timeout));
  await ring.advance(5_000);
  assertEquals(lone.member.isAlone, true);
});

Deno.test("mistake 28: two rings that know of each other become one", async () => {
  const small = await SmallWorld.ideal(3);
  const keys = await small.fill(15);
  const { ref: known } = small.host(0);
  const other = small.world.addHost();
  small.hasOneMaker = false;
  small.world.launch(other);
  await small.advance(2_000);
  small.world.launch(small.world.addHost(), [other.ref.url]);
  await small.advance(10_000);
  small.ring.find(({ self }) => self.id === other.ref.id)?.member.peers.known.meet(known);
  await small.advance(120_000);
  assertEquals(small.ring.length, 5);
  small.assertIdeal();
  await small.assertAllReadable(keys);
});

Deno.test("mistake 28: a node that was cut off from everybody finds back by itself", async () => {
  const small = await SmallWorld.ideal(3);
  const hosts = small.hostsOfRing();
  const lonely = hosts[0];
  assert(lonely !== undefined);
  for (const host of hosts.slice(1)) small.world.crash(host);
  await small.advance(20_000);
  assertEquals(lonely.life?.node?.member.isAlone, true);
  // With an empty disk it knows nobody: only the memory of the other can bring the two together.
  for (const host of hosts.slice(1)) small.world.loseDisk(host);
  small.hasOneMaker = false;
  const [, back] = hosts;
  assert(back !== undefined);
  small.world.launch(back);
  await small.advance(60_000);
  assertEquals(small.ring.length, 2);
  small.assertIdeal();
});

Deno.test("mistake 28: a node of another cluster is no neighbour", async () => {
  const small = await SmallWorld.ideal(2);
  const url = "http://stranger";
  const stranger = { id: nodeIdOf(small.world.space, "other", url), url };
  const { member, handle } = small.ring[0] as ChordNode;
  const before = member.state;
  const notify = () => handle.call(small.ring[0], "chord.notify", { node: stranger }, timeout);
  await assertRejects(notify, InvalidParamsError, "does not follow from its address");
  await small.advance(5_000);
  assertEquals(member.state, before);
});
