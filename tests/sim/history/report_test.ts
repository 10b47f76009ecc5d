import { assertEquals, assertMatch } from "@std/assert";
import type { Operation } from "../../../sim/history/history.ts";
import { judge } from "../../../sim/history/report.ts";
import { SeededRandom } from "../../../sim/random.ts";
import { honestHistory } from "./random_histories.ts";
import { Story } from "./story.ts";

const clean = {
  ...{ lost: 0, stale: 0, staleWorstMs: 0, resurrected: 0, phantom: 0, future: 0, expiredReads: 0 },
  ...{ earlyExpiries: 0, falseAbsent: 0, nonAtomicKeys: 0 },
};

Deno.test("judge() of nothing finds nothing", () => {
  const { counts, findings } = judge([]);
  assertEquals(counts, { ...clean, operations: 0, ok: 0, fail: 0, info: 0, availability: 1 });
  assertEquals(findings, []);
});

Deno.test("judge() counts an answer after the deadline as none", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.put("b", 20, 6_000);
  story.putUnanswered("c", 7_000);
  story.putRefused("d", 8_000, 8_001);
  const { counts } = judge(story.operations);
  assertEquals(counts, { ...clean, operations: 4, ok: 2, fail: 1, info: 1, availability: 0.25 });
  assertEquals(judge(story.operations, [], { deadlineMs: 6_000 }).counts.availability, 0.5);
});

/** Writes of which each is lost in its own way. */
function badRun(): { operations: Operation[]; finalReads: Operation[] } {
  const stories = Array.from({ length: 10 }, (_, i) => new Story(`k${i}`));
  for (const [i, story] of stories.entries()) {
    story.put("a", 0, 10);
    story.put("b", 20, 30);
    story.get("a", "v1", 100 + i, 200);
  }
  const operations = stories.flatMap((story) => story.operations.slice(0, 3));
  const finalReads = stories.slice(0, 3).map((story) => story.absent(null, 1_000, 1_001));
  return { operations, finalReads };
}

Deno.test("judge() counts reads by their fault, and tells the worst of each kind first", () => {
  const { operations, finalReads } = badRun();
  const { counts, findings } = judge(operations, finalReads);
  assertEquals(counts, {
    ...{ ...clean, operations: 30, ok: 30, fail: 0, info: 0, availability: 1 },
    ...{ lost: 3, stale: 10, staleWorstMs: 79, nonAtomicKeys: 10 },
  });
  assertEquals(findings.map((finding) => finding.split(":")[0]), [
    "lost",
    "stale",
    "nonAtomic",
    "lost",
    "lost",
  ]);
  assertMatch(findings[1] ?? "", /#2, 109 to 200 ms\) of "k9" was out of date for 79 ms, by c1's put of "b"/);
});

Deno.test("judge() takes 100,000 operations of a perfect register, and finds nothing, in a second", () => {
  const shape = { operations: 100_000, clients: 50, keys: 20, lastsMsMax: 300, ttlMsMax: 30_000 };
  const operations = honestHistory(new SeededRandom(6), shape);
  const times = [1, 2, 3].map(() => {
    const beganMs = performance.now();
    judge(operations);
    return performance.now() - beganMs;
  });
  const { counts, findings } = judge(operations);
  assertEquals(findings, []);
  assertEquals(counts.operations, 100_000);
  assertEquals(Math.min(...times) < 1_000, true, `took ${times} ms`);
});
