import { assertEquals, assertRejects } from "@std/assert";
import { ChordError, errorCode } from "../../../core/errors.ts";
import { adoptPredecessor } from "../../../core/ring/ring_state.ts";
import { at, idsOf, node, nodes } from "../circle.ts";
import { MemberFixture } from "./scripted_peers.ts";

/** The candidates that the member names, or the owner in brackets. */
function stepOf({ member }: MemberFixture, target: string, avoid = ""): string {
  const step = member.lookupStep(at(target), avoid.split(" ").filter((hex) => hex !== "").map(at));
  return step.kind === "owner" ? `[${step.owner.id}]` : idsOf(step.candidates);
}

Deno.test("RingMember.lookupStep() routes through successors, fingers and everyone who has answered lately", () => {
  const fixture = MemberFixture.member("20", "40", "60 70");
  assertEquals(stepOf(fixture, "f0"), "70 60");
  fixture.member.fingers.set(5, node("80"));
  assertEquals(stepOf(fixture, "f0"), "80 70 60");
  fixture.member.peers.known.meet(node("c0"));
  assertEquals(stepOf(fixture, "f0"), "80 70 60", "met, but never heard in this life");
});

Deno.test("RingMember.lookupStep() has one hop to go once it has heard the owner's predecessor", async () => {
  const fixture = MemberFixture.member("20", "40", "60 70");
  fixture.peers.up("e0", "c0", "20 40");
  await fixture.member.peers.isMember(node("e0"));
  assertEquals(stepOf(fixture, "f0"), "e0 70 60");
});

Deno.test("RingMember.lookupStep() routes around a node under suspicion", async () => {
  const fixture = MemberFixture.member("20", "40", "60 70");
  fixture.member.fingers.set(5, node("80"));
  fixture.peers.down("80");
  await fixture.member.peers.isMember(node("80"));
  assertEquals(stepOf(fixture, "f0"), "70 60");
});

Deno.test("RingMember.lookupStep() names others in place of those that did not answer the asker", () => {
  const fixture = MemberFixture.member("20", "40", "50 60 70 80 90 a0", { successors: 6 });
  const rows: [avoid: string, want: string, why: string][] = [
    ["", "a0 90 80", "the closest three"],
    ["a0", "90 80 70", "one is silent"],
    ["a0 90 80", "70 60 50", "all three are: the next three"],
    ["90 70 50", "a0 80 60", "every other one"],
    ["a0 90 80 70 60 50", "", "everyone we know"],
  ];
  for (const [avoid, want, why] of rows) assertEquals(stepOf(fixture, "f0", avoid), want, why);
});

Deno.test("RingMember.lookupStep() names the next successor as owner when all before it did not answer the asker", () => {
  const fixture = MemberFixture.member("20", "40", "50 60 70");
  const rows: [target: string, avoid: string, want: string, why: string][] = [
    ["58", "", "50", "50 may know somebody between it and 60"],
    ["58", "50", "[60]", "50 is silent: of those we know, 60 owns what follows it"],
    ["60", "50", "[60]", "its own point"],
    ["68", "50", "60", "60 has not been asked"],
    ["68", "50 60", "[70]", "two are silent"],
    ["48", "50", "[50]", "what is 50's own stays 50's, silent or not"],
  ];
  for (const [target, avoid, want, why] of rows) assertEquals(stepOf(fixture, target, avoid), want, why);
});

Deno.test("RingMember.lookupStep() names others in place of fingers that did not answer the asker", () => {
  const fixture = MemberFixture.member("20", "40", "50 60 70");
  for (const [i, hex] of ["80", "90", "c0"].entries()) fixture.member.fingers.set(5 + i, node(hex));
  fixture.member.fingers.set(5, node("80"));
  fixture.member.fingers.set(6, node("90"));
  fixture.member.fingers.set(7, node("c0"));
  assertEquals(stepOf(fixture, "f0"), "c0 90 80");
  assertEquals(stepOf(fixture, "f0", "c0 90 80"), "70 60 50");
});

Deno.test("RingMember.presumedOwner() is the first known node at or after the point", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  const rows: [target: string, want: string, why: string][] = [
    ["40", "40", "our own point"],
    ["41", "60", "our successor's arc"],
    ["60", "60", "its own point"],
    ["61", "80", "the next one's"],
    ["81", "40", "nobody is known between 80 and us"],
    ["ff", "40", "across zero"],
  ];
  for (const [target, want, why] of rows) {
    assertEquals(fixture.member.presumedOwner(at(target)), node(want), why);
  }
  fixture.peers.up("c0", "80", "20 40");
  await fixture.member.peers.isMember(node("c0"));
  assertEquals(fixture.member.presumedOwner(at("81")), node("c0"), "once it has been heard");
  fixture.peers.down("c0");
  await fixture.member.peers.isMember(node("c0"));
  assertEquals(fixture.member.presumedOwner(at("81")), node("40"), "and not while it is suspect");
});

Deno.test("RingMember.lookup() needs nobody for its own arc and its successor's", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  assertEquals(await fixture.member.ownerOf(at("30")), {
    owner: node("40"),
    successors: nodes("60 80"),
    namedBy: node("40"),
    hops: 0,
  });
  assertEquals((await fixture.member.ownerOf(at("50"))).owner, node("60"));
  assertEquals(fixture.peers.calls, []);
});

Deno.test("RingMember.lookup() asks hop by hop, and tells each of the silent ones", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  const avoided: unknown[] = [];
  fixture.peers.on("60", "chord.lookupStep", ({ avoid }) => {
    avoided.push(avoid);
    return { kind: "owner", owner: node("f0"), successors: [] };
  });
  const hops: string[] = [];
  for await (const { node: { id }, via, outcome } of fixture.member.lookup(at("e0"))) {
    hops.push(`${id} ${via} ${outcome}`);
  }
  assertEquals(hops, ["80 successor failed", "60 successor owner"]);
  assertEquals(avoided, [[at("80")]]);
});

Deno.test("RingMember.lookup() of a lone member finds itself", async () => {
  const fixture = MemberFixture.member(null, "40", "");
  for (const target of ["00", "40", "41", "ff"]) {
    assertEquals((await fixture.member.ownerOf(at(target))).owner, node("40"), target);
  }
});

Deno.test("RingMember.lookup() of a node that is no member is no answer of its own", async () => {
  const { member } = new MemberFixture("40");
  const error = await assertRejects(() => member.ownerOf(at("30")), ChordError);
  assertEquals(error.code, errorCode.unavailable);
});

Deno.test("RingMember.lookup() with everybody under suspicion still asks its neighbours", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.down("60").down("80").down("20");
  for (const hex of ["60", "80", "20"]) await fixture.member.peers.isMember(node(hex));
  fixture.peers.on("80", "chord.lookupStep", { kind: "owner", owner: node("f0"), successors: [] });
  assertEquals((await fixture.member.ownerOf(at("e0"))).owner, node("f0"), "80 was slow, not dead");
});

Deno.test("RingMember.apply() tells its listeners of every change, and of nothing else", async () => {
  const { member, time } = MemberFixture.member("20", "40", "60");
  const changes: string[] = [];
  member.onChange((before, after) => changes.push(`${before.predecessor?.id} ${after.predecessor?.id}`));
  await time.advance(70);
  member.apply(adoptPredecessor(member.state, node("20")));
  member.apply({ ...member.state });
  assertEquals([changes, member.changedAtMs], [[], 0]);
  member.apply(adoptPredecessor(member.state, node("30")));
  assertEquals([changes, member.changedAtMs], [["20 30"], 70]);
});

Deno.test("RingMember.neighbors() says what it points at, its phase, and whether its arc is its own", () => {
  const { member } = MemberFixture.member("20", "40", "60");
  assertEquals(member.neighbors(), {
    predecessor: node("20"),
    successors: nodes("60"),
    phase: "member",
    anchored: true,
    predecessors: nodes("20"),
  });
  assertEquals([member.head, member.isAlone], [node("60"), false]);
});

Deno.test("RingMember.predecessors are its own and those that it named, back to itself", async () => {
  const rows: [
    says: { predecessor: string; predecessors?: string },
    replicas: number,
    want: string,
    why: string,
  ][] = [
    [{ predecessor: "10" }, 3, "20 10", "an older node names only its own"],
    [{ predecessor: "10", predecessors: "10 e0 c0" }, 3, "20 10 e0", "as many as there are copies"],
    [{ predecessor: "10", predecessors: "10 e0 c0" }, 5, "20 10 e0 c0", "or as many as are named"],
    [{ predecessor: "10", predecessors: "10" }, 1, "20", "one copy is with the owner alone"],
    [{ predecessor: "60", predecessors: "60 40 20" }, 5, "20 60", "in a ring of three they end at ourselves"],
    [{ predecessor: "10", predecessors: "10 30 e0" }, 5, "20 10", "and where they stop going backwards"],
    [{ predecessor: "40", predecessors: "40" }, 5, "20", "in a ring of two it names us"],
  ];
  for (const [{ predecessor, predecessors }, replicas, want, why] of rows) {
    const { member, peers } = MemberFixture.member("20", "40", "60", { replicas });
    peers.up("20", predecessor, "40");
    const answer = await member.peers.neighbors(node("20"));
    if (answer === null) throw new Error("20 is up");
    const named = predecessors === undefined ? {} : { predecessors: nodes(predecessors) };
    member.heardBefore(node("20"), { ...answer, ...named });
    assertEquals(idsOf(member.predecessors), want, why);
    assertEquals(idsOf(member.neighbors().predecessors ?? []), want, why);
  }
});

Deno.test("RingMember.predecessors: what somebody else named who is not our predecessor is not taken", async () => {
  const { member, peers } = MemberFixture.member("20", "40", "60", { replicas: 3 });
  peers.up("30", "20", "40").up("20", "10", "30");
  const answer = await member.peers.neighbors(node("30"));
  if (answer === null) throw new Error("30 is up");
  member.heardBefore(node("30"), answer);
  assertEquals(idsOf(member.predecessors), "20", "30 is not our predecessor yet");
  member.apply(adoptPredecessor(member.state, node("30")));
  assertEquals(idsOf(member.predecessors), "30", "and now it is not known who stands before it");
  member.heardBefore(node("30"), answer);
  assertEquals(idsOf(member.predecessors), "30 20");
  member.apply(adoptPredecessor(member.state, node("38")));
  assertEquals(idsOf(member.predecessors), "38", "those before 30 are not those before 38");
  assertEquals(MemberFixture.member(null, "40", "").member.predecessors, []);
});
