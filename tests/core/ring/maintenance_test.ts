import { assertEquals } from "@std/assert";
import { idsOf, node } from "../circle.ts";
import { MemberFixture } from "./scripted_peers.ts";

Deno.test("Maintenance.stabilize() takes over its successor's list, round by round", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "40", "80 c0 e0").up("20", "e0", "40");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "20 > 40 > 60 80 c0");
  assertEquals(fixture.peers.callsOf("chord.notify"), [], "it knows us already");
  fixture.peers.up("60", "40", "c0 e0");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "20 > 40 > 60 c0 e0", "80 is gone from it, so it is from ours");
});

Deno.test("Maintenance.stabilize() tells a successor that does not know us", async () => {
  for (const predecessor of [null, "20", "c0"]) {
    const fixture = MemberFixture.member("20", "40", "60 80");
    fixture.peers.up("60", predecessor, "80").up("20", "e0", "40");
    await fixture.maintenance.stabilize();
    assertEquals(fixture.peers.callsOf("chord.notify"), ["60 40 predecessor"]);
    assertEquals(fixture.pointers, "20 > 40 > 60 80");
  }
});

Deno.test("Maintenance.stabilize() asks its successor's predecessor before it adopts it", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "50", "80 c0").up("50", "20", "60 80").up("20", "e0", "40");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "20 > 40 > 50 60 80");
  assertEquals(fixture.peers.callsOf("chord.notify"), ["50 40 predecessor"]);
  assertEquals(fixture.peers.calls.slice(0, 2), ["chord.neighbors 60", "chord.neighbors 50"]);
});

Deno.test("Maintenance.stabilize() adopts nobody who is silent, joining or leaving", async () => {
  for (const phase of ["silent", "joining", "leaving", "left"] as const) {
    const fixture = MemberFixture.member("20", "40", "60 80");
    fixture.peers.up("60", "50", "80 c0").up("20", "e0", "40");
    if (phase !== "silent") fixture.peers.up("50", "20", "60 80", { phase });
    await fixture.maintenance.stabilize();
    assertEquals(fixture.pointers, "20 > 40 > 60 80 c0", phase);
    assertEquals(fixture.peers.callsOf("chord.notify"), ["60 40 predecessor"], phase);
  }
});

Deno.test("Maintenance.stabilize() tells a closer successor of the one it displaces, when it does not know it", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "50", "80").up("50", "48", "c0 e0").up("20", "e0", "40");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "20 > 40 > 50 c0 e0", "its own list, as it said it");
  assertEquals(fixture.peers.callsOf("chord.notify"), ["50 60 successor", "50 40 predecessor"]);
});

Deno.test("Maintenance.stabilize() stays behind a successor that is only slow", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("80", "60", "c0").up("20", "e0", "40");
  for (let round = 0; round < 4; round++) {
    await fixture.maintenance.stabilize();
    assertEquals(fixture.pointers, "20 > 40 > 60 80", "suspect is not dead");
    await fixture.time.advance(1_000);
  }
  await fixture.time.advance(1_000);
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "20 > 40 > 80 c0", "after 5 s it is");
  assertEquals(fixture.peers.callsOf("chord.notify").at(-1), "80 40 predecessor");
});

Deno.test("Maintenance.stabilize() passes over all the dead in its list at once", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80 c0");
  fixture.peers.up("c0", "80", "e0").up("20", "e0", "40");
  await fixture.bury("60", "80");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "20 > 40 > c0 e0");
});

Deno.test("Maintenance.stabilize() with a dead list goes back in through its predecessor", async () => {
  const fixture = MemberFixture.member("20", "40", "60");
  fixture.peers.up("20", "e0", "40 60").up("e0", "c0", "20");
  fixture.peers.on("20", "chord.lookupStep", { kind: "owner", owner: node("40"), successors: [] });
  await fixture.bury("60");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "20 > 40 > 20", "it names only the dead, so it follows us itself");
  assertEquals(fixture.peers.callsOf("chord.notify").at(-1), "20 40 successor");

  const other = MemberFixture.member("20", "40", "60");
  other.peers.up("20", "e0", "40 60 c0 e0");
  other.peers.on("20", "chord.lookupStep", { kind: "owner", owner: node("40"), successors: [] });
  await other.bury("60");
  await other.maintenance.stabilize();
  assertEquals(other.pointers, "20 > 40 > c0 e0", "without those of its list that are known to be dead");
});

Deno.test("Maintenance.stabilize() is alone only when nobody it ever knew answers", async () => {
  const fixture = MemberFixture.member("60", "40", "60");
  fixture.peers.down("60");
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "60 > 40 > 60", "not at once");
  await fixture.time.advance(5_000);
  await fixture.maintenance.stabilize();
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "none > 40 > none");
  assertEquals([fixture.member.isAlone, fixture.member.isAnchored], [true, true]);
});

Deno.test("Maintenance.stabilize() of a lone node asks everyone it ever knew, and stays alone if none answers", async () => {
  const fixture = MemberFixture.member(null, "40", "");
  fixture.member.peers.known.meet(node("80"));
  await fixture.maintenance.stabilize();
  assertEquals(fixture.peers.calls, ["chord.lookupStep 80 40"]);
  assertEquals(fixture.pointers, "none > 40 > none");
});

Deno.test("Maintenance.stabilize() of a lone node joins whoever it once knew and is back", async () => {
  const fixture = MemberFixture.member(null, "40", "");
  fixture.member.peers.known.meet(node("80"));
  fixture.peers.up("80", null, "").on("80", "chord.lookupStep", {
    kind: "owner",
    owner: node("80"),
    successors: [],
  });
  await fixture.maintenance.stabilize();
  assertEquals(fixture.pointers, "80 > 40 > 80");
});

Deno.test("Maintenance.notified() adopts a closer predecessor that answers, without asking the old one", async () => {
  const fixture = MemberFixture.member("20", "40", "60");
  fixture.peers.up("30", "20", "40");
  await fixture.maintenance.notified(node("30"), "predecessor");
  assertEquals(fixture.pointers, "30 > 40 > 60");
  assertEquals(fixture.peers.calls, ["chord.neighbors 30"]);
});

Deno.test("Maintenance.notified() adopts nobody who does not answer for itself", async () => {
  const fixture = MemberFixture.member("20", "40", "60");
  await fixture.maintenance.notified(node("30"), "predecessor");
  fixture.peers.up("38", "20", "40", { phase: "leaving" });
  await fixture.maintenance.notified(node("38"), "predecessor");
  assertEquals(fixture.pointers, "20 > 40 > 60");
});

Deno.test("Maintenance.notified() replaces a farther predecessor only when that is gone", async () => {
  const rows: [
    how: "up" | "slow" | "dead",
    candidate: string,
    heads: string,
    anchored: boolean,
    want: string,
  ][] = [
    ["up", "10", "40 60", true, "20"],
    ["slow", "10", "40 60", true, "20"],
    ["dead", "10", "40 60", true, "10"],
    ["dead", "10", "20 40", true, "20"],
    ["dead", "10", "40 60", false, "20"],
  ];
  for (const [how, candidate, heads, anchored, want] of rows) {
    const fixture = MemberFixture.member("20", "40", "60");
    fixture.peers.up(candidate, "e0", heads, { anchored });
    if (how === "up") fixture.peers.up("20", "10", "40");
    if (how === "dead") await fixture.bury("20");
    await fixture.maintenance.notified(node(candidate), "predecessor");
    assertEquals(fixture.pointers, `${want} > 40 > 60`, `${how}, anchored ${anchored}, behind it ${heads}`);
  }
});

Deno.test("Maintenance.notified(): a lone node takes its first neighbour on both sides", async () => {
  const fixture = MemberFixture.member(null, "40", "");
  fixture.peers.up("80", "40", "40");
  await fixture.maintenance.notified(node("80"), "predecessor");
  assertEquals(fixture.pointers, "80 > 40 > 80");
  assertEquals(fixture.peers.callsOf("chord.notify"), ["80 40 predecessor"]);
});

Deno.test("Maintenance.notified() as a successor: a closer one is asked, adopted and told", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("50", "20", "60 80");
  await fixture.maintenance.notified(node("50"), "successor");
  assertEquals(fixture.pointers, "20 > 40 > 50 60 80");
  assertEquals(fixture.peers.callsOf("chord.notify"), ["50 40 predecessor"]);
  await fixture.maintenance.notified(node("70"), "successor");
  assertEquals(
    fixture.peers.calls.some((line) => line.includes("70")),
    false,
    "a farther one is nothing to us",
  );
});

Deno.test("Maintenance.notified(): a node that is no member judges nobody", async () => {
  const fixture = new MemberFixture("40");
  fixture.peers.up("30", null, "40");
  await fixture.maintenance.notified(node("30"), "predecessor");
  await fixture.maintenance.notified(node("50"), "successor");
  assertEquals([fixture.pointers, fixture.peers.calls], ["none > 40 > none", []]);
});

Deno.test("Maintenance.notified() by the present predecessor makes sure that it leads to us", async () => {
  const fixture = MemberFixture.member("20", "40", "60");
  fixture.member.isAnchored = false;
  fixture.peers.up("20", "10", "60");
  await fixture.maintenance.notified(node("20"), "predecessor");
  assertEquals(fixture.member.isAnchored, false, "it leads past us");
  fixture.peers.up("20", "10", "40 60", { anchored: false });
  await fixture.maintenance.notified(node("20"), "predecessor");
  assertEquals(fixture.member.isAnchored, false, "nobody leads to it");
  fixture.peers.up("20", "10", "40 60");
  await fixture.maintenance.notified(node("20"), "predecessor");
  assertEquals(fixture.member.isAnchored, true);
});

Deno.test("Maintenance.fixFinger() looks up the owner of one start and learns its whole arc", async () => {
  const fixture = MemberFixture.member("20", "40", "48");
  fixture.peers.on("48", "chord.lookupStep", { kind: "owner", owner: node("90"), successors: [] });
  fixture.peers.up("90", "48", "20");
  await fixture.maintenance.fixFinger();
  assertEquals(fixture.peers.calls, ["chord.lookupStep 48 50", "chord.ping 90"]);
  assertEquals(idsOf(fixture.member.fingers.distinct()), "48 90");
});

Deno.test("Maintenance.fixFinger() takes nobody on another's word, and goes on with the next", async () => {
  const fixture = MemberFixture.member("20", "40", "48");
  const asked: string[] = [];
  fixture.peers.on("48", "chord.lookupStep", ({ target }) => {
    asked.push(target);
    return { kind: "owner", owner: node("d0"), successors: [] };
  });
  for (let tick = 0; tick < 4; tick++) await fixture.maintenance.fixFinger();
  assertEquals(asked, ["50", "60", "80", "c0"]);
  assertEquals(idsOf(fixture.member.fingers.distinct()), "48");
});

Deno.test("Maintenance.fixFinger(): a lone node has nobody to look up", async () => {
  const fixture = MemberFixture.member(null, "40", "");
  await fixture.maintenance.fixFinger();
  assertEquals(fixture.peers.calls, []);
});

Deno.test("Maintenance.probeNeighbours() asks both and moves nothing", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.peers.up("60", "50", "80").up("20", "10", "40");
  await fixture.maintenance.probeNeighbours();
  assertEquals(fixture.peers.calls.toSorted(), ["chord.neighbors 20", "chord.ping 60"]);
  assertEquals(fixture.pointers, "20 > 40 > 60 80");
});

Deno.test("Maintenance.probeRingOf() ties two rings together where we stand", async () => {
  const fixture = MemberFixture.member("20", "40", "60");
  fixture.peers.up("30", "c0", "50 c0").up("50", "30", "c0 30");
  fixture.peers.on("c0", "chord.lookupStep", { kind: "closer", candidates: [node("30")] });
  fixture.peers.on("30", "chord.lookupStep", { kind: "owner", owner: node("50"), successors: [] });
  await fixture.maintenance.probeRingOf(node("c0"));
  assertEquals(fixture.pointers, "20 > 40 > 50 c0 30");
  assertEquals(fixture.peers.callsOf("chord.notify"), [
    "50 60 successor",
    "50 40 predecessor",
    "30 40 successor",
  ]);
});

Deno.test("Maintenance.probeRingOf() of a peer in our own ring changes nothing", async () => {
  const fixture = MemberFixture.member("20", "40", "60");
  fixture.peers.up("20", "c0", "40 60").on("20", "chord.lookupStep", {
    kind: "owner",
    owner: node("40"),
    successors: [],
  });
  await fixture.maintenance.probeRingOf(node("20"));
  assertEquals(fixture.pointers, "20 > 40 > 60");
  assertEquals(fixture.peers.callsOf("chord.notify"), []);
});

Deno.test("Maintenance learns from its predecessor who stands before it, in every round and from the first on", async () => {
  const fixture = MemberFixture.member("20", "40", "60", { replicas: 3 });
  fixture.peers.up("60", "40", "20").up("20", "10", "40");
  await fixture.maintenance.probeNeighbours();
  assertEquals(idsOf(fixture.member.predecessors), "20 10");
  fixture.peers.up("20", "18", "40");
  await fixture.maintenance.stabilize();
  assertEquals(idsOf(fixture.member.predecessors), "20 18");
  fixture.peers.up("30", "20", "40");
  await fixture.maintenance.notified(node("30"), "predecessor");
  assertEquals([fixture.pointers, idsOf(fixture.member.predecessors)], ["30 > 40 > 60 20", "30 20"]);
});
