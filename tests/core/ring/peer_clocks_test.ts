import { assertEquals } from "@std/assert";
import { PeerClocks } from "../../../core/ring/peer_clocks.ts";
import { at } from "../circle.ts";
import { LogLines, VirtualTime } from "../virtual_time.ts";

const hour = 3_600_000;
const peers = ["10", "20", "30"];

/** A node among three peers whose clocks all show the same, ahead of ours by so much. */
async function fixture(aheadMs: number | null = null) {
  const time = new VirtualTime();
  const log = new LogLines();
  const clocks = new PeerClocks(time.clock, log.log, () => true);
  const hear = (ms: number) => {
    for (const hex of peers) clocks.heard(at(hex), time.clock.wallNow() + ms, time.clock.now());
    clocks.compare();
  };
  await time.advance(1_000);
  if (aheadMs !== null) hear(aheadMs);
  return { time, log, clocks, hear };
}

Deno.test("PeerClocks: how far the peers are from us decides what our clock is worth", async () => {
  const rows: [aheadMs: number | null, isSuspect: boolean, refusesWrites: boolean][] = [
    [null, false, false],
    [0, false, false],
    [500, false, false],
    [-501, true, false],
    [60_000, true, false],
    [60_001, true, true],
    [-60_001, true, true],
  ];
  for (const [aheadMs, isSuspect, refusesWrites] of rows) {
    const { clocks } = await fixture(aheadMs);
    assertEquals([clocks.isSuspect(), clocks.refusesWrites()], [isSuspect, refusesWrites], `${aheadMs}`);
    assertEquals([clocks.offsetMs, clocks.isUnusable()], [aheadMs, refusesWrites]);
  }
});

Deno.test("PeerClocks logs clockOffset once for each change, not once for each comparison", async () => {
  const { log, hear } = await fixture();
  for (const ms of [0, 700, 700, 800, 90_000, 90_000, 3, 3]) hear(ms);
  assertEquals(log.lines, ["warn clockOffset", "warn clockOffset", "info clockOffset"]);
});

Deno.test("PeerClocks: the first peer that is heard is compared with at once, before a joiner takes writes", async () => {
  const { clocks } = await fixture();
  clocks.heard(at("10"), clocks.clock.wallNow() + hour, clocks.clock.now());
  assertEquals(clocks.refusesWrites(), true);
});

Deno.test("PeerClocks: a clock that is set wrong while we run is noticed by the next write", async () => {
  const { time, clocks } = await fixture(0);
  assertEquals(clocks.refusesWrites(), false);
  time.wallMinusNow += hour;
  assertEquals([clocks.refusesWrites(), clocks.isExpiryFrozen()], [true, true]);
  time.wallMinusNow -= hour;
  assertEquals([clocks.refusesWrites(), clocks.isExpiryFrozen()], [false, false]);
});

Deno.test("PeerClocks: after a jump forward records expire by the old time, until the peers have made the same jump", async () => {
  const { time, clocks, hear } = await fixture(0);
  const wallMs = time.clock.wallNow();
  time.wallMinusNow += hour;
  assertEquals(clocks.expiryNow(), wallMs);
  await time.advance(500);
  assertEquals([clocks.isExpiryFrozen(), clocks.expiryNow()], [true, wallMs + 500]);
  hear(0);
  assertEquals([clocks.isExpiryFrozen(), clocks.expiryNow()], [false, wallMs + 500 + hour]);
  assertEquals(clocks.refusesWrites(), false, "a machine that slept was right to jump");
});

Deno.test("PeerClocks of a lone node: a jump is believed after ten minutes, and it writes all the time", async () => {
  const { time, clocks } = await fixture();
  const wallMs = time.clock.wallNow();
  time.wallMinusNow += hour;
  assertEquals([clocks.isExpiryFrozen(), clocks.refusesWrites()], [true, false]);
  await time.advance(10 * 60_000 - 1);
  clocks.compare();
  assertEquals(clocks.expiryNow(), wallMs + 10 * 60_000 - 1);
  await time.advance(1);
  clocks.compare();
  assertEquals([clocks.isExpiryFrozen(), clocks.expiryNow()], [false, wallMs + 10 * 60_000 + hour]);
});

Deno.test("PeerClocks: a node that starts with a wrong clock expires nothing by it", async () => {
  const { time, clocks } = await fixture(-hour);
  assertEquals([clocks.isExpiryFrozen(), clocks.expiryNow()], [true, time.clock.wallNow() - hour]);
});

Deno.test("PeerClocks: a clock that drifts slowly is followed", async () => {
  const { time, clocks, hear } = await fixture(0);
  for (let i = 0; i < 300; i++) {
    time.wallMinusNow += 400;
    await time.advance(1_000);
    hear(0);
  }
  assertEquals([clocks.isSuspect(), clocks.isExpiryFrozen()], [false, false]);
});

Deno.test("PeerClocks.figures for the console", async () => {
  const { clocks } = await fixture(700);
  assertEquals(clocks.figures, { state: "suspect", offsetMs: 700, isExpiryFrozen: false });
  for (const hex of peers) clocks.forget(at(hex));
  clocks.compare();
  assertEquals(clocks.figures, { state: "fine", offsetMs: null, isExpiryFrozen: false });
});
