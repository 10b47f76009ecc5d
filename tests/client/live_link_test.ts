import { assertEquals } from "@std/assert";
import {
  dueAtMs,
  hasToPoll,
  idle,
  type Link,
  type LinkEvent,
  nextLink,
  silenceMs,
} from "../../client/live_link.ts";

const opening = (failures: number, sinceMs = 0): Link => ({ kind: "opening", failures, sinceMs });
const open = (failures: number, sinceMs: number, heardAtMs: number): Link => ({
  kind: "open",
  failures,
  sinceMs,
  heardAtMs,
});
const waiting = (failures: number, atMs: number): Link => ({ kind: "waiting", failures, atMs });

type Row = readonly [why: string, link: Link, event: LinkEvent, nowMs: number, want: Link, chance?: number];

Deno.test("nextLink() goes from one state of the socket to the next", () => {
  const rows: readonly Row[] = [
    ["a first watcher opens it", idle, { kind: "wanted" }, 7, opening(0, 7)],
    ["a second one changes nothing", opening(1, 3), { kind: "wanted" }, 7, opening(1, 3)],
    ["the last one to go closes it", open(0, 1, 5), { kind: "unwanted" }, 7, idle],
    ["nobody watches: waking up is for nobody", idle, { kind: "woken" }, 7, idle],
    ["the first word opens", opening(2, 0), { kind: "heard" }, 7, open(2, 7, 7)],
    ["every word counts", open(0, 1, 5), { kind: "heard" }, 7, open(0, 1, 7)],
    ["a word from a socket that was given up does not", waiting(1, 9), { kind: "heard" }, 7, waiting(1, 9)],
    ["a first failure: half a second", opening(0), { kind: "lost" }, 100, waiting(1, 600)],
    ["with bad luck half as much again", opening(0), { kind: "lost" }, 100, waiting(1, 850), 1],
    ["a second one: a second", opening(1), { kind: "lost" }, 100, waiting(2, 1_100)],
    ["many: ten", opening(40), { kind: "lost" }, 100, waiting(41, 10_100)],
    ["and never above fifteen", opening(40), { kind: "lost" }, 100, waiting(41, 15_100), 1],
    ["one that held was a success", open(4, 0, 9_000), { kind: "lost" }, 10_000, waiting(1, 10_500)],
    ["one that broke at once was none", open(4, 0, 9_000), { kind: "lost" }, 9_999, waiting(5, 17_999)],
    [
      "a node that goes says when to come back",
      open(0, 0, 0),
      { kind: "lost", retryAfterMs: 3_000 },
      20_000,
      waiting(1, 23_000),
    ],
    [
      "but nobody waits for ever on somebody's word",
      open(0, 0, 0),
      { kind: "lost", retryAfterMs: 1e9 },
      20_000,
      waiting(1, 35_000),
    ],
    ["not yet time", waiting(1, 600), { kind: "time" }, 599, waiting(1, 600)],
    ["time", waiting(1, 600), { kind: "time" }, 600, opening(1, 600)],
    ["woken before it is time", waiting(5, 9_000), { kind: "woken" }, 10, opening(5, 10)],
    ["no greeting within ten seconds", opening(0, 0), { kind: "time" }, 10_000, waiting(1, 10_500)],
    ["two marks missing may happen", open(0, 0, 0), { kind: "time" }, 24_999, open(0, 0, 0)],
    ["beyond it the socket is dead", open(0, 0, 0), { kind: "time" }, 25_000, waiting(1, 25_500)],
    [
      "who comes back to a dead socket need not wait for the timer",
      open(0, 0, 0),
      { kind: "woken" },
      60_000,
      waiting(1, 60_500),
    ],
    ["and leaves a live one alone", open(0, 0, 59_000), { kind: "woken" }, 60_000, open(0, 0, 59_000)],
  ];
  for (const [why, link, event, nowMs, want, chance = 0] of rows) {
    assertEquals(nextLink(link, event, { nowMs, chance }), want, why);
  }
});

Deno.test("dueAtMs() and hasToPoll() follow from the state", () => {
  const rows: readonly (readonly [Link, dueMs: number | null, polls: boolean])[] = [
    [idle, null, false],
    [opening(0, 5), 10_005, false],
    [open(9, 0, 70), 70 + silenceMs, false],
    [waiting(2, 600), 600, false],
    [waiting(3, 600), 600, true],
    [opening(3, 5), 10_005, true],
  ];
  for (const [link, dueMs, polls] of rows) {
    assertEquals([dueAtMs(link), hasToPoll(link)], [dueMs, polls], JSON.stringify(link));
  }
});
