import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { isWholeCircle } from "../../../core/arc.ts";
import { between } from "../../../core/id.ts";
import type { NodeRef } from "../../../core/node_ref.ts";
import {
  adoptPredecessor,
  alone,
  counterclockwiseFrom,
  dropSuccessor,
  isCloserPredecessor,
  isCloserSuccessor,
  isListWhole,
  isSameState,
  joinBehind,
  namedMembers,
  ownArc,
  reconcile,
  type RingState,
} from "../../../core/ring/ring_state.ts";
import { at, circle, idsOf, node, nodes } from "../circle.ts";

/** `state("10", "40", "60 80")`: a node at 40 after 10, followed by 60 and 80. */
function state(predecessor: string | null, self: string, successors: string): RingState {
  return {
    self: node(self),
    predecessor: predecessor === null ? null : node(predecessor),
    successors: nodes(successors),
  };
}

Deno.test("alone() knows nobody and owns the whole circle", () => {
  const lone = alone(node("40"));
  assertEquals(lone, state(null, "40", ""));
  assertEquals(isWholeCircle(ownArc(lone)), true);
});

Deno.test("joinBehind() takes over the whole list of the member before, as far as it runs clockwise", () => {
  const rows: [self: string, before: string, its: string, max: number, want: string, why: string][] = [
    ["40", "10", "60 80 c0", 3, "60 80 c0", "the whole list"],
    ["40", "10", "60 80 c0", 2, "60 80", "no more than r"],
    ["40", "10", "60 80 10", 4, "60 80 10", "in a ring this small the list comes round to the member before"],
    ["40", "10", "60", 4, "60", "a short list stays short: its owner may have skipped somebody"],
    ["40", "10", "", 4, "10", "behind a lone node the two follow each other"],
    ["40", "10", "40 60 80", 4, "60 80", "a member that still names an earlier life of us"],
    ["40", "10", "40", 4, "10", "or names only that"],
    ["40", "10", "60 80 20 50", 8, "60 80 20", "what has gone past us is cut off"],
    ["f0", "c0", "10 40", 4, "10 40", "across zero"],
    ["00", "c0", "10 40", 4, "10 40", "the joiner is zero"],
  ];
  for (const [self, before, its, max, want, why] of rows) {
    const joined = joinBehind(node(self), node(before), nodes(its), max);
    assertEquals(idsOf(joined.successors), want, why);
    assertEquals(joined.predecessor, node(before), why);
    assertEquals(joined.self, node(self), why);
  }
});

Deno.test("reconcile() is the successor, then its list, chopped at r and where it comes round to us", () => {
  const rows: [had: string, head: string, its: string, max: number, want: string, why: string][] = [
    ["60 80", "60", "80 c0 10", 3, "60 80 c0", "one more at the end, chopped at r"],
    ["60 80", "50", "60 80", 3, "50 60 80", "a closer successor is put in front"],
    ["60 80 c0", "80", "c0", 3, "80 c0", "without what is not in its list any more"],
    ["60", "60", "80 40 60", 4, "60 80", "stops at self"],
    ["60", "60", "40", 4, "60", "a ring of two"],
    ["60", "60", "", 4, "60", "a successor that believes itself alone"],
    ["60", "60", "60 80", 4, "60", "a list that names its own node"],
    ["60", "60", "80 70 c0", 4, "60 80", "a list out of order is trusted only up to there"],
    ["60", "10", "20 30", 4, "10 20 30", "across zero"],
    ["60", "60", "80 20 50", 4, "60 80 20", "past self is the end"],
  ];
  for (const [had, head, its, max, want, why] of rows) {
    const next = reconcile(state("10", "40", had), node(head), nodes(its), max);
    assertEquals(idsOf(next.successors), want, why);
    assertEquals(next.predecessor, node("10"), "the predecessor is not its business");
  }
});

Deno.test("reconcile() gives the same state back when nothing is new", () => {
  const before = state("10", "40", "60 80");
  assertStrictEquals(reconcile(before, node("60"), nodes("80 c0"), 2), before);
});

Deno.test("ring state: whatever a peer says, lists run clockwise, without self and without repeats", () => {
  const point = fc.integer({ min: 0, max: 255 }).map((n) => node(n.toString(16).padStart(2, "0")));
  const list = fc.array(point, { maxLength: 10 });
  fc.assert(
    fc.property(
      point,
      point,
      list,
      list,
      fc.integer({ min: 1, max: 8 }),
      (self, other, first, second, max) => {
        fc.pre(self.id !== other.id);
        const joined = joinBehind(self, other, first, max);
        for (const next of [joined, reconcile(joined, other, second, max), dropSuccessor(joined, other.id)]) {
          assertEquals(next.successors.length <= max, true);
          let last = self;
          for (const successor of next.successors) {
            assertEquals(between(last.id, successor.id, self.id), true, idsOf([self, ...next.successors]));
            last = successor;
          }
        }
        assertEquals(
          reconcile(joined, other, second, max).successors[0],
          other,
          "the head that answered is kept",
        );
      },
    ),
    { seed: 5, numRuns: 500 },
  );
});

Deno.test("dropSuccessor() lets the next one move up, down to none", () => {
  const full = state("10", "40", "60 80 c0");
  assertEquals(idsOf(dropSuccessor(full, at("60")).successors), "80 c0", "the head");
  assertEquals(idsOf(dropSuccessor(full, at("80")).successors), "60 c0", "from the middle");
  assertEquals(idsOf(dropSuccessor(state("10", "40", "60"), at("60")).successors), "", "the last");
  assertStrictEquals(dropSuccessor(full, at("99")), full, "a stranger");
  assertEquals(dropSuccessor(full, at("60")).predecessor, node("10"), "the predecessor stays");
  assertEquals(
    dropSuccessor(state("60", "40", "60"), at("60")).predecessor,
    node("60"),
    "even if it is the same",
  );
});

Deno.test("adoptPredecessor() replaces the predecessor and nothing else", () => {
  const before = state("10", "40", "60");
  assertEquals(adoptPredecessor(before, node("20")), state("20", "40", "60"));
  assertEquals(adoptPredecessor(state(null, "40", ""), node("20")), state("20", "40", ""));
  assertStrictEquals(adoptPredecessor(before, node("10")), before);
});

Deno.test("isCloserPredecessor() is between the predecessor and us; anybody is closer than nobody", () => {
  const rows: [predecessor: string | null, self: string, candidate: string, want: boolean, why: string][] = [
    ["10", "40", "20", true, "between"],
    ["10", "40", "10", false, "the same one"],
    ["10", "40", "05", false, "behind it"],
    ["10", "40", "80", false, "past us"],
    ["10", "40", "40", false, "ourselves"],
    [null, "40", "80", true, "the first"],
    [null, "40", "40", false, "ourselves, when alone"],
    ["f0", "10", "00", true, "across zero"],
    ["f0", "00", "ff", true, "we are zero"],
  ];
  for (const [predecessor, self, candidate, want, why] of rows) {
    assertEquals(isCloserPredecessor(state(predecessor, self, "60"), node(candidate)), want, why);
  }
});

Deno.test("isCloserSuccessor() is between us and the head; anybody is closer than nobody", () => {
  const rows: [self: string, successors: string, candidate: string, want: boolean, why: string][] = [
    ["40", "60 80", "50", true, "between"],
    ["40", "60 80", "60", false, "the same one"],
    ["40", "60 80", "70", false, "behind it"],
    ["40", "60 80", "40", false, "ourselves"],
    ["40", "", "10", true, "the first"],
    ["40", "", "40", false, "ourselves, when alone"],
    ["f0", "10", "00", true, "across zero"],
  ];
  for (const [self, successors, candidate, want, why] of rows) {
    assertEquals(isCloserSuccessor(state("20", self, successors), node(candidate)), want, why);
  }
});

Deno.test("ownArc() is (predecessor, self], the whole circle only for a lone node", () => {
  assertEquals(ownArc(state("10", "40", "60")), { after: at("10"), through: at("40") });
  assertEquals(ownArc(state(null, "40", "")), { after: at("40"), through: at("40") });
});

Deno.test("namedMembers() names each member once, nearest successor first", () => {
  const rows: [state: RingState, want: string][] = [
    [state(null, "40", ""), ""],
    [state("60", "40", "60"), "60"],
    [state("10", "40", "60 80"), "60 80 10"],
    [state("80", "40", "60 80"), "60 80"],
    [state("10", "40", ""), "10"],
  ];
  for (const [of, want] of rows) assertEquals(idsOf(namedMembers(of)), want);
});

Deno.test("isSameState() compares who is pointed at, in order", () => {
  const one = state("10", "40", "60 80");
  assertEquals(isSameState(one, state("10", "40", "60 80")), true);
  assertEquals(isSameState(one, state("20", "40", "60 80")), false);
  assertEquals(isSameState(one, state(null, "40", "60 80")), false);
  assertEquals(isSameState(one, state("10", "40", "80 60")), false);
  assertEquals(isSameState(one, state("10", "40", "60")), false);
});

Deno.test("isCloserPredecessor(): of any set of candidates the nearest one wins, in whatever order they come", () => {
  const points = fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(points, ([first, ...rest]) => {
      const self = node((first as number).toString(16).padStart(2, "0"));
      let judged = alone(self);
      const candidates: NodeRef[] = rest.map((n) => node(n.toString(16).padStart(2, "0")));
      for (const candidate of candidates) {
        if (isCloserPredecessor(judged, candidate)) judged = adoptPredecessor(judged, candidate);
      }
      const steps = (from: NodeRef) => circle.distance(from.id, self.id);
      const nearest = candidates.reduce((a, b) => (steps(a) < steps(b) ? a : b));
      assertEquals(judged.predecessor, nearest);
    }),
    { seed: 6 },
  );
});

Deno.test("counterclockwiseFrom() is the longest prefix that runs backwards without coming round to us", () => {
  const rows: [self: string, named: string, max: number, want: string, why: string][] = [
    ["40", "30 20 f0", 4, "30 20 f0", "across zero"],
    ["40", "30 20 f0", 2, "30 20", "no more than asked for"],
    ["40", "30 20 40 30", 9, "30 20", "it ends at ourselves"],
    ["40", "30 38 20", 9, "30", "and where it turns"],
    ["40", "30 30 20", 9, "30", "and at a repeat"],
    ["40", "", 9, "", "nobody"],
  ];
  for (const [self, named, max, want, why] of rows) {
    assertEquals(idsOf(counterclockwiseFrom(node(self), nodes(named), max)), want, why);
  }
});

Deno.test("isListWhole(): full, or round the circle to the member before", () => {
  const rows: [predecessor: string | null, successors: string, want: boolean, why: string][] = [
    ["20", "60 80 c0", true, "as long as it may be"],
    ["20", "60 80", false, "others could lengthen it"],
    ["20", "60 20", true, "a ring of three"],
    ["20", "20", true, "a ring of two"],
    [null, "", true, "alone"],
    ["20", "", false, "all of it has died"],
    [null, "60", false, "a joiner that nobody has noticed yet"],
  ];
  for (const [predecessor, successors, want, why] of rows) {
    assertEquals(isListWhole(state(predecessor, "40", successors), 3), want, why);
  }
});
