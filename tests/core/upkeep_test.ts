import { assertEquals } from "@std/assert";
import { Upkeep } from "../../core/upkeep.ts";
import { node } from "./circle.ts";
import { MemberFixture } from "./ring/scripted_peers.ts";

/** A member at 40 in a ring that is quiet, with its upkeep running. Its dice always show the middle. */
async function quietMember() {
  const fixture = MemberFixture.member("20", "40", "60");
  fixture.peers.up("60", "40", "20").up("20", "60", "40");
  const rounds = { views: () => Promise.resolve(), data: () => Promise.resolve() };
  const upkeep = new Upkeep(fixture.member, fixture.maintenance, rounds);
  upkeep.start();
  await fixture.time.advance(120_000);
  /** How often the peer is asked the way into its ring, in so many seconds. */
  const probesOf = async (hex: string, seconds: number) => {
    fixture.peers.calls.length = 0;
    await fixture.time.advance(seconds * 1_000);
    return fixture.peers.callsOf("chord.lookupStep").filter((line) => line === `${hex} 40`).length;
  };
  return { ...fixture, member: fixture.member, upkeep, probesOf };
}

Deno.test("Upkeep asks a stranger every 30 s whether it is in another ring", async () => {
  const { member, upkeep, probesOf } = await quietMember();
  member.peers.known.meet(node("a0"));
  assertEquals(await probesOf("a0", 300), 10);
  upkeep.stop();
});

Deno.test("Upkeep asks a peer that died within the hour every 5 s: it may be the other half of a ring cut in two", async () => {
  const { member, peers, time, upkeep, probesOf } = await quietMember();
  peers.up("a0", "60", "20");
  await member.peers.isMember(node("a0"));
  peers.down("a0");
  await member.peers.isMember(node("a0"));
  await time.advance(10_000);
  assertEquals(member.peers.health(node("a0").id), "dead");
  const probes = await probesOf("a0", 300);
  assertEquals(probes >= 50 && probes <= 70, true, `${probes} probes`);
  await time.advance(3_600_000);
  assertEquals(await probesOf("a0", 300), 10, "after an hour it is a stranger like any other");
  upkeep.stop();
});

Deno.test("Upkeep: a peer that hangs keeps nobody from watching the neighbours", async () => {
  const { member, peers, time, upkeep } = await quietMember();
  peers.up("a0", "60", "20");
  await member.peers.isMember(node("a0"));
  const { call } = peers;
  peers.call = (peer, ...rest) =>
    peer.id === node("a0").id ? new Promise(() => {}) : call.call(peers, peer, ...rest) as never;
  peers.calls.length = 0;
  await time.advance(60_000);
  assertEquals(peers.callsOf("chord.neighbors").length > 50, true);
  upkeep.stop();
});

Deno.test("Upkeep: a dead successor ends the quiet: the ring closes in the next round", async () => {
  const { member, peers, time, upkeep } = await quietMember();
  peers.up("20", "60", "40").down("60");
  for (const hex of ["20"]) peers.on(hex, "chord.probe", { alive: false });
  peers.on("20", "chord.lookupStep", { kind: "owner", owner: node("40"), successors: [] });
  await time.advance(7_500);
  assertEquals(member.head, node("20"));
  upkeep.stop();
});

Deno.test("Upkeep fetches its successor's list every 5 s in a quiet ring, and every second while its own is short", async () => {
  const { peers, time, upkeep } = await quietMember();
  const exchangesOf = async (seconds: number) => {
    peers.calls.length = 0;
    await time.advance(seconds * 1_000);
    return peers.callsOf("chord.neighbors").filter((hex) => hex === "60").length;
  };
  assertEquals(await exchangesOf(60), 12);
  peers.up("60", "40", "");
  const exchanges = await exchangesOf(60);
  assertEquals(exchanges > 50, true, `${exchanges} exchanges`);
  upkeep.stop();
});

Deno.test("Upkeep tells the local health how late its timers are", async () => {
  const { member, time, upkeep } = await quietMember();
  assertEquals(member.peers.localHealth.figures, { patience: 1, lateMs: 0, pauses: 0, lastPauseMs: 0 });
  const after = time.clock.after.bind(time.clock);
  Object.assign(time.clock, { after: (ms: number, run: () => void) => after(ms + 150, run) });
  await time.advance(6_000);
  assertEquals(member.peers.localHealth.patience >= 2, true);
  Object.assign(time.clock, { after });
  await time.advance(60_000);
  assertEquals(member.peers.localHealth.patience, 1);
  upkeep.stop();
});

Deno.test("Upkeep.hurry() exchanges with the ring at once, also while it is quiet, and looks up all fingers", async () => {
  const { peers, time, upkeep } = await quietMember();
  const runsOf = (chore: string) => upkeep.report().find((report) => report.chore === chore)?.runs ?? 0;
  const before = { ring: runsOf("ring"), fingers: runsOf("fingers") };
  peers.calls.length = 0;
  upkeep.hurry("ring");
  upkeep.hurry("fingers");
  await time.advance(200);
  assertEquals(peers.callsOf("chord.neighbors").length > 0, true);
  assertEquals(runsOf("ring") - before.ring, 1);
  assertEquals(runsOf("fingers") - before.fingers, 2, "the one node that they lead to, and where they end");
  upkeep.stop();
});

Deno.test("Upkeep.report() tells of every chore, with the reason why one failed", async () => {
  const { upkeep } = await quietMember();
  const reports = upkeep.report();
  assertEquals(reports.map(({ chore }) => chore), ["ring", "fingers", "peers", "views", "data"]);
  for (const { chore, endedAgoMs, problem, runs } of reports) {
    assertEquals([runs > 100, endedAgoMs !== null && endedAgoMs <= 1_300], [true, true], chore);
    // The peers of this ring know no way to anybody, so its fingers cannot be looked up.
    assertEquals(
      problem,
      chore === "fingers" ? "Cannot find the owner of 80: nobody left to ask answers" : null,
    );
  }
  upkeep.stop();
});
