import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { InvalidParamsError } from "../../../core/errors.ts";
import type { Id } from "../../../core/id.ts";
import { Membership } from "../../../core/ring/membership.ts";
import { isIdeal, snapshotOf } from "../../../sim/ring_assertions.ts";
import { SmallWorld } from "../small_world.ts";

/** The three nodes around the i-th: the one before it, itself, and the one after it. */
function around(small: SmallWorld, i: number): [before: ChordNode, node: ChordNode, after: ChordNode] {
  const { ring } = small;
  return [ring[i - 1] as ChordNode, ring[i] as ChordNode, ring[i + 1] as ChordNode];
}

function healthOf(node: ChordNode, id: Id): string {
  return node.member.peers.health(id);
}

/** Lets time pass until it holds; gives how long that took. */
async function until(small: SmallWorld, holds: () => boolean, msMax: number): Promise<number> {
  const { scheduler } = small.world;
  const beganAtMs = scheduler.nowMs;
  while (!holds()) {
    if (scheduler.nowMs - beganAtMs > msMax) throw new Error(`Cannot wait longer than ${msMax} ms`);
    await small.advance(20);
  }
  return scheduler.nowMs - beganAtMs;
}

Deno.test("a node that crashes or hangs is dead to its neighbours within 7 s, and the ring is closed within 10 s", async () => {
  for (const how of ["crash", "pause"] as const) {
    for (let seed = 1; seed <= 8; seed++) {
      const small = await SmallWorld.ideal(8, {}, seed);
      await small.advance(20_000 + seed * 137);
      const [before, { self: { id } }, after] = around(small, 3);
      small.world[how](small.host(3));
      const isDead = () => [before, after].every((node) => healthOf(node, id) === "dead");
      const detectedMs = await until(small, isDead, 7_000);
      assert(detectedMs >= 4_000, `${how} with seed ${seed}: not before its time`);
      const isClosed = () =>
        before.member.head?.id === after.self.id &&
        after.member.state.predecessor?.id === before.self.id;
      await until(small, isClosed, 10_000 - detectedMs);
    }
  }
});

Deno.test("a node that dies among 55 others at the same moment is dead to whoever is left within 7 s", async () => {
  for (const how of ["crash", "pause"] as const) {
    const small = await SmallWorld.ideal(64, { successors: 8 });
    await small.advance(30_000);
    const left = small.ring.filter((_, i) => i % 8 === 0);
    const heads = left.map((node) => node.member.head?.id as Id);
    const gone = small.hostsOfRing().filter((_, i) => i % 8 !== 0);
    for (const host of gone) small.world[how](host);
    await until(small, () => left.every((node, i) => healthOf(node, heads[i] as Id) === "dead"), 7_000);
    await until(small, () => isIdeal(snapshotOf(left), 8), 20_000);
  }
});

Deno.test("a node that cannot reach its neighbours alone does not call them dead, and nobody is removed", async () => {
  for (const oneWay of [true, false]) {
    const small = await SmallWorld.ideal(8);
    const [before, node, after] = around(small, 3);
    small.world.partition([small.host(3)], [small.host(2), small.host(4)], { oneWay });
    await small.advance(15_000);
    assertEquals([healthOf(node, before.self.id), healthOf(node, after.self.id)], ["suspect", "suspect"]);
    await small.advance(10 * 60_000, () => {
      const isCalledDead = small.ring.some(({ member: { peers } }) =>
        small.ring.some(({ self }) => peers.isGone(self.id))
      );
      assertEquals(isCalledDead, false);
    });
    small.assertIdeal();
  }
});

Deno.test("a node that was stopped for a while accuses nobody when it wakes, and is in its place again", async () => {
  for (const pausedMs of [1_000, 5_000, 30_000, 300_000]) {
    const small = await SmallWorld.ideal(8);
    const [before, sleeper, after] = around(small, 3);
    const { id } = sleeper.self;
    const others = small.ring.filter((node) => node !== sleeper);
    const host = small.host(3);
    small.world.pause(host);
    await small.advance(pausedMs);
    small.world.resume(host);
    await small.advance(10_000, () => {
      const accused = others.filter(({ self }) => sleeper.member.peers.isGone(self.id));
      assertEquals(accused.length, 0, `after ${pausedMs} ms`);
    });
    assertEquals([before.member.head?.id, after.member.state.predecessor?.id], [id, id]);
    await small.advance(40_000);
    small.assertIdeal();
    const { pauses, lastPauseMs } = sleeper.member.peers.localHealth.figures;
    assertEquals(pauses, pausedMs > 3_500 ? 1 : 0, `after ${pausedMs} ms`);
    if (pauses > 0) assert(lastPauseMs > pausedMs - 2_500 && lastPauseMs <= pausedMs, `${lastPauseMs}`);
  }
});

Deno.test("two halves of a ring that was cut for minutes are one again half a minute after they can be", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const small = await SmallWorld.ideal(8, {}, seed);
    const isOfFive = (i: number) => (i * 7 + seed) % 8 < 5;
    const five = small.ring.filter((_, i) => isOfFive(i));
    const three = small.ring.filter((_, i) => !isOfFive(i));
    const hostsOf = (nodes: ChordNode[]) => nodes.map((node) => small.hostOf(node));
    const heal = small.world.partition(hostsOf(five), hostsOf(three));
    await small.advance(120_000);
    for (const side of [five, three]) {
      assertEquals(isIdeal(snapshotOf(side), small.world.config.successors), true, "a ring of its own");
    }
    heal();
    const isFound = () =>
      five.some(({ member }) =>
        member.state.successors.some(({ id }) => three.some((node) => node.self.id === id))
      );
    await until(small, isFound, 10_000);
    await until(small, () => isIdeal(snapshotOf(small.ring), small.world.config.successors), 20_000);
  }
});

Deno.test("a node that announced its restart keeps its place until it is back", async () => {
  const small = await SmallWorld.ideal(8);
  const [before, node, after] = around(small, 3);
  await small.run(new Membership(node.member).announceRestart(30_000));
  const host = small.host(3);
  small.world.crash(host);
  const { id } = node.self;
  await small.advance(29_000, () => {
    assertEquals([before.member.head?.id, after.member.state.predecessor?.id], [id, id]);
  });
  assertEquals(healthOf(before, id), "suspect", "and nobody is sent to it");
  small.world.launch(host);
  await small.advance(5_000);
  const opinions = small.ring.filter(({ self }) => self.id !== id).map((other) => healthOf(other, id));
  assertEquals(new Set(opinions), new Set(["alive"]));
  small.assertIdeal();
});

Deno.test("a node that announced its restart and does not come back is dead when its time is over", async () => {
  const small = await SmallWorld.ideal(8);
  const [before, node] = around(small, 3);
  await small.run(new Membership(node.member).announceRestart(30_000));
  small.world.crash(small.host(3));
  await small.advance(29_000);
  assertEquals(healthOf(before, node.self.id), "suspect");
  await small.advance(10_000);
  assertEquals(healthOf(before, node.self.id), "dead");
  await small.advance(20_000);
  small.assertIdeal();
});

Deno.test("a node whose clock is an hour off is told so by its peers, and is alone in taking no writes", async () => {
  const small = await SmallWorld.ideal(8);
  const [, wrong] = around(small, 3);
  for (const aheadMs of [3_600_000, -3_600_000]) {
    small.world.skew(small.host(3), aheadMs);
    assertEquals(wrong.member.peers.clocks.refusesWrites(), true, "it knows the peers' clocks from before");
    await small.advance(180_000, () => {
      const refusing = small.ring.filter(({ member: { peers } }) => peers.clocks.refusesWrites());
      assertEquals(refusing, [wrong]);
    });
    assert(Math.abs((wrong.member.peers.clocks.offsetMs ?? 0) + aheadMs) < 10);
    assertEquals(wrong.member.peers.clocks.isExpiryFrozen(), true);
    small.world.skew(small.host(3), 0);
    assertEquals(wrong.member.peers.clocks.refusesWrites(), false);
  }
});

Deno.test("chord.probe asks the node in question now", async () => {
  const small = await SmallWorld.ideal(3);
  const [, node, after] = around(small, 1);
  const probe = () => node.handle("chord.probe", { node: after.self }, { timeoutMs: 500 });
  assertEquals(await small.run(probe()), { alive: true });
  small.world.crash(small.host(2));
  assertEquals(await small.run(probe()), { alive: false });
});

Deno.test("chord.probe takes no word for what it cannot know: itself, or an id that is not that of the address", async () => {
  const small = await SmallWorld.ideal(3);
  const [before, node, after] = around(small, 1);
  const probe = (ref: ChordNode["self"]) => node.handle("chord.probe", { node: ref }, { timeoutMs: 500 });
  await assertRejects(() => probe(node.self), InvalidParamsError, "it is this node");
  const impostor = { id: before.self.id, url: after.self.url };
  await assertRejects(() => probe(impostor), InvalidParamsError, "does not follow from its address");
});

Deno.test("chord.restarting is taken of any node but oneself, whose id is that of its address", async () => {
  const small = await SmallWorld.ideal(3);
  const [before, node, after] = around(small, 1);
  const tell = (ref: ChordNode["self"]) =>
    node.handle("chord.restarting", { node: ref, backWithinMs: 60_000 }, { timeoutMs: 500 });
  await tell(after.self);
  await tell(node.self);
  assertEquals([healthOf(node, after.self.id), healthOf(node, node.self.id)], ["suspect", "unknown"]);
  const impostor = { id: before.self.id, url: after.self.url };
  await assertRejects(() => tell(impostor), InvalidParamsError, "does not follow from its address");
  assertEquals(healthOf(node, before.self.id), "alive");
});

Deno.test("chord.ping and chord.neighbors say which life answers, over which disk, and what time it is there", async () => {
  const small = await SmallWorld.ideal(3, { replicas: 3 });
  const [before, node, after] = around(small, 1);
  const context = { timeoutMs: 500 };
  const wallMs = Math.floor(small.world.wallNow());
  const self = { incarnation: node.incarnation, disk: node.disk, wallMs };
  assertEquals(await node.handle("chord.ping", {}, context), { id: node.self.id, phase: "member", ...self });
  assertEquals(await node.handle("chord.neighbors", {}, context), {
    predecessor: before.self,
    successors: [after.self, before.self],
    predecessors: [before.self, after.self],
    phase: "member",
    anchored: true,
    ...self,
  });
  assertEquals(before.member.peers.diskOf(node.self.id), node.disk);
});
