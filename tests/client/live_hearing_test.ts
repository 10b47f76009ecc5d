import { assertEquals } from "@std/assert";
import { hear, type Hearing, type TopicFrame, unheard } from "../../client/live_hearing.ts";
import type { MetricItem } from "../../core/live/topics.ts";

const requests: MetricItem = { value: 4, unit: "1/s" };
const disk: MetricItem = { value: null, unit: "bytes" };
const topic = "metrics";

const at = (version: number | null, data: Record<string, MetricItem> | null, heardAtMs: number | null) =>
  ({ version, data, heardAtMs }) satisfies Hearing<"metrics">;
const known = at(7, { requests }, 1);
const polled = at(null, { requests }, 1);
const delta = (from: number, to: number, set: Record<string, unknown>, del: string[] = []): TopicFrame => ({
  type: "delta",
  topic,
  from,
  to,
  set,
  del,
});
const snap = (data: Record<string, unknown>): TopicFrame => ({ type: "snap", topic, version: 9, data });
const mark = (version: number): TopicFrame => ({ type: "mark", topic, version, serverTimeMs: 5 });

Deno.test("hear() follows a topic from version to version, and says when it has lost the thread", () => {
  type Row = readonly [
    why: string,
    before: Hearing<"metrics">,
    frame: TopicFrame,
    want: Hearing<"metrics"> | "lost",
  ];
  const rows: readonly Row[] = [
    ["a snapshot is all there is", unheard, snap({ disk }), at(9, { disk }, 2)],
    ["it replaces what was", known, snap({ disk }), at(9, { disk }, 2)],
    ["so it does after asking", polled, snap({}), at(9, {}, 2)],
    ["a delta leads on", known, delta(7, 8, { disk }), at(8, { requests, disk }, 2)],
    ["and takes away", known, delta(7, 8, {}, ["requests", "never there"]), at(8, {}, 2)],
    ["a missed delta", known, delta(8, 9, { disk }), "lost"],
    ["a delta from before the snapshot says nothing new", known, delta(6, 7, { disk }), known],
    ["a delta to nothing", unheard, delta(7, 8, { disk }), "lost"],
    ["a delta to what was asked for", polled, delta(7, 8, { disk }), "lost"],
    ["a mark: it is still so", known, mark(7), at(7, { requests }, 2)],
    ["a mark of a version that was never told", known, mark(8), "lost"],
    ["an item of another kind is not shown", known, delta(7, 8, { disk: "full" }), known],
    ["nor a snapshot of them", known, snap({ disk: { value: "full" } }), known],
    [
      "what a newer node adds to an item is left out",
      known,
      snap({ disk: { ...disk, hue: 3 } }),
      at(9, { disk }, 2),
    ],
  ];
  for (const [why, before, frame, want] of rows) {
    const isLost = want === "lost";
    assertEquals(hear(topic, before, frame, 2), { hearing: isLost ? before : want, isLost }, why);
  }
});

Deno.test("hear() takes the parts of a node one by one", () => {
  const info = { successors: [], predecessor: null };
  const first = hear("node", unheard, { type: "snap", topic: "node", version: 1, data: info }, 1).hearing;
  const { hearing } = hear(
    "node",
    first,
    { type: "delta", topic: "node", from: 1, to: 2, set: { fingers: [] }, del: ["predecessor"] },
    2,
  );
  assertEquals(hearing, { version: 2, data: { successors: [], fingers: [] }, heardAtMs: 2 });
});
