import { assertEquals, assertMatch } from "@std/assert";
import type { Operation } from "../../../sim/history/history.ts";
import { findNonAtomic } from "../../../sim/history/zones.ts";
import { SeededRandom } from "../../../sim/random.ts";
import { linearize } from "./linearize.ts";
import { bentHistory, honestHistory, small, wildHistory } from "./random_histories.ts";
import { Story } from "./story.ts";

/** Why the story's key is not atomic, or null. */
function fault({ operations, key }: Story): string | null {
  return findNonAtomic(operations).get(key) ?? null;
}

Deno.test("zones: reads may disagree while the write lasts, and not after one of them saw it", () => {
  const story = new Story();
  story.put("a", 0, 1);
  story.put("b", 10, 30);
  story.get("b", "v2", 15, 25);
  story.get("a", "v1", 12, 16);
  assertEquals(fault(story), null);
  story.get("a", "v1", 26, 29);
  assertMatch(
    fault(story) ?? "",
    /"k" has no order: c4's get that read "a" \(#4, 26 to 29 ms\) began after c2's get that read "b" .* had ended/,
  );
});

Deno.test("zones: two operations that touch in one moment may go either way", () => {
  const story = new Story();
  story.put("a", 0, 10);
  story.put("b", 10, 20);
  story.get("a", "v1", 20, 30);
  assertEquals(fault(story), null);
});

Deno.test("zones: a deleted key may not come back, and a never written one is absent without a version", () => {
  const story = new Story();
  story.absent(null, 0, 1);
  story.put("a", 2, 3);
  story.delete(4, 5);
  story.absent("v2", 6, 7);
  assertEquals(fault(story), null);
  story.get("a", "v1", 8, 9);
  assertMatch(fault(story) ?? "", /"a"/);
});

Deno.test("zones: a write of unknown outcome takes effect late, or never, or once somebody saw it", () => {
  const story = new Story();
  story.putUnanswered("a", 0);
  story.put("b", 1, 2);
  story.get("b", "v2", 3, 4);
  assertEquals(fault(story), null, "never");
  story.get("a", "v1", 100, 101);
  assertEquals(fault(story), null, "late");
  story.get("b", "v2", 102, 103);
  assertMatch(fault(story) ?? "", /no order/, "and gone again");
});

Deno.test("zones: an expired value is the same write, absent", () => {
  const story = new Story();
  story.put("a", 0, 1, 50);
  story.get("a", "v1", 10, 11);
  story.absent("v1", 60, 61);
  assertEquals(fault(story), null);
  story.put("b", 70, 71);
  story.absent("v2", 80, 81);
  assertMatch(fault(story) ?? "", /at v2 lies c3's put of "b"/, "it has no expiry");
});

Deno.test("zones: tombstones that nobody acknowledged need a delete each, begun early enough", () => {
  const story = new Story();
  story.deleteUnanswered(0);
  story.absent("x", 10, 11);
  assertEquals(fault(story), null);
  story.put("a", 12, 13);
  story.absent("y", 20, 21);
  assertMatch(fault(story) ?? "", /saw the tombstone y, and nobody is left who could have made it/);
  story.deleteUnanswered(22);
  assertMatch(fault(story) ?? "", /is too late/);
  story.deleteUnanswered(15);
  assertEquals(fault(story), null);
});

Deno.test("zones: the early one of two deletes goes to the tombstone that could not wait for the other", () => {
  const story = new Story();
  story.deleteUnanswered(0);
  story.absent("x", 5, 50);
  story.absent("y", 6, 10);
  story.deleteUnanswered(20);
  assertEquals(fault(story), null);
});

/** Small histories of every make, the honest ones for their atomicity, the others for their near misses. */
function* histories(
  seed: number,
  count: number,
  operationsMax: number,
  clients: number,
): Generator<Operation[]> {
  const random = new SeededRandom(seed);
  for (let i = 0; i < count; i++) {
    const make = random.pick([honestHistory, bentHistory, wildHistory, wildHistory]);
    yield make(random, { ...small, clients, operations: random.integer(3, operationsMax) });
  }
}

/** How many are atomic and how many not, when search and zones agree on each. */
function agreement(each: Iterable<Operation[]>): { atomic: number; not: number } {
  const counts = { atomic: 0, not: 0 };
  for (const operations of each) {
    const isAtomic = linearize(operations) !== null;
    const why = findNonAtomic(operations).get("k1") ?? null;
    assertEquals(why === null, isAtomic, `${why}: ${JSON.stringify(operations, null, 1)}`);
    counts[isAtomic ? "atomic" : "not"]++;
  }
  return counts;
}

Deno.test("zones: agrees with a search by brute force on 40,000 random small histories", () => {
  const { atomic, not } = agreement(histories(1, 40_000, 6, 3));
  assertEquals(atomic > 8_000 && not > 8_000, true, `${atomic} atomic, ${not} not`);
});

Deno.test("zones: agrees with the search on 4,000 histories with up to 10 operations of 5 clients", () => {
  const { atomic, not } = agreement(histories(2, 4_000, 10, 5));
  assertEquals(atomic > 800 && not > 800, true, `${atomic} atomic, ${not} not`);
});
