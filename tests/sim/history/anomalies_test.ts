import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { findAnomalies } from "../../../sim/history/anomalies.ts";
import type { Operation } from "../../../sim/history/history.ts";
import { findNonAtomic } from "../../../sim/history/zones.ts";
import { SeededRandom } from "../../../sim/random.ts";
import { linearize, withVersionsInOrder } from "./linearize.ts";
import { bentHistory, honestHistory, small, wildHistory } from "./random_histories.ts";
import { Story } from "./story.ts";

/** The blamed reads by id: what they are called, and for how long they were out of date. */
function blamed({ operations }: Story, finalReads: Operation[] = []): string[] {
  const before = operations.filter((operation) => !finalReads.includes(operation));
  return findAnomalies(before, finalReads).map(({ kind, read, ageMs }) =>
    `#${read.id} ${kind}${ageMs === null ? "" : ` ${ageMs} ms`}`
  );
}

Deno.test("stale: a newer write was acknowledged 30 ms before the read began", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.put("b", 20, 30);
  story.get("a", "v1", 25, 70);
  assertEquals(blamed(story), [], "it overlaps the write");
  story.get("a", "v1", 60, 70);
  assertEquals(blamed(story), ["#3 stale 30 ms"]);
});

Deno.test("stale: age counts from the first write that was missed, for so long the answer was wrong", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.put("b", 20, 30);
  story.put("c", 40, 50);
  story.get("a", "v1", 60, 70);
  assertEquals(blamed(story), ["#3 stale 30 ms"]);
});

Deno.test("stale: of two writes at once the larger version is the newer", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.put("b", 0, 12);
  story.get("b", "v2", 20, 21);
  assertEquals(blamed(story), []);
  story.get("a", "v1", 30, 31);
  assertEquals(blamed(story), ["#3 stale 18 ms"]);
});

Deno.test("stale: age counts from a write at once as well, if it is the first that was missed", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.put("b", 0, 12);
  story.put("c", 20, 30);
  story.get("a", "v1", 50, 51);
  assertEquals(blamed(story), ["#3 stale 38 ms"]);
});

Deno.test("stale: not a write of unknown outcome that was stored again after the newer one", () => {
  const story = new Story();
  story.putUnanswered("a", 0);
  story.put("b", 1, 4);
  story.get("a", "v1", 1, 2);
  story.get("a", "v3", 5, 6);
  assertEquals(blamed(story), []);
});

Deno.test("stale: where versions contradict time, time is right", () => {
  const story = new Story();
  const first = story.put("a", 0, 10);
  const second = story.put("b", 20, 30);
  story.operations.splice(0, 2, { ...first, version: "v2" }, { ...second, version: "v1" });
  story.get("b", "v1", 40, 50);
  assertEquals(blamed(story), []);
  story.get("a", "v2", 60, 70);
  assertEquals(blamed(story), ["#3 stale 30 ms"]);
});

Deno.test("stale: a write of unknown outcome counts from when somebody saw it", () => {
  const story = new Story();
  story.put("a", 0, 1);
  story.putUnanswered("b", 10);
  story.get("a", "v1", 20, 21);
  story.get("b", "v2", 30, 31);
  assertEquals(blamed(story), []);
  story.get("a", "v1", 40, 41);
  assertEquals(blamed(story), ["#4 stale 9 ms"]);
});

Deno.test("stale: an absence from before, although what came after is absent too", () => {
  const story = new Story();
  story.put("a", 0, 1);
  story.delete(10, 11);
  story.absent(null, 20, 21);
  assertEquals(blamed(story), ["#2 stale 19 ms"], "the tombstone is not where it should be");
});

Deno.test("lost: at the end an acknowledged value is gone, or an older one in its place", () => {
  const story = new Story();
  story.put("a", 0, 10);
  const gone = story.absent(null, 1_000, 1_001);
  assertEquals(blamed(story, [gone]), ["#1 lost 990 ms"]);
  const other = new Story();
  other.put("a", 0, 10);
  other.put("b", 20, 30);
  const older = other.get("a", "v1", 1_000, 1_001);
  assertEquals(blamed(other, [older]), ["#2 lost 970 ms"]);
  const nothing = new Story();
  nothing.put("a", 0, 10);
  nothing.delete(20, 30);
  const forgotten = nothing.absent(null, 1_000, 1_001);
  assertEquals(blamed(nothing, [forgotten]), ["#2 stale 990 ms"], "no value is missing");
});

Deno.test("resurrected: the value is back after its delete was acknowledged", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.delete(20, 30);
  story.absent("v2", 40, 50);
  assertEquals(blamed(story), []);
  story.get("a", "v1", 60, 70);
  assertEquals(blamed(story), ["#3 resurrected 30 ms"]);
});

Deno.test("resurrected: only if the delete is the newest that was known when the read began", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.put("b", 20, 30);
  story.delete(40, 60);
  story.get("a", "v1", 60, 61);
  assertEquals(blamed(story), ["#3 stale 30 ms"], "the delete may come after it");
  const other = new Story();
  other.put("a", 0, 1);
  other.delete(5, 20);
  other.put("b", 4, 21);
  other.get("a", "v1", 30, 31);
  assertEquals(blamed(other), ["#3 stale 10 ms"], "b has the larger version");
});

Deno.test("resurrected: an older value is back when the newer one has expired", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.put("b", 20, 30, 1_000);
  story.get("a", "v1", 900, 1_100);
  story.get("a", "v1", 1_100, 1_110);
  assertEquals(blamed(story), ["#2 stale 870 ms", "#3 resurrected 1070 ms"]);
});

Deno.test("phantom: a value that nobody wrote, that was refused, or under another write's version", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.put("b", 20, 30);
  story.putRefused("c", 40, 50);
  story.get("z", "v9", 60, 70);
  story.get("c", "v9", 60, 70);
  story.get("b", "v1", 60, 70);
  story.absent("v9", 60, 70);
  assertEquals(blamed(story), ["#3 phantom", "#4 phantom", "#5 phantom", "#6 phantom"]);
  const [, refused] = findAnomalies(story.operations);
  assertMatch(refused?.text ?? "", /its write was refused/);
});

Deno.test("future: the read ended before its write began", () => {
  const story = new Story();
  story.get("a", "v1", 0, 10);
  story.put("a", 20, 30);
  assertEquals(blamed(story), ["#0 future"]);
});

Deno.test("expiredRead: found more than 500 ms after its expiry", () => {
  const story = new Story();
  story.put("a", 0, 10, 1_000);
  story.get("a", "v1", 1_500, 1_510);
  assertEquals(blamed(story), [], "clocks may be that far apart");
  story.get("a", "v1", 1_501, 1_510);
  assertEquals(blamed(story), ["#2 expiredRead"]);
});

Deno.test("earlyExpiry: absent by its own expiry more than 500 ms before it", () => {
  const story = new Story();
  story.put("a", 0, 10, 1_000);
  story.absent("v1", 490, 500);
  assertEquals(blamed(story), []);
  story.absent("v1", 490, 499);
  assertEquals(blamed(story), ["#2 earlyExpiry"]);
});

Deno.test("falseAbsent: no such key, although an acknowledged value had to be there", () => {
  const story = new Story();
  story.delete(0, 10);
  story.put("a", 20, 30);
  story.absent("v1", 40, 50);
  story.absent(null, 40, 50);
  story.absent("v2", 40, 50);
  assertEquals(blamed(story), ["#4 falseAbsent", "#2 falseAbsent 10 ms", "#3 falseAbsent 30 ms"]);
});

Deno.test("falseAbsent: not when the value that had to be there may have expired", () => {
  const story = new Story();
  story.put("a", 0, 10, 1_000);
  story.absent(null, 400, 499);
  story.absent(null, 400, 500);
  assertEquals(blamed(story), ["#1 falseAbsent 390 ms", "#2 stale 390 ms"]);
});

Deno.test("two writes of one value cannot be told apart, which is the driver's mistake", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.put("a", 20, 30);
  assertThrows(() => blamed(story), RangeError, '"a" was written twice');
});

Deno.test("findAnomalies() blames nothing in 15,000 atomic histories, and most of those that are not", () => {
  const random = new SeededRandom(4);
  const counts = { atomic: 0, not: 0, blamed: 0 };
  while (counts.atomic < 15_000) {
    const make = random.pick([honestHistory, bentHistory, wildHistory]);
    const operations = make(random, { ...small, operations: random.integer(3, 7) });
    const order = linearize(operations);
    if (order !== null) {
      counts.atomic++;
      const found = findAnomalies(withVersionsInOrder(operations, order));
      assertEquals(found.map(({ text }) => text), [], JSON.stringify(operations, null, 1));
    } else {
      counts.not++;
      if (findAnomalies(operations).length > 0) counts.blamed++;
    }
  }
  assertEquals(counts.blamed > 0.9 * counts.not && counts.not > 4_000, true, JSON.stringify(counts));
});

Deno.test("findAnomalies() blames nothing in long histories of a perfect register with expiry", () => {
  const random = new SeededRandom(5);
  for (let i = 0; i < 100; i++) {
    const shape = { operations: 500, clients: 8, keys: 2, lastsMsMax: 300, ttlMsMax: 3_000 };
    const operations = honestHistory(random, shape);
    assertEquals(findAnomalies(operations).map(({ text }) => text), []);
    assertEquals([...findNonAtomic(operations)], []);
  }
});
