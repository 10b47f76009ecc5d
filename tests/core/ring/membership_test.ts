import { assertEquals, assertRejects } from "@std/assert";
import { WrongRingError } from "../../../core/errors.ts";
import { nodeIdOf, type NodeRef } from "../../../core/node_ref.ts";
import type { NodeInfo, Phase } from "../../../core/protocol.ts";
import { circle, idsOf, node } from "../circle.ts";
import { infoOf as nodeInfo } from "../node_info.ts";
import { MemberFixture } from "./scripted_peers.ts";

/** Names of peers, found so that the ids that their addresses lead to are where a story needs them. */
function refOf(name: string): NodeRef {
  const url = `http://n${name}`;
  return { id: nodeIdOf(circle, "rondo", url), url };
}

function infoOf(ref: NodeRef, more: Partial<NodeInfo> = {}): NodeInfo {
  return nodeInfo({ ...ref, cluster: "rondo", partitions: 16, ...more });
}

const seed = refOf("seed");
/** A joiner at the point right behind the seed. */
const behindSeed = circle.addPowerOfTwo(seed.id, 0);

/** A joiner behind a lone seed, which is up. */
function joiner(): MemberFixture {
  const fixture = new MemberFixture(behindSeed);
  fixture.peers.on("seed", "node.info", infoOf(seed))
    .on("seed", "chord.lookupStep", { kind: "owner", owner: seed, successors: [] })
    .on("seed", "chord.neighbors", { predecessor: null, successors: [], phase: "member", anchored: true })
    .on("seed", "chord.notify", {});
  return fixture;
}

Deno.test("Membership.found() makes a ring of one", () => {
  const fixture = new MemberFixture("40");
  fixture.membership.found();
  assertEquals([fixture.pointers, fixture.member.phase, fixture.member.isAnchored], [
    "none > 40 > none",
    "member",
    true,
  ]);
});

Deno.test("Membership.join() takes the list of the member before it and tells both neighbours", async () => {
  const fixture = joiner();
  await fixture.membership.join([seed.url], () => false);
  assertEquals(fixture.pointers, `${seed.id} > ${behindSeed} > ${seed.id}`);
  assertEquals(fixture.member.phase, "member");
  assertEquals(fixture.peers.callsOf("chord.notify").toSorted(), [
    `seed ${behindSeed} predecessor`,
    `seed ${behindSeed} successor`,
  ]);
  assertEquals(fixture.member.isAnchored, false, "nobody leads to it yet");
});

Deno.test("Membership.join() learns everyone whom the member before it knows", async () => {
  const fixture = joiner();
  const peers = [{ node: node("10"), health: "dead" as const, lastSeenMs: null }];
  fixture.peers.on("seed", "node.peers", { peers });
  await fixture.membership.join([seed.url], () => false);
  assertEquals(
    fixture.member.peers.known.get(node("10").id),
    node("10"),
    "also the dead: they may be back one day",
  );
});

Deno.test("Membership.join() refuses another ring, and says in what it differs", async () => {
  const rows: [more: Partial<NodeInfo>, says: string][] = [
    [{ protocol: 2 }, "its protocol is 2, this node's is 1"],
    [{ cluster: "other" }, "its cluster is other, this node's is rondo"],
    [{ bits: 160 }, "its bits is 160"],
    [{ hash: "sha1" }, "its hash is sha1"],
    [{ partitions: 32 }, "its partitions is 32"],
    [{ replicas: 5 }, "its replicas is 5"],
    [{ writeQuorum: 3 }, "its writeQuorum is 3"],
    [{ readQuorum: 3 }, "its readQuorum is 3"],
    [{ id: node("00").id }, "its id does not follow from its address"],
  ];
  for (const [more, says] of rows) {
    const fixture = joiner();
    fixture.peers.on("seed", "node.info", infoOf(seed, more));
    await assertRejects(() => fixture.membership.join([seed.url], () => false), WrongRingError, says);
    assertEquals(fixture.member.phase, "joining", says);
  }
});

Deno.test("Membership.join() refuses an id that another address has", async () => {
  const fixture = joiner();
  const squatter = { id: fixture.member.self.id, url: "http://squatter" };
  fixture.peers.on("seed", "chord.neighbors", {
    predecessor: squatter,
    successors: [squatter],
    phase: "member",
    anchored: true,
  });
  const join = () => fixture.membership.join([seed.url], () => false);
  await assertRejects(join, WrongRingError, "is taken by http://squatter");
});

Deno.test("Membership.neighbourLeaves(): the ring closes behind it without waiting for a round", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("80", "60", "c0 20");
  await fixture.membership.neighbourLeaves(node("60"), node("40"), [node("80")]);
  assertEquals(fixture.pointers, "20 > 40 > 80 c0 20");
  assertEquals(fixture.member.peers.isGone(node("60").id), true);
});

Deno.test("Membership.neighbourLeaves(): the predecessor is replaced by the one before it, once that answers", async () => {
  const fixture = MemberFixture.member("20", "40", "60");
  await fixture.membership.neighbourLeaves(node("20"), node("10"), [node("40")]);
  assertEquals(fixture.pointers, "20 > 40 > 60", "10 is silent: 20 is replaced, never forgotten");
  fixture.peers.up("10", "c0", "40 60");
  await fixture.membership.neighbourLeaves(node("20"), node("10"), [node("40")]);
  assertEquals(fixture.pointers, "10 > 40 > 60");
});

Deno.test("Membership.neighbourLeaves(): of two the one that stays is alone", async () => {
  const fixture = MemberFixture.member("60", "40", "60");
  await fixture.membership.neighbourLeaves(node("60"), node("40"), [node("40")]);
  assertEquals([fixture.pointers, fixture.member.isAlone], ["none > 40 > none", true]);
});

Deno.test("Membership.neighbourLeaves(): a node farther down the list is only dropped from it", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80 c0");
  fixture.member.fingers.set(5, node("80"));
  await fixture.membership.neighbourLeaves(node("80"), node("60"), [node("c0")]);
  assertEquals(fixture.pointers, "20 > 40 > 60 c0");
  assertEquals(idsOf(fixture.member.fingers.distinct()), "");
  assertEquals(fixture.peers.calls, ["chord.ping 80"], "whether it is still a member");
});

Deno.test("Membership.neighbourLeaves(): who still answers as a member has not left, whoever says so", async () => {
  const rows: [phase: Phase, pointers: string, isGone: boolean][] = [
    ["member", "20 > 40 > 60 80", false],
    ["leaving", "20 > 40 > 80 c0 20", true],
    ["left", "20 > 40 > 80 c0 20", true],
  ];
  for (const [phase, pointers, isGone] of rows) {
    const fixture = MemberFixture.member("20", "40", "60 80");
    fixture.peers.up("60", "40", "80 c0", { phase }).up("80", "60", "c0 20");
    await fixture.membership.neighbourLeaves(node("60"), node("40"), [node("80")]);
    assertEquals([fixture.pointers, fixture.member.peers.isGone(node("60").id)], [pointers, isGone], phase);
  }
});

Deno.test("Membership.announceLeave() tells both neighbours", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  await fixture.membership.announceLeave();
  assertEquals(
    fixture.peers.callsOf("chord.leave"),
    ["60 40", "20 40"],
    "silence stops nobody from leaving",
  );
});

Deno.test("Membership.announceRestart() tells its neighbours and whoever it has heard, each once", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "40", "80").up("c0", "80", "20");
  for (const hex of ["60", "c0"]) await fixture.member.peers.isMember(node(hex));
  const backWithin: number[] = [];
  fixture.peers.on("60", "chord.restarting", ({ backWithinMs }) => {
    backWithin.push(backWithinMs);
    return {};
  });
  await fixture.membership.announceRestart(20_000.5);
  const told = ["60 40", "80 40", "20 40", "c0 40"];
  assertEquals(fixture.peers.callsOf("chord.restarting"), told, "silence stops nobody from going");
  await fixture.membership.announceRestart(3_600_000);
  assertEquals(backWithin, [20_001, 60_000], "nobody is waited for longer than a minute");
});

Deno.test("Membership.join() knows at once who stands before its predecessor", async () => {
  const fixture = joiner();
  fixture.peers.on("seed", "chord.neighbors", {
    predecessor: node("00"),
    successors: [node("00")],
    phase: "member",
    anchored: true,
  });
  await fixture.membership.join([seed.url], () => false);
  assertEquals(fixture.member.predecessors[0], seed);
});
