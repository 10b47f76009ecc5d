import { assertEquals } from "@std/assert";
import { changesBetween, eventKinds, latestEvents } from "../../../components/node/events.ts";
import { eventsInLog } from "../../../components/node/logged_events.ts";
import type { LogLine } from "../../../core/live/topics.ts";
import { item, smallRing } from "./figures.ts";

let number = 0;
function line(event: string, fields: LogLine["fields"] = {}): LogLine {
  return { number: ++number, timeMs: number, level: "info", event, fields };
}

Deno.test("eventsInLog() tells in words what happened, and leaves the rest to the logs page", () => {
  const members = JSON.stringify(["http://127.0.0.1:8440", "http://127.0.0.1:8441"]);
  const rows: [LogLine, want: string | undefined][] = [
    [line("started", { start: "joined" }), "This node started, and joined the ring."],
    [
      line("viewChanged", { partitions: 2_412, epoch: 3, members }),
      "This node gave 2,412 partitions new keepers: 127.0.0.1:8440, 127.0.0.1:8441.",
    ],
    [
      line("successorDropped", { node: "http://127.0.0.1:8441", health: "dead" }),
      "This node dropped its successor 127.0.0.1:8441, which is dead.",
    ],
    [line("left", { handedOver: false }), "This node left, and keeps what found no taker."],
    [line("rest.failed", { requestId: "1" }), undefined],
    [line("constructor"), undefined],
    [line("nodeForgotten"), "This node gave up node ? for good."],
  ];
  for (const [logged, want] of rows) assertEquals(eventsInLog([logged])[0]?.text, want, logged.event);
});

Deno.test("changesBetween() sees suspicions, newcomers and new neighbours, and nothing in a ring at rest", () => {
  const before = smallRing();
  assertEquals(changesBetween(before, smallRing(), 5), []);
  const after = smallRing({
    "80": { state: "suspect" },
    "10": { isPredecessor: false },
    "c0": { isPredecessor: true },
  });
  after["20"] = item("20", { state: "joining" });
  const events = changesBetween(before, after, 5);
  assertEquals(events.map(({ text }) => text).sort(), [
    "127.0.0.1:8420 was met for the first time.",
    "127.0.0.1:8480 was live and is suspect.",
    "127.0.0.1:84c0 became the predecessor.",
  ]);
  assertEquals(new Set(events.map(({ id }) => id)).size, 3);
});

Deno.test("latestEvents() is newest first, of the wanted kinds", () => {
  const events = eventsInLog([line("started"), line("alone"), line("paused", { forMs: 2_000 })]);
  assertEquals(latestEvents(events, new Set(eventKinds)).map(({ kind }) => kind), [
    "trouble",
    "neighbours",
    "membership",
  ]);
  assertEquals(latestEvents(events, new Set(["membership"] as const)).length, 1);
});
