import { assertEquals } from "@std/assert";
import { LocalHealth } from "../../../core/ring/local_health.ts";

/** A node whose rounds, one a second, fire so late; gives its patience after each. */
function patienceOver(...lateMs: number[]): number[] {
  const health = new LocalHealth(1_000);
  return lateMs.map((ms, i) => {
    health.fired(ms, (i + 1) * 1_000);
    return health.patience;
  });
}

const late = 101;
const onTime = 100;

Deno.test("LocalHealth: three late rounds in a row double our patience, three on time halve it", () => {
  assertEquals(patienceOver(late, late, late), [1, 1, 2]);
  assertEquals(patienceOver(late, late, onTime, late, late), [1, 1, 1, 1, 1], "now and then is no slowness");
  assertEquals(patienceOver(late, late, late, onTime, onTime, onTime), [1, 1, 2, 2, 2, 1]);
  assertEquals(patienceOver(onTime, onTime, onTime, onTime), [1, 1, 1, 1], "never below one");
});

Deno.test("LocalHealth: patience ends at eight times the usual", () => {
  assertEquals(patienceOver(...Array(30).fill(late)).at(-1), 8);
  const recovered = patienceOver(...Array(9).fill(late), ...Array(9).fill(onTime));
  assertEquals([recovered[8], recovered[17]], [8, 1], "it takes as long to calm down as it took to doubt");
});

Deno.test("LocalHealth: the latest of all the timers of a round counts, and they are one round", () => {
  const health = new LocalHealth(1_000);
  for (let round = 1; round <= 3; round++) {
    health.fired(0, round * 1_000 - 600);
    health.fired(late, round * 1_000 - 300);
    health.fired(0, round * 1_000);
  }
  assertEquals(health.patience, 1, "nine timers, but only the first and two full rounds have ended");
  health.fired(late, 4_000);
  assertEquals([health.patience, health.figures.lateMs], [2, late]);
});

Deno.test("LocalHealth: a gap of more than two rounds is a pause, not slowness", () => {
  const health = new LocalHealth(1_000);
  const pauses: string[] = [];
  health.onPause((fromMs, toMs) => pauses.push(`${fromMs} to ${toMs}`));
  assertEquals(health.fired(2_000, 12_000), false, "two rounds may be a busy moment");
  assertEquals(health.fired(30_000, 60_000), true);
  assertEquals([pauses, health.patience], [["30000 to 60000"], 1]);
  assertEquals(health.figures, { patience: 1, lateMs: 0, pauses: 1, lastPauseMs: 30_000 });
  assertEquals(new LocalHealth(50).fired(1_000, 2_000), false, "nor are twenty very short rounds");
  assertEquals(new LocalHealth(50).fired(1_001, 2_000), true);
});

Deno.test("LocalHealth: all the timers that fire at the end of one pause tell of one pause", () => {
  const health = new LocalHealth(1_000);
  let told = 0;
  health.onPause(() => told++);
  for (const lateMs of [30_000, 29_700, 29_000]) {
    assertEquals(health.fired(lateMs, 60_000), true, `${lateMs}`);
  }
  assertEquals(health.fired(29_000, 60_003), true, "nor is it another one three milliseconds later");
  assertEquals([told, health.figures.pauses], [1, 1]);
  health.fired(5_000, 70_000);
  assertEquals([told, health.figures.pauses], [2, 2]);
});
