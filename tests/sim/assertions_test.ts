import { assertEquals } from "@std/assert";
import type { Id } from "../../core/id.ts";
import { isIdeal, type MemberView, ringAssertions, Snapshot } from "../../sim/ring_assertions.ts";

/** A ring written as `node: successors`, ids being two hex digits. */
function snapshot(
  lists: Record<string, readonly string[]>,
  predecessors: Record<string, string> = {},
): Snapshot {
  const views: MemberView[] = Object.entries(lists).map(([id, successors]) => ({
    id: id as Id,
    successors: successors as readonly Id[],
    predecessor: (predecessors[id] ?? null) as Id | null,
  }));
  return new Snapshot(views);
}

function held(ring: Snapshot, successorsMax = 2): string {
  const moment = { snapshot: ring, successorsMax, before: null };
  return Object.entries(ringAssertions).filter(([, holds]) => !holds(moment)).map(([name]) => name).join(" ");
}

Deno.test("the assertions see what is wrong with a ring, each its own fault", () => {
  const rows: [lists: Record<string, string[]>, broken: string, why: string][] = [
    [{ "10": ["20", "30"], "20": ["30", "10"], "30": ["10", "20"] }, "", "an ideal ring"],
    [{ "10": [] }, "", "a lone node is its own best successor"],
    [{ "10": ["20"], "20": [] }, "A1 A2 A5 A9", "nobody to follow, and no ring"],
    [
      { "10": ["20"], "20": ["10"], "30": ["40"], "40": ["30"] },
      "A3 A4 A8",
      "two rings: none of their members is on every list",
    ],
    [{ "10": ["30"], "30": ["20"], "20": ["10"] }, "A4 A8", "one ring that goes round twice"],
    [
      { "10": ["20"], "20": ["10"], "30": ["99"], "40": ["10"] },
      "A1 A5 A8",
      "an appendage that leads nowhere",
    ],
    [{ "10": ["20", "20"], "20": ["10", "20"] }, "A6 A7", "a repeat, and a node on its own list"],
    [
      { "10": ["30", "20"], "20": ["30", "10"], "30": ["10", "20"] },
      "A7 A8",
      "a list that runs backwards",
    ],
  ];
  for (const [lists, broken, why] of rows) assertEquals(held(snapshot(lists)), broken, why);
});

Deno.test("A10 lets a principal go only with a failure", () => {
  const ring = snapshot({ "10": ["30"], "20": ["30"], "30": ["10"] });
  const before = (failed: string[], fresh: string[]) => ({
    principals: new Set(["10", "20", "30"] as Id[]),
    failed: new Set(failed as Id[]),
    fresh: new Set(fresh as Id[]),
  });
  const holds = (failed: string[], fresh: string[]) =>
    ringAssertions.A10({ snapshot: ring, successorsMax: 2, before: before(failed, fresh) });
  assertEquals(holds([], []), false, "20 was skipped by nobody's fault");
  assertEquals(holds(["20"], []), true, "20 failed");
  assertEquals(holds([], ["20"]), true, "20 had not been one yet when the answer was given");
});

Deno.test("isIdeal() asks for the last entry of every list and for the predecessor", () => {
  const lists = { "10": ["20", "30"], "20": ["30", "10"], "30": ["10", "20"] };
  const predecessors = { "10": "30", "20": "10", "30": "20" };
  assertEquals(isIdeal(snapshot(lists, predecessors), 2), true);
  assertEquals(isIdeal(snapshot(lists, predecessors), 1), false, "lists too long");
  assertEquals(isIdeal(snapshot({ ...lists, "30": ["10"] }, predecessors), 2), false, "a short list");
  assertEquals(isIdeal(snapshot(lists, { ...predecessors, "10": "20" }), 2), false, "a wrong predecessor");
});
