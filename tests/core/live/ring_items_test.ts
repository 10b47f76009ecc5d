import { assertEquals } from "@std/assert";
import { ringItems } from "../../../core/live/ring_items.ts";
import type { RingItemState } from "../../../core/live/topics.ts";
import type { Result } from "../../../core/protocol.ts";
import { nodeAt } from "../../transport/fake_node.ts";

type Peer = Result<"node.peers">["peers"][number];

const self = nodeAt(8440);
const peer = nodeAt(8441);
const wallMs = 100_000;

Deno.test("a node stands as it says itself while it is heard, and else as its silence says", () => {
  const rows: readonly (readonly [Omit<Peer, "node">, RingItemState, rttMs: number | null])[] = [
    [{ health: "alive", lastSeenMs: 1, rttMs: 3 }, "alive", 3],
    [{ health: "alive", lastSeenMs: 1, phase: "member" }, "alive", null],
    [{ health: "alive", lastSeenMs: 1, phase: "joining" }, "joining", null],
    [{ health: "suspect", lastSeenMs: 1, phase: "joining", rttMs: 3 }, "suspect", 3],
    [{ health: "dead", lastSeenMs: 1, rttMs: 3 }, "dead", null],
    [{ health: "unknown", lastSeenMs: null }, "unknown", null],
    [{ health: "left", lastSeenMs: wallMs - 4_999, phase: "leaving", rttMs: 3 }, "leaving", 3],
    [{ health: "left", lastSeenMs: wallMs - 5_000, phase: "leaving", rttMs: 3 }, "left", null],
    [{ health: "left", lastSeenMs: wallMs, phase: "left" }, "left", null],
    [{ health: "left", lastSeenMs: null, phase: "leaving" }, "left", null],
  ];
  for (const [opinion, state, rttMs] of rows) {
    const peers = [{ node: peer, ...opinion }];
    const items = ringItems({ self, phase: "member", successors: [], predecessor: null, peers, wallMs });
    const item = items.get(peer.id);
    assertEquals(
      [item?.state, item?.rttMs, item?.lastSeenMs],
      [state, rttMs, opinion.lastSeenMs],
      JSON.stringify(opinion),
    );
  }
});

Deno.test("the serving node comes first, is seen by itself, and each is there once with its places", () => {
  const third = nodeAt(8442);
  const items = ringItems({
    self,
    phase: "leaving",
    successors: [peer, third, self],
    predecessor: third,
    peers: [{ node: peer, health: "alive", lastSeenMs: 1 }, { node: third, health: "alive", lastSeenMs: 2 }],
    wallMs,
  });
  const places = [...items.values()].map((
    item,
  ) => [item.url, item.isSelf, item.successorIndex, item.isPredecessor]);
  assertEquals(places, [[self.url, true, 2, false], [peer.url, false, 0, false], [
    third.url,
    false,
    1,
    true,
  ]]);
  const own = items.get(self.id);
  assertEquals([own?.state, own?.lastSeenMs, own?.rttMs], ["leaving", wallMs, null]);
});
