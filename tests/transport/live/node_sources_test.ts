import { assertEquals } from "@std/assert";
import { type RingItem, type Topic, topicShapes } from "../../../core/live/topics.ts";
import type { Result } from "../../../core/protocol.ts";
import { LogBuffer } from "../../../transport/live/log_buffer.ts";
import { sourceOf } from "../../../transport/live/node_sources.ts";
import { Measures } from "../../../transport/measures/measures.ts";
import { FakeNode, infoOf, nodeAt } from "../fake_node.ts";

type Peer = Result<"node.peers">["peers"][number];

/** A node with two successors of which one is its predecessor too, and the peers that a test names. */
function sources() {
  const node = new FakeNode();
  let wallMs = 100_000;
  let peers: readonly Peer[] = [];
  const [next, other] = [nodeAt(8441), nodeAt(8442)];
  const neighbors = {
    self: node.self,
    incarnation: 1,
    phase: "member",
    successors: [next, other],
    predecessor: other,
  };
  Object.assign(node.answers, {
    "chord.neighbors": () => neighbors,
    "node.peers": () => ({ peers }),
    "node.info": () => infoOf(node),
    "node.fingers": () => ({ entries: [] }),
    "node.status": () => ({ refusals: [], differences: 0, fetched: 0, pushed: 0, collected: 0 }),
  });
  const logs = new LogBuffer("debug", () => 1_000);
  const measures = new Measures(() => 0);
  const clock = { wallNow: () => wallMs };
  return {
    node,
    logs,
    measures,
    next,
    other,
    of: (topic: Topic) => sourceOf(topic, { node, measures, logs, clock }),
    meet: (...met: readonly Peer[]) => void (peers = met),
    pass: (ms: number) => void (wallMs += ms),
  };
}

Deno.test("the ring is everybody whom the node points at or has met", async () => {
  const { node, next, other, of, meet } = sources();
  const dead = nodeAt(8443);
  meet(
    { node: next, health: "alive", lastSeenMs: 99_000, phase: "joining", rttMs: 2 },
    { node: dead, health: "dead", lastSeenMs: 10, rttMs: 5 },
  );
  const items = await of("ring").read(true) as ReadonlyMap<string, RingItem>;
  assertEquals(topicShapes.ring.parse(Object.fromEntries(items)), Object.fromEntries(items));
  const seen = [...items.values()].map((item) => [item.url, item.state, item.successorIndex, item.rttMs]);
  assertEquals(seen, [
    [node.self.url, "alive", null, null],
    [next.url, "joining", 0, 2],
    [other.url, "unknown", 1, null],
    [dead.url, "dead", null, null],
  ]);
  assertEquals(
    [...items.values()].filter((item) => item.isSelf || item.isPredecessor).map(({ url }) => url),
    [
      node.self.url,
      other.url,
    ],
  );
});

Deno.test("that a node was seen again is news once a second; that it is suspect is news at once", async () => {
  const { next, of, meet, pass } = sources();
  const source = of("ring");
  const seenAt = async (health: "alive" | "suspect", lastSeenMs: number) => {
    meet({ node: next, health, lastSeenMs, rttMs: lastSeenMs % 7 });
    pass(250);
    const item = (await source.read(false) as ReadonlyMap<string, RingItem>).get(next.id);
    return [item?.state, item?.lastSeenMs];
  };
  assertEquals(await seenAt("alive", 5_000), ["alive", 5_000]);
  assertEquals(await seenAt("alive", 5_900), ["alive", 5_000]);
  assertEquals(await seenAt("suspect", 5_950), ["suspect", 5_950]);
  assertEquals(await seenAt("suspect", 6_950), ["suspect", 6_950]);
});

Deno.test("the node is told in parts, and the metrics by their names", async () => {
  const { of, measures } = sources();
  const node = Object.fromEntries(await of("node").read(true));
  assertEquals(Object.keys(topicShapes.node.parse(node)), [
    "info",
    "successors",
    "predecessor",
    "fingers",
    "status",
  ]);
  assertEquals(Object.fromEntries(await of("metrics").read(true)), { ...measures.latest });
});

Deno.test("a flood of log lines reaches who watches fifty at a time, and who begins all at once", async () => {
  const { of, logs } = sources();
  const [all, warnings] = [of("logs"), of("logs:warn")];
  const numbers = async (source: typeof all, wasIdle = false) =>
    [...(await source.read(wasIdle)).keys()].map(Number);
  assertEquals(await numbers(all, true), []);
  for (let i = 0; i < 120; i++) logs.log(i % 2 === 0 ? "info" : "warn", "tick");
  assertEquals((await numbers(all)).length, 50);
  assertEquals((await numbers(all)).at(-1), 1_100);
  assertEquals((await numbers(all)).length, 120);
  assertEquals((await numbers(warnings, true)).length, 60);
  logs.log("info", "not a warning");
  assertEquals((await numbers(warnings)).length, 60);
  assertEquals((await numbers(all)).length, 121);
});
