import { assertEquals, assertRejects } from "@std/assert";
import { ChordError, DrainingError, errorCode } from "../../../core/errors.ts";
import type { NodeRef } from "../../../core/node_ref.ts";
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

/** A node that has heard its neighbours 20 and 60, and 80 and c0 farther on. */
async function amongFour() {
  const all = fixture();
  all.script.up("20", "c0", "40").up("60", "40", "80").up("80", "60", "c0").up("c0", "80", "20");
  for (const hex of ["20", "60", "80", "c0"]) await all.peers.isMember(node(hex));
  const probesOf = () => all.script.callsOf("chord.probe").toSorted();
  /** Asks 60 once a second, as upkeep does. */
  const watch = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      await all.time.advance(1_000);
      await all.peers.isMember(other);
    }
  };
  return { ...all, probesOf, watch };
}

Deno.test("Peers: three others are asked whether they reach a silent peer, and it is dead when none does", async () => {
  const { peers, script, probesOf, watch } = await amongFour();
  for (const hex of ["20", "80", "c0"]) script.on(hex, "chord.probe", { alive: false });
  script.silent("60");
  await watch(3);
  assertEquals([peers.health(other.id), probesOf()], ["suspect", []], "two seconds of silence are nothing");
  await watch(1);
  assertEquals(probesOf(), ["20 60", "80 60", "c0 60"]);
  await watch(1);
  assertEquals(peers.health(other.id), "suspect");
  await watch(1);
  assertEquals(peers.health(other.id), "dead", "5 s after the first question it did not answer");
  assertEquals(probesOf().length, 3, "and the others were asked once");
});

Deno.test("Peers: a peer that others reach stays suspect, however long it is silent to us", async () => {
  const { peers, script, probesOf, watch } = await amongFour();
  script.on("20", "chord.probe", { alive: true });
  script.on("80", "chord.probe", { alive: false }).on("c0", "chord.probe", { alive: false });
  script.silent("60");
  await watch(60);
  assertEquals([peers.health(other.id), peers.isUsable(other.id), peers.isGone(other.id)], [
    "suspect",
    false,
    false,
  ]);
  const questions = probesOf().length / 3;
  assertEquals(questions > 10 && questions <= 24, true, `asked ${questions} times in a minute`);
  script.on("20", "chord.probe", { alive: false });
  await watch(7);
  assertEquals(peers.health(other.id), "dead", "now nobody does");
});

Deno.test("Peers: witnesses that are dead themselves hold up no sentence", async () => {
  const { peers, script, watch } = await amongFour();
  for (const hex of ["60", "80", "c0", "20"]) script.silent(hex);
  await watch(6);
  assertEquals(peers.health(other.id), "dead");
});

Deno.test("Peers: a node that knows nobody else goes by its own word", async () => {
  const { peers, script, time } = fixture();
  script.up("60", "40", "40");
  await peers.isMember(other);
  script.down("60");
  await peers.isMember(other);
  await time.advance(4_999);
  await peers.isMember(other);
  assertEquals(peers.health(other.id), "suspect");
  await time.advance(1);
  assertEquals(peers.health(other.id), "dead");
  assertEquals(script.callsOf("chord.probe"), []);
});

Deno.test("Peers: two questions about one peer at the same time are one to the witnesses", async () => {
  const { peers, script, probesOf, time } = await amongFour();
  script.down("60");
  await peers.isMember(other);
  await time.advance(4_000);
  await Promise.all([peers.isMember(other), peers.neighbors(other), peers.askSuspects()]);
  assertEquals(probesOf(), ["20 60", "80 60", "c0 60"]);
});

Deno.test("Peers.askSuspects() finds out about peers that nobody asks otherwise", async () => {
  const { peers, script, time } = await amongFour();
  for (const hex of ["20", "60"]) script.on(hex, "chord.probe", { alive: false });
  script.down("80").down("c0");
  for (const hex of ["80", "c0"]) await peers.isMember(node(hex));
  script.up("80", "60", "c0");
  await peers.askSuspects();
  assertEquals(peers.health(node("80").id), "suspect", "not in every round");
  for (let i = 0; i < 5; i++) {
    await time.advance(1_000);
    await peers.askSuspects();
  }
  assertEquals([peers.health(node("80").id), peers.health(node("c0").id)], ["alive", "dead"]);
  script.calls.length = 0;
  await time.advance(60_000);
  await peers.askSuspects();
  assertEquals(script.calls, [], "neither is a suspect any more");
});

Deno.test("Peers.reaches() is asked of the peer now, in less time than the asker has", async () => {
  const { peers, script } = await amongFour();
  const timeouts: number[] = [];
  const call = script.call.bind(script);
  script.call = (peer, method, params, ...[timeoutMs]: unknown[]) => {
    timeouts.push(timeoutMs as number);
    return call(peer, method, params);
  };
  assertEquals(await peers.reaches(other, 500), true);
  assertEquals(await peers.reaches(other, 9_000), true);
  assertEquals(await peers.reaches(other, 100), true);
  assertEquals(timeouts, [300, 300, 60]);
  script.silent("60");
  assertEquals(await peers.reaches(other, 500), false, "it was there a moment ago");
});

Deno.test("Peers.reaches(): whatever the peer itself answers is an answer, but not that of somebody else", async () => {
  const answers: [answer: Error | "other", want: boolean][] = [
    [new DrainingError(), true],
    [new ChordError(errorCode.overloaded, "busy"), true],
    [new ChordError(errorCode.wrongRing, "Cannot accept this: it is for another node"), false],
    ["other", false],
  ];
  for (const [answer, want] of answers) {
    const { peers, script } = fixture();
    const asOther = { id: node("61").id, incarnation: 1, phase: "member" } as const;
    script.on("60", "chord.ping", answer === "other" ? asOther : answer);
    assertEquals(await peers.reaches(other, 500), want);
  }
});

Deno.test("Peers.announcedRestart(): routing goes round it at once, and it is not dead before it said", async () => {
  const { peers, script, time, watch } = await amongFour();
  peers.announcedRestart(other, 30_000);
  assertEquals([peers.health(other.id), peers.isUsable(other.id)], ["suspect", false]);
  script.down("60");
  await watch(29);
  assertEquals(peers.health(other.id), "suspect");
  await time.advance(1_000);
  assertEquals(peers.health(other.id), "dead");
});

Deno.test("Peers.announcedRestart() is over when the peer answers in its next life", async () => {
  const { peers, script, watch } = await amongFour();
  peers.announcedRestart(other, 60_000);
  await peers.isMember(other);
  script.down("60");
  await watch(10);
  assertEquals(
    peers.health(other.id),
    "suspect",
    "it still answered while it stopped; that was the old life",
  );
  script.up("60", "40", "80", { incarnation: 2 });
  await watch(1);
  assertEquals([peers.health(other.id), peers.isSteady(other.id)], ["alive", true]);
  script.down("60");
  await watch(6);
  assertEquals(peers.health(other.id), "dead", "and who dies then is dead in time");
});

Deno.test("Peers.isSteady(): a peer that comes and goes is not trusted to stay, for longer each time", async () => {
  const { peers, script, time, watch } = await amongFour();
  const flap = async () => {
    script.down("60");
    await watch(1);
    script.up("60", "40", "80");
    await watch(1);
  };
  await flap();
  assertEquals(peers.isSteady(other.id), true, "once is nothing");
  await flap();
  assertEquals([peers.isSteady(other.id), peers.isUsable(other.id)], [false, true], "it is routed to");
  await time.advance(5_000);
  assertEquals(peers.isSteady(other.id), true);
  await flap();
  await time.advance(9_999);
  assertEquals(peers.isSteady(other.id), false);
  await time.advance(1);
  assertEquals(peers.isSteady(other.id), true);
});

Deno.test("Peers.diskOf() is what the peer last said of its store", async () => {
  const { peers, script } = fixture();
  script.up("60", "40", "20", { disk: "one" });
  assertEquals(peers.diskOf(other.id), null);
  await peers.neighbors(other);
  assertEquals(peers.diskOf(other.id), "one");
  script.up("60", "40", "20", { disk: "two" });
  await peers.isMember(other);
  assertEquals(peers.diskOf(other.id), "two");
  script.down("60");
  await peers.isMember(other);
  assertEquals(peers.diskOf(other.id), "two", "also while it is away");
});

Deno.test("Peers: an answer of an earlier life says nothing about the present one", async () => {
  const { peers, script } = fixture();
  script.up("60", "40", "20", { incarnation: 7, disk: "one" });
  await peers.isMember(other);
  script.down("60");
  await peers.isMember(other);
  script.up("60", "40", "20", { incarnation: 6, disk: "one" });
  assertEquals([await peers.neighbors(other), peers.health(other.id)], [null, "suspect"]);
  script.up("60", "40", "20", { incarnation: 1, disk: "two" });
  assertEquals(await peers.isMember(other), true, "a lost disk begins to count anew");
  assertEquals([peers.health(other.id), peers.diskOf(other.id)], ["alive", "two"]);
});

Deno.test("Peers: once a peer is dead, whatever life of it answers is the present one", async () => {
  const { peers, script, watch } = await amongFour();
  script.up("60", "40", "20", { incarnation: 7 });
  await watch(1);
  script.down("60");
  await watch(6);
  assertEquals(peers.health(other.id), "dead");
  script.up("60", "40", "20", { incarnation: 1 });
  await watch(1);
  assertEquals(peers.health(other.id), "alive");
});

Deno.test("Peers: an impatient question that is not answered is nobody's silence", async () => {
  const { peers } = fixture();
  for (let i = 0; i < 5; i++) {
    await assertRejects(() => peers.call(other, "chord.ping", {}, 20), ChordError);
  }
  assertEquals(peers.health(other.id), "unknown");
});

Deno.test("Peers: a question that ended long after its time was ours to answer for: we did not run", async () => {
  const { peers, script, time } = await amongFour();
  script.down("60");
  await peers.isMember(other);
  script.hold();
  const asked = [peers.isMember(other), peers.isMember(node("80"))];
  script.silent("80").silent("60");
  await time.advance(30_000);
  script.letGo();
  await Promise.all(asked);
  assertEquals(peers.localHealth.figures.pauses, 1);
  assertEquals([peers.health(other.id), peers.health(node("80").id)], ["suspect", "alive"]);
  assertEquals(script.callsOf("chord.probe"), [], "nobody is accused of our absence");
});

Deno.test("Peers: a slow node waits longer for answers before it counts them as missed", async () => {
  const { peers, script } = await amongFour();
  const timeouts: number[] = [];
  const call = script.call.bind(script);
  script.call = (peer, method, params, ...[timeoutMs]: unknown[]) => {
    timeouts.push(timeoutMs as number);
    return call(peer, method, params);
  };
  for (let round = 1; round <= 6; round++) {
    await peers.isMember(other);
    peers.localHealth.fired(300, round * 1_000);
  }
  assertEquals(timeouts, [500, 500, 500, 1_000, 1_000, 1_000]);
});

Deno.test("Peers.recentlyDead() are those who died within the hour, wherever they stood", async () => {
  const { peers, script, time, watch } = await amongFour();
  script.down("60");
  await watch(6);
  assertEquals(idsOf(peers.recentlyDead()), "60");
  await time.advance(3_600_000);
  assertEquals(idsOf(peers.recentlyDead()), "");
});

Deno.test("Peers.compareClocks() asks one peer after another", async () => {
  const { peers, script, time } = await amongFour();
  for (const hex of ["20", "60", "80", "c0"]) {
    script.up(hex, "40", "20", { wallMs: time.clock.wallNow() + 2_000 });
  }
  script.calls.length = 0;
  for (let i = 0; i < 4; i++) {
    await time.advance(1);
    await peers.compareClocks();
  }
  assertEquals(script.callsOf("chord.ping").toSorted(), ["20", "60", "80", "c0"]);
  peers.clocks.compare();
  assertEquals(peers.clocks.isSuspect(), true);
});

Deno.test("Peers forget all about the peer that makes room for the 1,025th", async () => {
  const { peers, script } = fixture();
  script.up("60", "40", "20", { disk: "one" });
  await peers.isMember(other);
  for (let i = 0; i < 1_024; i++) {
    const peer: NodeRef = { id: `n${i}` as NodeRef["id"], url: "http://n60" };
    await peers.call(peer, "chord.notify", { node: node("40") });
  }
  assertEquals([peers.known.size, peers.health(other.id), peers.diskOf(other.id)], [1_024, "unknown", null]);
});
