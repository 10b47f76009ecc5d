import { assertEquals } from "@std/assert";
import { auditOf } from "../../../components/ops/audit.ts";
import { choreWords, lastRunText, outcomeText, resultText } from "../../../components/ops/chores.ts";
import { forgettableNodes, partitionsWith } from "../../../components/ops/forgetting.ts";
import { peersOf } from "../../../components/node/peers.ts";
import type { Id } from "../../../core/id.ts";
import type { LogLine } from "../../../core/live/topics.ts";
import type { ViewOf } from "../../../core/protocol.ts";
import { smallRing } from "../node/figures.ts";

const replica = (id: string) => ({ id: id as Id, url: `http://127.0.0.1:84${id}`, disk: "d" });
const view = (first: number, last: number, members: string[], previous: string[] = []): ViewOf => ({
  first,
  last,
  view: { epoch: 2, members: members.map(replica), previous: previous.map(replica) },
});
const views = [view(0, 9, ["10", "40"]), view(10, 10, ["40", "80"], ["c0"]), view(11, 15, ["c0"])];

Deno.test("partitionsWith() counts those that a node keeps, or kept before the last change", () => {
  const rows: [id: string, want: number][] = [["10", 10], ["40", 11], ["c0", 6], ["ff", 0]];
  for (const [id, want] of rows) assertEquals(partitionsWith(views, id), want, id);
});

Deno.test("forgettableNodes() are those that do not answer, those that most counts on first", () => {
  const peers = peersOf(
    smallRing({ "10": { state: "dead" }, "80": { state: "suspect" }, "c0": { state: "unknown" } }),
  );
  const named = (list: ReturnType<typeof forgettableNodes>) =>
    list.map(({ id, partitions }) => `${id} ${partitions}`);
  assertEquals(named(forgettableNodes(peers, views)), ["10 10", "c0 6"]);
  assertEquals(named(forgettableNodes(peers, null)), ["10 null", "c0 null"]);
});

Deno.test("a chore's last run is told with its age, its length and its result", () => {
  const state = { chore: "ring", isRunning: false, runs: 3, endedAgoMs: 400, tookMs: 2.14, problem: null };
  const [ring] = choreWords;
  if (ring === undefined) throw new Error("no chores");
  assertEquals([lastRunText(state), resultText(state)], ["now, took 2.1 ms", "done"]);
  assertEquals(lastRunText({ ...state, endedAgoMs: 61_000 }), "1 min 1 s ago, took 2.1 ms");
  assertEquals(lastRunText({ ...state, isRunning: true }), "running now");
  assertEquals(lastRunText({ ...state, endedAgoMs: null, tookMs: null }), "not yet in this life of the node");
  assertEquals([lastRunText(undefined), resultText(undefined)], ["not known", "–"]);
  assertEquals(resultText({ ...state, problem: "Cannot reach it" }), "Cannot reach it");
  assertEquals(outcomeText(ring, 2, state), "Stabilise: done in 2.1 ms (run 3).");
  assertEquals(outcomeText(ring, 3, state), "Stabilise: asked for, not ended yet.");
  assertEquals(outcomeText(ring, 2, { ...state, problem: "No way" }), "Stabilise: failed. No way.");
});

Deno.test("auditOf() tells of acts, newest first, and of nothing that the ring does by itself", () => {
  const line = (number: number, event: string, fields: LogLine["fields"] = {}): LogLine => ({
    ...{ number, event, fields },
    timeMs: number,
    level: "info",
  });
  const entries = auditOf([
    line(1, "started", { start: "founded" }),
    line(2, "viewChanged"),
    line(3, "maintenanceAsked", { chore: "data" }),
    line(4, "toString"),
    line(5, "nodeForgotten", { id: "10", lostDisk: false }),
  ]);
  assertEquals(entries.map(({ act, detail }) => `${act}: ${detail}`), [
    "Node given up: id 10, lostDisk false",
    "Maintenance asked for: chore data",
    "Node started: start founded",
  ]);
});
