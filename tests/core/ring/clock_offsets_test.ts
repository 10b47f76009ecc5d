import { assertEquals } from "@std/assert";
import type { Id } from "../../../core/id.ts";
import { ClockOffsets, recentMs } from "../../../core/ring/clock_offsets.ts";
import { at, node } from "../circle.ts";

/** Our wall clock is this much more than our monotonic one. */
const ourDriftMs = 1_000_000;
const everybody = () => true;

/** What the median is when peers with these clocks, ahead of ours by so much, have just answered. */
function medianOf(...aheadMs: number[]): number | null {
  const offsets = new ClockOffsets();
  for (const [i, ms] of aheadMs.entries()) offsets.heard(`${i}` as Id, ourDriftMs + ms, 0, 0);
  return offsets.median(ourDriftMs, 0, -Infinity, everybody);
}

Deno.test("ClockOffsets.median() is that of the peers; half of them is no majority against us", () => {
  const rows: [aheadMs: number[], want: number | null, why: string][] = [
    [[], null, "nobody to compare with"],
    [[700], 700, "one peer"],
    [[-3, 5, 90_000], 5, "one wrong clock among three does not matter"],
    [[90_000, 90_002, 5], 90_000, "two wrong ones do: then it is we who are wrong"],
    [[0, 3_600_000], 0, "of two, one agrees with us"],
    [[-3_600_000, 2], 2, "whichever it is"],
    [[100, -3, 8, 3_600_000], 8, "of four, the one closer to us of the two in the middle"],
  ];
  for (const [aheadMs, want, why] of rows) assertEquals(medianOf(...aheadMs), want, why);
});

Deno.test("ClockOffsets.heard() takes the answer for the middle of the round trip, if that was quick", () => {
  const offsets = new ClockOffsets();
  offsets.heard(at("40"), ourDriftMs + 150, 100, 200);
  assertEquals(offsets.median(ourDriftMs, 200, -Infinity, everybody), 0);
  offsets.heard(at("40"), ourDriftMs + 150, 100, 601);
  assertEquals(offsets.median(ourDriftMs, 601, -Infinity, everybody), null, "too slow to say anything");
});

Deno.test("ClockOffsets: only recent samples of live peers count, and the last of each", () => {
  const offsets = new ClockOffsets();
  offsets.heard(at("40"), ourDriftMs + 9_000, 0, 0);
  offsets.heard(at("40"), ourDriftMs + 10, 0, 0);
  offsets.heard(at("50"), ourDriftMs + 20, 0, 0);
  offsets.heard(at("60"), undefined, 0, 0);
  const median = (nowMs: number, isLive: (id: Id) => boolean) =>
    offsets.median(ourDriftMs, nowMs, -Infinity, isLive);
  assertEquals(median(0, everybody), 10);
  assertEquals(median(0, (id) => id !== at("40")), 20, "40 is dead");
  assertEquals(median(recentMs - 1, everybody), 10);
  assertEquals(median(recentMs, everybody), null, "too long ago");
  offsets.forget(at("40"));
  assertEquals(median(0, everybody), 20);
});

Deno.test("ClockOffsets: when our clock is set, what was heard before tells at once by how much", () => {
  const offsets = new ClockOffsets();
  for (const hex of ["40", "50", "60"]) offsets.heard(at(hex), ourDriftMs, 0, 0);
  const jumpedMs = ourDriftMs + 3_600_000;
  assertEquals(offsets.median(jumpedMs, 10, 10, everybody), -3_600_000, "an hour ahead of all");
  offsets.heard(at("40"), jumpedMs + 20, 20, 20);
  assertEquals(offsets.median(jumpedMs, 20, 10, everybody), 0, "what is heard afterwards counts for more");
});

Deno.test("ClockOffsets.leastRecent() goes round the peers, also those that do not tell their time", () => {
  const offsets = new ClockOffsets();
  const peers = ["40", "50", "60"].map(node);
  const asked = Array.from({ length: 6 }, (_, i) => {
    const peer = offsets.leastRecent(peers) ?? node("ff");
    offsets.heard(peer.id, undefined, i, i);
    return peer.id;
  });
  assertEquals(asked, [at("40"), at("50"), at("60"), at("40"), at("50"), at("60")]);
  assertEquals(offsets.leastRecent([]), null);
});
