import { assertEquals, assertRejects } from "@std/assert";
import { ChordError, DrainingError, errorCode } from "../../../core/errors.ts";
import { idsOf, node } from "../circle.ts";
import { MemberFixture } from "./scripted_peers.ts";

const other = node("60");

function fixture() {
  const { member, peers: script, time } = MemberFixture.member("20", "40", "60");
  return { peers: member.peers, script, time };
}

Deno.test("Peers.call(): an answer makes a peer known and alive, the latest first", async () => {
  const { peers, script } = fixture();
  script.up("60", "40", "20").up("80", "60", "20");
  assertEquals(peers.health(other.id), "unknown");
  await peers.call(other, "chord.ping", {});
  await peers.call(node("80"), "chord.ping", {});
  assertEquals([peers.health(other.id), idsOf(peers.recent())], ["alive", "80 60"]);
});

Deno.test("Peers.call(): an error that the peer sent itself is an answer like any other", async () => {
  const { peers, script } = fixture();
  script.on("60", "chord.ping", new ChordError(errorCode.overloaded, "busy"));
  await assertRejects(() => peers.call(other, "chord.ping", {}), ChordError, "busy");
  assertEquals(peers.health(other.id), "alive");
});

Deno.test("Peers.call(): silence twice is suspicion, a refusal is at once", async () => {
  const { peers, script } = fixture();
  await assertRejects(() => peers.call(other, "chord.ping", {}), ChordError);
  assertEquals(peers.health(other.id), "unknown");
  await assertRejects(() => peers.call(other, "chord.ping", {}), ChordError);
  assertEquals(peers.health(other.id), "suspect");
  script.down("80");
  await assertRejects(() => peers.call(node("80"), "chord.ping", {}), ChordError);
  assertEquals(peers.health(node("80").id), "suspect");
});

Deno.test("Peers.call(): a bug in the transport is nobody's silence", async () => {
  const { peers, script } = fixture();
  script.on("60", "chord.ping", new TypeError("oh"));
  await assertRejects(() => peers.call(other, "chord.ping", {}), TypeError);
  await assertRejects(() => peers.isMember(other), TypeError);
  assertEquals(peers.health(other.id), "unknown");
});

Deno.test("Peers.neighbors() and isMember() are null and false for whoever is no member", async () => {
  for (const phase of ["joining", "leaving", "left"] as const) {
    const { peers, script } = fixture();
    script.up("60", "40", "20", { phase });
    assertEquals([await peers.neighbors(other), await peers.isMember(other)], [null, false], phase);
  }
  const { peers, script } = fixture();
  script.on("60", "chord.neighbors", new DrainingError());
  assertEquals(await peers.neighbors(other), null);
});

Deno.test("Peers: a node that says it leaves is gone, and back when it answers as a member", async () => {
  const { peers, script } = fixture();
  script.up("60", "40", "20", { phase: "leaving" });
  await peers.isMember(other);
  assertEquals([peers.health(other.id), peers.isGone(other.id)], ["left", true]);
  script.up("60", "40", "20");
  await peers.isMember(other);
  assertEquals([peers.health(other.id), peers.isGone(other.id)], ["alive", false]);
});

Deno.test("Peers: a neighbour's word that it left counts until it answers as a member", async () => {
  const { peers, script } = fixture();
  peers.left(other);
  script.up("60", "40", "20");
  await peers.call(other, "chord.notify", { node: node("40") });
  assertEquals(peers.isGone(other.id), true, "a leaving node answers too");
  await peers.neighbors(other);
  assertEquals(peers.isGone(other.id), false);
});

Deno.test("Peers.lastSeenAtMs() is when it last answered", async () => {
  const { peers, script, time } = fixture();
  script.up("60", "40", "20");
  assertEquals(peers.lastSeenAtMs(other.id), null);
  await time.advance(70);
  await peers.isMember(other);
  await time.advance(70);
  assertEquals(peers.lastSeenAtMs(other.id), 70);
});

Deno.test("Peers.forget() forgets the peer and what was thought of it", async () => {
  const { peers, script } = fixture();
  script.up("60", "40", "20");
  await peers.isMember(other);
  peers.forget(other.id);
  assertEquals([peers.known.get(other.id), peers.health(other.id)], [null, "unknown"]);
});
