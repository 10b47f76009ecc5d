import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { makeRecord, mergeRecords } from "../../core/data/record.ts";
import { formatVersion } from "../../core/data/version.ts";
import {
  ChordError,
  DeadlineError,
  DrainingError,
  errorCode,
  InvalidParamsError,
  NotOwnerError,
  TooLargeError,
} from "../../core/errors.ts";
import { between, betweenThrough, type Id, IdSpace } from "../../core/id.ts";
import { nodeIdOf, type NodeRef } from "../../core/node_ref.ts";
import { PartitionMap } from "../../core/partition.ts";
import { closestBefore, lookup, lookupOwner, lookupStep } from "../../core/ring/lookup.ts";
import { walkByNeighbors } from "../../transport/ring_walk.ts";
import { FakeNode } from "../transport/fake_node.ts";
import { at, circle, idsOf, node, nodes } from "./circle.ts";
import { MemberFixture } from "./ring/scripted_peers.ts";
import { SmallWorld } from "./small_world.ts";

/**
 * Mistakes that implementations of Chord really made, by the numbers of the project's list of them. Each test shows
 * that this one does not make it.
 */

const anyPoint = Array.from({ length: 256 }, (_, n) => circle.fromNumber(BigInt(n)));
const timeout = { timeoutMs: 5_000 };

/** The member that answers for a key now. */
function ownerOf({ ring, world }: SmallWorld, key: string): ChordNode {
  const owner = ring.find(({ custody }) => custody.serving(world.partitions.ofKey(key)) !== null);
  assert(owner !== undefined, `nobody answers for ${key}`);
  return owner;
}

/** On how many disks the key's record lies. */
function copiesOf({ world }: SmallWorld, key: string): number {
  const partition = world.partitions.ofKey(key);
  return world.hosts.filter(({ disk }) => disk.peek(partition, key) !== undefined).length;
}

// Ring arithmetic and lookup

Deno.test("mistake 1: (a, b] with equal ends is the whole ring, so a single node answers for everything", async () => {
  for (const point of anyPoint) assert(betweenThrough(at("40"), point, at("40")), point);
  const small = new SmallWorld();
  small.launch(small.world.addHost());
  await small.advance(5_000);
  const [lone] = small.ring;
  assert(lone !== undefined);
  await small.assertAllReadable(await small.fill(20));
  for (const partition of [0, 63]) assert(lone.custody.serving(partition) !== null);
});

Deno.test("mistake 1: fingers that point at the node itself are replaced when others join", async () => {
  const small = new SmallWorld();
  small.launch(small.world.addHost());
  await small.advance(5_000);
  for (let i = 0; i < 7; i++) {
    small.launch(small.world.addHost());
    await small.advance(2_000);
  }
  await small.advance(60_000);
  const { ring, world } = small;
  for (const { member: { fingers, self } } of ring) {
    for (const [i, start] of fingers.starts.entries()) {
      const owner = ring.find((other) => other.self.id >= start) ?? ring[0];
      assertEquals(
        fingers.get(i)?.url,
        owner?.self.url,
        `finger ${i} of ${self.url} in ${world.space.bits} bits`,
      );
    }
  }
});

Deno.test("mistake 2: (a, b) with equal ends is all but a, and an end is never inside", () => {
  for (const point of anyPoint) {
    assertEquals(between(at("40"), point, at("40")), point !== at("40"), point);
    assertEquals(between(point, point, at("40")), false, point);
    assertEquals(between(at("40"), point, point), false, point);
  }
});

Deno.test("mistake 3: lookups wrap around at 0, with nodes at 0 and at the last point, and keys on nodes", () => {
  const ring = nodes("00 3f 40 fe ff");
  for (const [i, self] of ring.entries()) {
    const next = (n: number) => ring[(i + n) % ring.length] as NodeRef;
    const state = { self, predecessor: next(4), successors: [next(1), next(2)] };
    for (const point of anyPoint) {
      const owner = ring.find(({ id }) => id >= point) ?? ring[0];
      const step = lookupStep(state, point, ring);
      if (step.kind === "owner") assertEquals(step.owner, owner, `${point} as ${self.id} sees it`);
      else assert(step.candidates.every(({ id }) => between(self.id, id, point)), `${point} from ${self.id}`);
    }
  }
});

Deno.test("mistake 4: n + 2^i is exact beyond 32 and 53 bits, and modulo 2^m", () => {
  for (const bits of [31, 32, 33, 52, 53, 54, 64, 160]) {
    const space = new IdSpace(bits);
    for (const start of [0n, 1n, space.size - 1n]) {
      for (const exponent of [0, 30, 31, 32, 52, 53, 63, 159].filter((exponent) => exponent < bits)) {
        const sum = space.toNumber(space.addPowerOfTwo(space.fromNumber(start), exponent));
        assertEquals(
          sum,
          (start + 2n ** BigInt(exponent)) % space.size,
          `${start} + 2^${exponent} in ${bits} bits`,
        );
      }
    }
  }
});

Deno.test("mistake 5: closest preceding node is never self, and falls back to the successor", () => {
  for (const point of anyPoint) {
    assertEquals(idsOf(closestBefore(at("40"), point, nodes("40 40"))), "", point);
    const step = lookupStep(
      { self: node("40"), predecessor: node("20"), successors: nodes("60") },
      point,
      nodes("40"),
    );
    const named = step.kind === "owner" ? [step.owner] : step.candidates;
    assertEquals(named.length, 1, "without fingers there is still somebody to ask");
    assert(step.kind === "owner" || named[0]?.id !== at("40"), point);
  }
});

Deno.test("mistake 6: a lookup that is sent on and on ends at the hop limit", async () => {
  const space = new IdSpace(160);
  const target = space.fromNumber(0n);
  let distance = space.size / 2n;
  let asked = 0;
  const inventing = lookup({
    space,
    target,
    start: [{ node: { id: space.fromNumber(-distance), url: "http://liar" }, via: "finger" }],
    ask: () => {
      asked++;
      distance--;
      return Promise.resolve({
        kind: "closer",
        candidates: [{ id: space.fromNumber(-distance), url: "http://liar" }],
      });
    },
    now: () => 0,
    hopsMax: 24,
  });
  const error = await assertRejects(() => lookupOwner(inventing), ChordError);
  assertEquals([error.code, asked], [errorCode.hopLimit, 24]);
});

Deno.test("mistake 7: the successor has one source of truth, whatever the first finger says", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.member.fingers.set(0, node("50"));
  const step = fixture.member.lookupStep(at("55"));
  assertEquals(step.kind === "owner" && step.owner, node("60"), "a finger names nobody as owner");
  fixture.peers.on("60", "chord.lookupStep", { kind: "owner", owner: node("20"), successors: [] });
  fixture.peers.on("80", "chord.lookupStep", { kind: "owner", owner: node("20"), successors: [] });
  for (let tick = 0; tick < 8; tick++) await fixture.maintenance.fixFinger();
  assertEquals(fixture.member.fingers.get(0), node("60"), "and follows the successor");
});

Deno.test("mistake 8: a lookup passes over the dead, down to the last live node before the key", async () => {
  const small = await SmallWorld.ideal(24, { successors: 8 });
  const keys = await small.fill(60);
  const owners = keys.map((key) => ownerOf(small, key));
  for (const host of [2, 3, 4, 9, 15, 20].map((i) => small.host(i))) small.world.crash(host);
  const live = new Set(small.ring);
  const lost: string[] = [];
  const lookups = keys.flatMap((key, i) => {
    const owner = owners[i] as ChordNode;
    const position = small.world.partitions.position(small.world.partitions.ofKey(key));
    return live.has(owner) ? [...live].map((from) => check(from, position, owner)) : [];
  });
  async function check(from: ChordNode, position: Id, owner: ChordNode): Promise<void> {
    try {
      const found = await from.member.ownerOf(position);
      if (found.owner.id !== owner.self.id) lost.push(`${found.owner.url} for ${owner.self.url}`);
    } catch (error) {
      assertInstanceOf(error, ChordError);
      lost.push(error.message);
    }
  }
  await small.run(Promise.all(lookups));
  assertEquals(lost.length, 0, `${lost.length} of ${lookups.length} lookups: ${lost[0]}`);
});

Deno.test("mistake 8: keys of the living are readable at once when their neighbour dies", async () => {
  const small = await SmallWorld.ideal(5);
  const keys = await small.fill(40);
  const dead = small.host(2);
  const theirs = keys.filter((key) => ownerOf(small, key).self.id === dead.ref.id);
  small.world.crash(dead);
  const beganMs = small.world.scheduler.nowMs;
  await small.assertAllReadable(keys.filter((key) => !theirs.includes(key)));
  const tookMs = small.world.scheduler.nowMs - beganMs;
  assert(tookMs < small.world.config.deadAfterMs, `before the ring has closed, not after ${tookMs} ms`);
});

Deno.test("mistake 9: every finger is fixed in its turn, and a failed fix leaves the old one", async () => {
  const fixture = MemberFixture.member("20", "40", "48");
  const asked = new Set<string>();
  fixture.peers.on("48", "chord.lookupStep", ({ target }) => {
    asked.add(target);
    return { kind: "owner", owner: node(target), successors: [] };
  });
  for (let tick = 0; tick < 8; tick++) await fixture.maintenance.fixFinger();
  const { fingers } = fixture.member;
  assertEquals([...asked].toSorted(), ["50", "60", "80", "c0"], "those that do not lead to the successor");
  assertEquals([fingers.get(0), fingers.get(7)], [node("48"), node("c0")], "the first and the last");
  fixture.peers.silent("48");
  for (let tick = 0; tick < 8; tick++) await assertRejects(() => fixture.maintenance.fixFinger(), ChordError);
  assertEquals(Array.from({ length: 8 }, (_, i) => fingers.get(i)).includes(null), false);
});

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

// Join, leave and stabilize

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
    small.assertServedOnce();
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

Deno.test("mistake 17: the successor's predecessor is asked before it is adopted", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "50", "80 c0").up("20", "e0", "40").down("50");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "20 > 40 > 60 80 c0", "a dead pointer does not spread");
});

Deno.test("mistake 18: a dead predecessor is found out and replaced, but never just forgotten", async () => {
  const fixture = MemberFixture.member("20", "40", "60");
  await fixture.bury("20");
  fixture.peers.up("60", "40", "10 20").up("10", "60", "40 60");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.member.state.predecessor, node("20"), "or its arc would be the whole ring");
  await fixture.maintenance.notified(node("10"), "predecessor");
  assertEquals(
    fixture.member.state.predecessor,
    node("10"),
    "a candidate behind the dead one is not turned away",
  );
});

Deno.test("mistake 19: of several notifies that wait the closest is judged, not the last", async () => {
  for (const order of ["30 38 28", "38 30 28", "28 30 38"]) {
    const fixture = MemberFixture.member("20", "40", "60");
    for (const hex of ["28", "30", "38"]) fixture.peers.up(hex, "20", "40");
    let letGo = () => {};
    const busy = fixture.member.turn.take(() => new Promise<void>((resolve) => void (letGo = resolve)));
    const notifies = nodes(order).map((candidate) => fixture.maintenance.notified(candidate, "predecessor"));
    await fixture.settle();
    letGo();
    await Promise.all([busy, ...notifies]);
    assertEquals(fixture.pointers, "38 > 40 > 60", order);
    assertEquals(fixture.peers.callsOf("chord.neighbors"), ["38"], "nobody else was asked");
  }
});

Deno.test("mistake 20: two neighbours die together, and the lists are whole again", async () => {
  const small = await SmallWorld.ideal(8, { successors: 3 });
  for (const host of [small.host(3), small.host(4)]) small.world.crash(host);
  await small.advance(30_000);
  small.assertIdeal();
  for (const host of [small.host(1), small.host(2)]) small.world.crash(host);
  await small.advance(30_000);
  assertEquals(small.ring.length, 4);
  small.assertIdeal();
});

Deno.test("mistake 21: in a ring smaller than its lists nobody is listed twice, nor its own successor", async () => {
  for (const count of [1, 2, 3, 5]) {
    const small = new SmallWorld({ successors: 8 });
    for (let i = 0; i < count; i++) {
      small.launch(small.world.addHost());
      await small.advance(4_000);
    }
    await small.advance(15_000);
    for (const [i, { member: { state } }] of small.ring.entries()) {
      const others = Array.from({ length: count - 1 }, (_, n) => small.ring[(i + 1 + n) % count]?.self.id);
      assertEquals(state.successors.map(({ id }) => id), others, `${count} nodes`);
    }
  }
});

Deno.test("mistake 23: what a node answers during its own stabilize is a state, never half of one", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "50", "80 c0").up("50", "20", "60 80").up("20", "e0", "40");
  const before = fixture.pointers;
  fixture.peers.hold();
  const round = fixture.maintenance.stabilize();
  const seen = new Set<string>();
  for (let i = 0; i < 8; i++) {
    await fixture.settle();
    const { predecessor, successors } = fixture.member.neighbors();
    seen.add(`${predecessor?.id} > 40 > ${idsOf(successors)}`);
    fixture.peers.letGo();
    fixture.peers.hold();
  }
  fixture.peers.letGo();
  await round;
  assertEquals([...seen], [before, "20 > 40 > 60 80 c0", "20 > 40 > 50 60 80"]);
});

Deno.test("mistake 23: one ring operation at a time; a notify during stabilize is judged after it", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "40", "80").up("20", "e0", "40").up("30", "20", "40");
  fixture.peers.hold();
  const round = fixture.maintenance.stabilize();
  const notify = fixture.maintenance.notified(node("30"), "predecessor");
  await fixture.settle();
  assertEquals(fixture.peers.calls, ["chord.neighbors 60"], "30 waits for its turn");
  fixture.peers.letGo();
  await Promise.all([round, notify]);
  assertEquals(fixture.pointers, "30 > 40 > 60 80");
});

Deno.test("mistake 24: a peer that hangs for ever holds up no round for longer than an attempt", async () => {
  const small = await SmallWorld.ideal(4);
  const { network, scheduler } = small.world;
  const watched = small.ring[0] as ChordNode;
  network.options = { ...network.options, loss: 1 };
  let rounds = 0;
  const { call } = watched.member.peers;
  watched.member.peers.call = (peer, method, ...rest) => {
    if (method === "chord.neighbors" || method === "chord.ping") rounds++;
    return call.call(watched.member.peers, peer, method, ...rest) as never;
  };
  const beganMs = scheduler.nowMs;
  await small.advance(4_000);
  assert(rounds >= 4, `${rounds} questions in ${scheduler.nowMs - beganMs} ms`);
  network.options = { ...network.options, loss: 0 };
  await small.advance(30_000);
  small.assertIdeal();
});

Deno.test("mistake 25: one lost message is no suspicion, and slow is not refused", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  const { peers } = fixture.member;
  await peers.isMember(node("60"));
  assertEquals(peers.isUsable(at("60")), true, "one miss");
  fixture.peers.down("80");
  await peers.isMember(node("80"));
  assertEquals(
    [peers.health(at("80")), peers.isGone(at("80"))],
    ["suspect", false],
    "refused, and it may be restarting",
  );
});

Deno.test("mistake 26: a leaving node is gone from the ring only after its data has a new owner", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(40);
  const leaver = small.host(2);
  const node = leaver.life?.node as ChordNode;
  const theirs = keys.filter((key) => ownerOf(small, key) === node);
  assert(theirs.length > 0);
  let isGone = false;
  const leaving = node.leave().then((isComplete) => {
    isGone = true;
    assertEquals(isComplete, true);
  });
  await small.advance(20_000, () => {
    if (isGone) return;
    for (const key of theirs) assert(copiesOf(small, key) > 0, `${key} is on no disk`);
  });
  await leaving;
  small.world.crash(leaver);
  await small.assertAllReadable(keys);
  small.assertIdeal();
});

Deno.test("mistake 26: a leaving node takes no write, and says that it did not happen", async () => {
  const small = await SmallWorld.ideal(3);
  const leaver = small.ring[1] as ChordNode;
  const key = Array.from({ length: 500 }, (_, i) => `k${i}`).find((it) =>
    ownerOf(small, it) === leaver
  ) as string;
  small.world.watch(leaver.leave());
  assertEquals(leaver.phase === "member" || leaver.phase === "leaving", true);
  await small.advance(1);
  assertEquals(leaver.phase, "leaving");
  const error = await assertRejects(() => leaver.keys.write(key, new Uint8Array(1), {}), NotOwnerError);
  assertEquals(error.data.definite, true);
  assertEquals((await small.put(small.ring[0] as ChordNode, key, "v")).owner.id === leaver.self.id, false);
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
  await small.assertAllReadable(keys);
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
  for (const host of hosts.slice(1)) {
    // With an empty disk it knows nobody: only the memory of the other can bring the two together.
    host.disk = new (host.disk.constructor as new () => typeof host.disk)();
  }
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

// Data

Deno.test("mistake 29: keys that move on a join are deleted at the source only when the target has them", async () => {
  const small = await SmallWorld.ideal(3);
  const keys = await small.fill(60);
  const [after, before] = small.widestGap;
  small.launch(small.hostBetween(after, before));
  await small.advance(20_000, () => {
    for (const key of keys) assert(copiesOf(small, key) > 0, `${key} is on no disk`);
  });
  small.assertIdeal();
  small.assertServedOnce();
  await small.assertAllReadable(keys);
  assertEquals(keys.filter((key) => copiesOf(small, key) !== 1), [], "and then they are deleted there");
});

Deno.test("mistake 29: writes during a handoff are not lost, and reads see them", async () => {
  const small = await SmallWorld.ideal(3);
  const keys = await small.fill(30);
  const [after, before] = small.widestGap;
  small.launch(small.hostBetween(after, before));
  const acknowledged = new Map(keys.map((key) => [key, key]));
  for (let round = 0; round < 40; round++) {
    const key = keys[round % keys.length] as string;
    await small.put(small.ring[round % 3] as ChordNode, key, `${key} in round ${round}`);
    acknowledged.set(key, `${key} in round ${round}`);
    assertEquals(await small.valueOf(small.ring[(round + 1) % 3] as ChordNode, key), acknowledged.get(key));
    await small.advance(round * 2);
  }
  await small.advance(20_000);
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
  assert(moving !== undefined && owner.custody.serving(moving) !== null);
  let finish = () => {};
  const write = owner.custody.writing(moving, () => new Promise<void>((resolve) => void (finish = resolve)));
  small.launch(joiner);
  await small.advance(15_000);
  const answers = (node: ChordNode | null | undefined) => (node?.custody.serving(moving) ?? null) !== null;
  small.assertIdeal();
  assertEquals(answers(joiner.life?.node), false, "the write may not be in the store yet");
  finish();
  await write;
  await small.advance(15_000);
  assertEquals([answers(joiner.life?.node), answers(owner)], [true, false]);
});

/** A lone node with 24 values of 200,000 bytes, of which a joiner takes over about half, in several pages. */
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
  const { small, via, keys } = await largeHandoff();
  await small.advance(20_000);
  const counts = small.ring.map(({ ports }) => ports.store.count({ first: 0, last: 63 }));
  assertEquals(counts.reduce((sum, count) => sum + count), keys.length, "each on one disk, in the end");
  assert(Math.min(...counts) > 3, `more than a page of 512 KiB has moved: ${counts}`);
  for (const key of keys) assertEquals((await small.valueOf(via, key))?.length, 200_000, key);
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
    small.world.launch(joiner, [small.ring[0]?.self.url as string]);
    await small.advance(20_000);
    small.assertIdeal();
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
  assertEquals(small.ring.length, 6);
  small.assertIdeal();
  small.assertServedOnce();
  await small.assertAllReadable(keys);
});

Deno.test("mistake 33: a deleted key is not brought back by a handoff, nor by a node that was away", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(30);
  const away = small.host(1);
  small.world.crash(away);
  await small.advance(15_000);
  const via = small.ring[0] as ChordNode;
  for (const key of keys) {
    // Where the owner is away the delete is accepted too, and has to win when it is back.
    await small.delete(via, key);
  }
  const [after, before] = small.widestGap;
  small.launch(small.hostBetween(after, before));
  small.world.launch(away);
  await small.advance(40_000);
  small.assertIdeal();
  for (const key of keys) {
    for (const node of small.ring) assertEquals((await small.get(node, key)).found, false, key);
  }
});

Deno.test("mistake 35: a moment of expiry travels with its record and is the same after a move", async () => {
  const small = await SmallWorld.ideal(2);
  const via = small.ring[0] as ChordNode;
  const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`);
  const endsAtMs = small.world.wallNow() + 40_000;
  for (const key of keys) await small.put(via, key, key, { expiresAtMs: endsAtMs });
  const [after, before] = small.widestGap;
  const joiner = small.hostBetween(after, before);
  small.launch(joiner);
  await small.advance(20_000);
  const moved = keys.filter((key) => ownerOf(small, key).self.id === joiner.ref.id);
  assert(moved.length > 0);
  for (const key of moved) assertEquals((await small.get(via, key)).record?.expiresAtMs, endsAtMs);
  await small.advance(endsAtMs - small.world.wallNow() - 500);
  await small.assertAllReadable(keys.slice(0, 3));
  await small.advance(Math.max(0, endsAtMs - small.world.wallNow()));
  for (const key of keys) assertEquals((await small.get(via, key)).found, false, key);
});

Deno.test("mistake 35: a ttl counts from the write, and is not added again on the way to the owner", async () => {
  const small = await SmallWorld.ideal(3);
  const via = small.ring[0] as ChordNode;
  const key = Array.from({ length: 500 }, (_, i) => `k${i}`).find((it) =>
    ownerOf(small, it) !== via
  ) as string;
  const beganMs = small.world.wallNow();
  const { expiresAtMs } = await small.put(via, key, "v", { ttlMs: 10_000 });
  const endedMs = small.world.wallNow();
  assert(expiresAtMs !== null && expiresAtMs >= beganMs + 10_000 && expiresAtMs <= endedMs + 10_000);
});

Deno.test("mistake 36: writes of one moment have one winner, the same on every replica", () => {
  const write = (id: string, value: string) =>
    makeRecord({
      key: "k",
      value: new TextEncoder().encode(value),
      version: formatVersion(1_000, 0, at(id)),
      expiresAtMs: null,
      requestId: null,
    });
  const [a, b] = [write("40", "a"), write("80", "b")];
  assertEquals([mergeRecords(a, b), mergeRecords(b, a)], [b, b]);
  const [x, y] = [write("40", "x"), write("40", "y")];
  assertEquals(mergeRecords(x, y), mergeRecords(y, x), "even if a clock was copied with its node");
});

Deno.test("mistake 37: a conditional write is judged by the owner only, and a repeat is the same write", async () => {
  const small = await SmallWorld.ideal(3);
  const owner = ownerOf(small, "k");
  const stranger = small.ring.find((node) => node !== owner) as ChordNode;
  const forwarded = { key: "k", value: "AQ==", ifAbsent: true, forwarded: true };
  const error = await assertRejects(() => stranger.handle("kv.put", forwarded, timeout), NotOwnerError);
  assertEquals(error.data.definite, true);

  const first = await small.put(stranger, "k", "1", { ifAbsent: true, requestId: "r1" });
  const again = await small.put(stranger, "k", "1", { ifAbsent: true, requestId: "r1" });
  assertEquals(again.version, first.version);
  const other = () => small.put(stranger, "k", "2", { ifAbsent: true, requestId: "r2" });
  assertEquals((await assertRejects(other, ChordError)).code, errorCode.versionConflict);
});

Deno.test("mistake 40: a write is acknowledged only after it is durable", async () => {
  const small = await SmallWorld.ideal(3);
  const host = small.host(1);
  const owner = host.life?.node as ChordNode;
  const key = Array.from({ length: 500 }, (_, i) => `k${i}`).find((it) =>
    ownerOf(small, it) === owner
  ) as string;
  let isAcknowledged = false;
  const put = owner.put(key, new TextEncoder().encode("v"), {}, timeout).then(() => {
    isAcknowledged = true;
    small.world.crash(host);
  });
  await small.advance(1_000, () => assert(!isAcknowledged || copiesOf(small, key) === 1));
  await put;
  small.world.launch(host);
  await small.advance(20_000);
  assertEquals(
    await small.valueOf(small.ring[0] as ChordNode, key),
    "v",
    "power was lost right after the answer",
  );
});

Deno.test("mistake 41: what is brought in from elsewhere goes through the comparison of versions", async () => {
  const small = await SmallWorld.ideal(2);
  const via = small.ring[0] as ChordNode;
  await small.put(via, "k", "old");
  const owner = ownerOf(small, "k");
  const { record: old } = await small.get(via, "k");
  assert(old !== null);
  await small.put(via, "k", "new");
  await small.run(owner.ports.store.merge(small.world.partitions.ofKey("k"), old));
  assertEquals(await small.valueOf(via, "k"), "new");
});

Deno.test("mistake 42: keys, values and pages over their limits are refused whole or cut into parts", async () => {
  const small = await SmallWorld.ideal(1, { valueBytesMax: 1_000 });
  const lone = small.ring[0] as ChordNode;
  for (const key of ["", "x".repeat(513), "é".repeat(257), "\ud800"]) {
    const put = () => small.put(lone, key, "v");
    assertEquals((await assertRejects(put, InvalidParamsError)).data.definite, true);
  }
  for (const key of ["x".repeat(512), "é".repeat(256)]) await small.put(lone, key, "v");
  await assertRejects(() => small.put(lone, "k", "x".repeat(1_001)), TooLargeError);
  await small.put(lone, "k", "x".repeat(1_000));
  assertEquals((await small.get(lone, "k")).record?.value?.length, 1_000);

  await small.fill(10);
  const everything = { range: { first: 0, last: 63 }, after: null };
  const two = await lone.handle(
    "partition.page",
    { ...everything, recordsMax: 2, bytesMax: 1_000_000 },
    timeout,
  );
  assertEquals(two.records.length, 2);
  assert(two.next !== null);
  const little = await lone.handle(
    "partition.page",
    { ...everything, recordsMax: 100, bytesMax: 1 },
    timeout,
  );
  assertEquals(little.records.length, 1, "one at least");
});

Deno.test("mistake 43: an arc that goes across zero is handed over whole", async () => {
  const small = await SmallWorld.ideal(3);
  const [first, last] = [small.ring[0], small.ring.at(-1)];
  assert(first !== undefined && last !== undefined);
  const keys = await small.fill(120);
  const joiner = small.hostBetween(last.self.id, first.self.id);
  small.launch(joiner);
  await small.advance(20_000);
  small.assertIdeal();
  const node = small.ring.find(({ self }) => self.id === joiner.ref.id) as ChordNode;
  const arc = { after: last.self.id, through: joiner.ref.id };
  const ranges = small.world.partitions.rangesOn(arc);
  for (const { first, last } of ranges) {
    for (let partition = first; partition <= last; partition++) {
      assert(node.custody.serving(partition) !== null);
    }
  }
  const moved = keys.filter((key) => ownerOf(small, key) === node);
  for (const key of moved) assertEquals(copiesOf(small, key), 1, key);
  await small.assertAllReadable(keys, [node, first]);
});

Deno.test("mistake 45: a key's place is the hash of its UTF-8 bytes, on every path", async () => {
  const small = await SmallWorld.ideal(3);
  const map = new PartitionMap(small.world.space, 64);
  const keys = ["köln", "ko\u0308ln", "😀", "日本", "a b/c%2F"];
  for (const [i, key] of keys.entries()) await small.put(small.ring[i % 3] as ChordNode, key, `${i}`);
  for (const node of small.ring) {
    for (const [i, key] of keys.entries()) {
      assertEquals(node.partitionOf(key), map.ofKey(key), key);
      assertEquals(await small.valueOf(node, key), `${i}`, `"${key}" is itself, however it looks`);
    }
  }
});

Deno.test("mistake 46: a refusal says who to ask, and a router with an old view ends up there", async () => {
  const small = await SmallWorld.ideal(3);
  const owner = ownerOf(small, "k");
  const [, other] = small.ring.filter((node) => node !== owner);
  const error = await assertRejects(() => (other as ChordNode).keys.read("k"), NotOwnerError);
  assert(error.data.hint !== undefined && error.data.definite);
  const [after, before] = small.widestGap;
  small.launch(small.hostBetween(after, before));
  const keys = await small.fill(20);
  await small.assertAllReadable(keys);
});

Deno.test("mistake 47: a walk around the ring ends, though the pointers never come back", async () => {
  const url = (n: number) => `http://127.0.0.1:${n}`;
  const ref = (n: number): NodeRef => ({ id: nodeIdOf(new IdSpace(160), "rondo", url(n)), url: url(n) });
  const walk = async (next: (n: number) => number) => {
    const start = new FakeNode({}, ref(0));
    let n = 0;
    const neighbors = () => {
      n = next(n);
      return { predecessor: null, successors: [ref(n)], phase: "member" as const, anchored: true };
    };
    start.answers["chord.neighbors"] = neighbors;
    start.peerAnswers["chord.neighbors"] = neighbors;
    let stops = 0;
    const hops = walkByNeighbors(start, timeout, () => 0);
    for (let step = await hops.next();; step = await hops.next()) {
      if (step.done) return { stops, isRound: step.value };
      stops++;
    }
  };
  assertEquals(await walk((n) => n + 1), { stops: 1_024, isRound: false }, "ever new nodes: the cap");
  assertEquals(await walk((n) => n === 3 ? 2 : n + 1), { stops: 4, isRound: false }, "a loop without us");
  assertEquals(await walk((n) => (n + 1) % 5), { stops: 5, isRound: true }, "an honest ring");
});

Deno.test("mistakes 24 and 37: an outcome that is not known is never called definite", () => {
  assertEquals(new DeadlineError("hear").data.definite, false);
});
