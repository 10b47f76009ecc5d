import { assertEquals, assertMatch } from "@std/assert";
import { type HealthLevel, healthOf, type HealthQuestion } from "../../../components/node/health.ts";
import { membersIn, peersOf } from "../../../components/node/peers.ts";
import type { RingItem } from "../../../core/live/topics.ts";
import { infoOf } from "../../core/node_info.ts";
import { smallRing } from "./figures.ts";

function question(
  over: Partial<HealthQuestion> = {},
  items: Record<string, RingItem> = smallRing(),
): HealthQuestion {
  return {
    info: infoOf(),
    problem: null,
    peers: peersOf(items),
    members: membersIn(items),
    share: 0.1875,
    loopLagMs: 2,
    silentMs: 0,
    ...over,
  };
}

Deno.test("healthOf() says in one sentence whether the node is well, and names the reason when it is not", () => {
  const rows: [what: HealthQuestion, level: HealthLevel, sentence: RegExp][] = [
    [question(), "ok", /answers for its part of the ring/],
    [question({ info: null, problem: "Cannot reach it" }), "unknown", /^Cannot reach it$/],
    [question({ silentMs: 42_000 }), "unknown", /Nothing was heard of this node for 42 s/],
    [question({ info: infoOf({ phase: "joining", ready: false }) }), "warn", /is joining the ring/],
    [question({ info: infoOf({ phase: "leaving", ready: false }) }), "warn", /is leaving the ring/],
    [question({ info: infoOf({ phase: "left", ready: false }) }), "bad", /has left the ring/],
    [
      question({ info: infoOf({ ready: false, reason: "3 partitions wait for data of other nodes" }) }),
      "warn",
      /not ready: 3 partitions wait for data of other nodes\.$/,
    ],
    [
      question({ info: infoOf({ ready: false, reason: "the store cannot be written: no room" }) }),
      "bad",
      /not ready: the store cannot be written: no room\.$/,
    ],
    [question({ members: 1 }), "warn", /alone.*a lost disk loses data/],
    [question({ members: 2 }), "warn", /2 nodes for 3 copies/],
    [question({ loopLagMs: 400 }), "warn", /event loop is 400 ms late/],
  ];
  for (const [what, level, sentence] of rows) {
    const health = healthOf(what);
    assertEquals(health.level, level, health.sentence);
    assertMatch(health.sentence, sentence);
  }
});

Deno.test("healthOf() tells of neighbours that are silent, each once, and of no stranger", () => {
  const items = smallRing({
    "10": { state: "suspect", lastSeenMs: 7_000 },
    "c0": { state: "dead", lastSeenMs: null },
  });
  const { level, sentence, problems } = healthOf(question({}, items));
  assertEquals(level, "warn");
  assertEquals(sentence, "Its predecessor 127.0.0.1:8410 is suspect, last heard 3 s ago.");
  assertEquals(problems, ["Its successor 127.0.0.1:84c0 is dead."]);
  const strangers = smallRing();
  strangers["d0"] = { ...smallRing()["c0"] as RingItem, state: "dead", successorIndex: null };
  assertEquals(healthOf(question({}, strangers)).level, "ok");
});

Deno.test("healthOf() puts what keeps the node from working before what only needs a look", () => {
  const items = smallRing({ "80": { state: "suspect" } });
  const info = infoOf({ ready: false, reason: "the clock is far from those of the peers" });
  const { level, sentence, problems } = healthOf(question({ info, members: 2 }, items));
  assertEquals(level, "bad");
  assertMatch(sentence, /clock is far/);
  assertEquals(problems.length, 2);
});

Deno.test("healthOf() states facts with their numbers", () => {
  assertEquals(healthOf(question()).facts, [
    "Owns 18.8 % of the circle",
    "5,131 records of its own in 16 partitions",
    "keeps 48 partitions in all, all complete",
    "2 of 3 copies acknowledge a write",
  ]);
  const { facts } = healthOf(question({ share: null, info: infoOf({ partitionsUnsynced: 7 }) }));
  assertEquals([facts[0], facts[2]], [
    "Knows no predecessor yet",
    "keeps 48 partitions in all, 7 not complete yet",
  ]);
});
