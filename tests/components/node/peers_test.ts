import { assertEquals } from "@std/assert";
import { ageText, membersIn, neighboursOf, peersOf, placeWords } from "../../../components/node/peers.ts";
import { item, itemsOf, smallRing } from "./figures.ts";

Deno.test("peersOf() puts troubles first, then ring order, and counts ages by the node's own clock", () => {
  const items = itemsOf(
    item("40", { isSelf: true, lastSeenMs: 50_000 }),
    item("c0", { lastSeenMs: 49_500 }),
    item("10", { lastSeenMs: 30_000 }),
    item("80", { state: "dead", lastSeenMs: null }),
    item("20", { state: "suspect", lastSeenMs: 60_000 }),
  );
  assertEquals(peersOf(items).map(({ id, ageMs }) => `${id} ${ageMs}`), [
    "80 null",
    "20 0",
    "10 20000",
    "c0 500",
  ]);
  assertEquals(membersIn(items), 4);
});

Deno.test("neighboursOf() gives all successors in their order; one node may stand on both sides", () => {
  const { predecessor, successors } = neighboursOf(peersOf(smallRing()));
  assertEquals(predecessor?.id, "10");
  assertEquals(successors.map(({ id }) => id), ["80", "c0", "10"]);
  assertEquals(successors.map(placeWords), ["successor 1", "successor 2", "predecessor, successor 3"]);
  assertEquals(neighboursOf([]), { predecessor: null, successors: [] });
});

Deno.test("ageText() goes on counting while nothing is heard", () => {
  const rows: [ageMs: number | null, sinceMs: number, want: string][] = [
    [null, 5_000, "never"],
    [300, 0, "now"],
    [300, 12_000, "12 s ago"],
    [61_000, 0, "1 min 1 s ago"],
  ];
  for (const [ageMs, sinceMs, want] of rows) assertEquals(ageText(ageMs, sinceMs), want);
});
