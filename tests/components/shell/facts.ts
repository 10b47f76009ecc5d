import type { Id } from "../../../core/id.ts";
import type { RingItem } from "../../../core/live/topics.ts";
import type { NodeInfo } from "../../../core/protocol.ts";

/** A node that is in order. */
export const well: Pick<NodeInfo, "phase" | "ready" | "reason" | "replicas"> = {
  phase: "member",
  ready: true,
  reason: null,
  replicas: 3,
};

/** The n-th node of a ring, alive unless something else is said. */
export function item(n: number, over: Partial<RingItem> = {}): RingItem {
  return {
    id: String(n).repeat(40) as Id,
    url: `http://127.0.0.1:${8440 + n}`,
    state: "alive",
    isSelf: false,
    isPredecessor: false,
    successorIndex: null,
    rttMs: null,
    lastSeenMs: null,
    ...over,
  };
}
