import { assertEquals } from "@std/assert";
import { figuresOf, percentile } from "../../../components/ring/figures.ts";
import { noticeOf } from "../../../components/ring/RingNotice.tsx";
import { emptySnapshot, type RingSnapshot } from "../../../components/ring/snapshot.ts";
import { readWindow, turned, windowText, zoomed, zoomedAt } from "../../../components/ring/zoom.ts";
import { nodeAt, ringOf } from "./rings.ts";

Deno.test("the page says how much of the ring it sees, and how fresh that is", () => {
  const silent = { but: { 2: { reach: null, state: "suspect" } } } as const;
  const rows: [
    snapshot: RingSnapshot,
    nowMs: number,
    text: string,
    age: string | undefined,
    isBad: boolean,
  ][] = [
    [emptySnapshot("test"), 0, "Walking the ring: 0 nodes found so far", undefined, false],
    [ringOf(5), 2_000, "All of 5 nodes answered", undefined, false],
    [ringOf(5, silent), 2_000, "Partial view: 4 of 5 nodes answered", undefined, true],
    [ringOf(5), 43_000, "Stale: below is the ring as it was", "42 s ago", true],
    [
      { ...ringOf(5), problem: "No answer" },
      43_000,
      "No news of the ring: No answer.",
      "Below is what was seen 42 s ago.",
      true,
    ],
    [ringOf(1, { replicas: 1 }), 2_000, "This ring has one node", undefined, false],
  ];
  for (const [snapshot, nowMs, text, age, isBad] of rows) {
    const notice = noticeOf(snapshot, nowMs);
    assertEquals([notice.text, notice.age, notice.isBad], [text, age, isBad], text);
  }
});

Deno.test("figuresOf() finds nodes that take another for their predecessor", () => {
  assertEquals(figuresOf(ringOf(8)).misplaced, []);
  const misplaced = ringOf(8, { but: { 3: { predecessor: null }, 5: { predecessor: null, reach: null } } });
  assertEquals(figuresOf(misplaced).misplaced, [nodeAt(misplaced, 3)], "a silent one says nothing");
  assertEquals(figuresOf(ringOf(1)).misplaced, [], "one that is alone has none");
});

Deno.test("percentile() is a value that was measured", () => {
  const rows: [values: number[], share: number, want: number | null][] = [
    [[], 0.5, null],
    [[3], 0.95, 3],
    [[4, 1, 3, 2], 0.5, 2],
    [[4, 1, 3, 2], 0.95, 4],
  ];
  for (const [values, share, want] of rows) assertEquals(percentile(values, share), want);
});

Deno.test("zoomed() halves around a node, doubles back, and ends with the whole circle", () => {
  const quarter = "4".padEnd(40, "0");
  assertEquals(zoomed(null, 0.5, quarter, 160), { from: 0, to: 0.5 });
  assertEquals(zoomed({ from: 0, to: 0.5 }, 0.5, null, 160), { from: 0.125, to: 0.375 });
  assertEquals(zoomed({ from: 0.125, to: 0.375 }, 2, null, 160), { from: 0, to: 0.5 });
  assertEquals(zoomed({ from: 0, to: 0.5 }, 2, null, 160), null);
  assertEquals(zoomed({ from: 0, to: 0.5 }, Infinity, null, 160), null);
  assertEquals(zoomed(null, 0.5, "0".padEnd(40, "0"), 160), { from: 0.75, to: 0.25 }, "over zero");
});

Deno.test("zoomedAt() leaves what is pointed at where it is", () => {
  assertEquals(zoomedAt(null, 0.5, 0.25), { from: 0.125, to: 0.625 });
  assertEquals(zoomedAt({ from: 0.125, to: 0.625 }, 0.5, 1), { from: 0.375, to: 0.625 });
  assertEquals(zoomedAt({ from: 0.75, to: 0.25 }, 0.5, 0.5), { from: 0.875, to: 0.125 }, "over zero");
  assertEquals(zoomedAt({ from: 0, to: 0.5 }, 2, 0.5), null, "it is all of the circle again");
});

Deno.test("turned() goes along the circle, and round it", () => {
  assertEquals(turned({ from: 0.25, to: 0.5 }, 0.5), { from: 0.375, to: 0.625 });
  assertEquals(turned({ from: 0, to: 0.25 }, -1), { from: 0.75, to: 0 });
  assertEquals(turned(null, 0.5), null);
});

Deno.test("a window is read from a link as it was written", () => {
  assertEquals(readWindow(windowText({ from: 0.25, to: 0.31 })), { from: 0.25, to: 0.31 });
  for (const text of [null, "", "0.5", "0.5-0.5", "2-3", "a-b"]) {
    assertEquals(readWindow(text), null, text ?? "null");
  }
});
