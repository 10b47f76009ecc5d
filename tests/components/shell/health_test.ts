import { assertEquals } from "@std/assert";
import { healthOf, problemsOf } from "../../../components/shell/health.ts";
import type { RingItem } from "../../../core/live/topics.ts";
import { item, well } from "./facts.ts";

const nowMs = 1_700_000_000_000;
const three = [item(0, { isSelf: true }), item(1), item(2)];

interface Row {
  readonly story: string;
  readonly info?: Partial<typeof well> | null;
  readonly ring?: readonly RingItem[] | null;
  readonly health: string;
  readonly problems: readonly string[];
}

const rows: readonly Row[] = [
  { story: "nothing was heard", info: null, ring: null, health: "Unknown", problems: [] },
  { story: "all is well", health: "Healthy", problems: [] },
  {
    story: "a peer misses probes",
    ring: [...three, item(3, { state: "suspect", lastSeenMs: nowMs - 3_000 })],
    health: "Degraded",
    problems: ["warning 3333·3333 (127.0.0.1:8443) is suspect, last heard of 3 s ago"],
  },
  {
    story: "a peer died a minute ago",
    ring: [...three, item(3, { state: "dead", lastSeenMs: nowMs - 60_000 })],
    health: "Degraded",
    problems: ["warning 3333·3333 (127.0.0.1:8443) is dead, last heard of 1 min ago"],
  },
  {
    story: "a peer died an hour ago, another in an earlier life, and one left: that is history",
    ring: [
      ...three,
      item(3, { state: "dead", lastSeenMs: nowMs - 3_600_000 }),
      item(4, { state: "dead", lastSeenMs: null }),
      item(5, { state: "left", lastSeenMs: nowMs }),
    ],
    health: "Healthy",
    problems: [],
  },
  {
    story: "the node waits for data, and a peer for an answer",
    info: { ready: false, reason: "3 partitions wait for data of other nodes" },
    ring: [...three, item(3, { state: "suspect", lastSeenMs: null })],
    health: "Degraded",
    problems: [
      "warning This node is not ready: 3 partitions wait for data of other nodes",
      "warning 3333·3333 (127.0.0.1:8443) is suspect",
    ],
  },
  {
    story: "the disk is full, which comes before a suspect",
    info: { ready: false, reason: "the store cannot be written: no room, or a failing disk" },
    ring: [...three, item(3, { state: "suspect", lastSeenMs: nowMs })],
    health: "Critical",
    problems: [
      "critical This node is not ready: the store cannot be written: no room, or a failing disk",
      "warning 3333·3333 (127.0.0.1:8443) is suspect, last heard of 0 s ago",
    ],
  },
  {
    story: "the clock is wrong",
    info: { ready: false, reason: "the clock is far from those of the peers" },
    health: "Critical",
    problems: ["critical This node is not ready: the clock is far from those of the peers"],
  },
  {
    story: "two nodes cannot keep three copies",
    ring: three.slice(0, 2),
    health: "Degraded",
    problems: ["warning 2 nodes cannot keep 3 copies of each key"],
  },
  {
    story: "one node alone",
    ring: three.slice(0, 1),
    health: "Degraded",
    problems: ["warning This ring has one node: there are no copies, a crash of its disk loses data"],
  },
  {
    story: "one node alone, and no more were wanted",
    info: { replicas: 1 },
    ring: three.slice(0, 1),
    health: "Healthy",
    problems: [],
  },
];

for (const { story, info = {}, ring = three, health, problems } of rows) {
  Deno.test(`health: ${story}`, () => {
    const facts = { info: info === null ? null : { ...well, ...info }, ring, nowMs };
    const found = problemsOf(facts);
    assertEquals(found.map(({ severity, text }) => `${severity} ${text}`), problems);
    assertEquals(healthOf(facts, found), health);
  });
}

Deno.test("health: a problem of a peer leads to it on the ring page", () => {
  const facts = { info: well, ring: [...three, item(3, { state: "suspect" })], nowMs };
  assertEquals(problemsOf(facts).map(({ href }) => href), [`/ring?sel=${"3".repeat(40)}`]);
});
