import { assertEquals } from "@std/assert";
import { findPlace } from "../../../core/ring/place.ts";
import type { LookupStep } from "../../../core/ring/lookup.ts";
import { node } from "../circle.ts";
import { MemberFixture } from "./scripted_peers.ts";

function owner(hex: string): LookupStep {
  return { kind: "owner", owner: node(hex), successors: [] };
}

/** The node before 40 as found through 80, or null. */
async function placeOf(fixture: MemberFixture): Promise<string | null> {
  return (await findPlace(fixture.member, node("80")))?.node.id ?? null;
}

Deno.test("findPlace() is the member that names our successor as owner of our id", async () => {
  const fixture = new MemberFixture("40");
  fixture.peers.on("80", "chord.lookupStep", { kind: "closer", candidates: [node("20")] })
    .on("20", "chord.lookupStep", owner("60")).up("20", "e0", "60 80");
  assertEquals(await placeOf(fixture), "20");
});

Deno.test("findPlace() behind an owner that named itself is the member before it", async () => {
  const fixture = new MemberFixture("40");
  fixture.peers.on("80", "chord.lookupStep", owner("80")).up("80", "20", "c0").up("20", "e0", "80 c0");
  assertEquals(await placeOf(fixture), "20");
});

Deno.test("findPlace() through a lone node is that node", async () => {
  const fixture = new MemberFixture("40");
  fixture.peers.on("80", "chord.lookupStep", owner("80")).up("80", null, "");
  assertEquals(await placeOf(fixture), "80");
});

Deno.test("findPlace() finds a place that the ring still points at, as after a restart", async () => {
  const fixture = new MemberFixture("40");
  fixture.peers.on("80", "chord.lookupStep", { kind: "closer", candidates: [node("20")] })
    .on("20", "chord.lookupStep", owner("40")).up("20", "e0", "40 60");
  assertEquals(await placeOf(fixture), "20");
});

Deno.test("findPlace() is null when the ring moved meanwhile, is silent, or points at nobody before us", async () => {
  const moved = new MemberFixture("40");
  moved.peers.on("80", "chord.lookupStep", { kind: "closer", candidates: [node("20")] })
    .on("20", "chord.lookupStep", owner("60")).up("20", "e0", "30 60");
  assertEquals(await placeOf(moved), null, "30 has joined since");

  assertEquals(await placeOf(new MemberFixture("40")), null, "nobody answers");

  const ourselves = new MemberFixture("40");
  ourselves.peers.on("80", "chord.lookupStep", owner("80")).up("80", "40", "c0");
  assertEquals(await placeOf(ourselves), null, "we are the one before it");

  const silent = new MemberFixture("40");
  silent.peers.on("80", "chord.lookupStep", owner("80")).up("80", "20", "c0");
  assertEquals(await placeOf(silent), null, "the one before it does not answer");
});
