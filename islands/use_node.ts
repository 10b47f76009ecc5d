import { useEffect, useState } from "preact/hooks";
import { type FingerRun, fingerRuns } from "../components/node/fingers.ts";
import type { NodePageData } from "../components/node/node_page_data.ts";
import { type PeerRow, peersOf } from "../components/node/peers.ts";
import type { RingItem } from "../core/live/topics.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { NodeInfo } from "../core/protocol.ts";
import { useNowFrom, useTopic } from "./use_live.ts";

/** The node that serves the page, as last heard. */
export interface HeardNode {
  readonly info: NodeInfo | null;
  readonly predecessor: NodeRef | null;
  readonly successors: readonly NodeRef[];
  readonly items: Readonly<Record<string, RingItem>>;
  readonly peers: readonly PeerRow[];
  readonly fingers: readonly FingerRun[];
  /** By the clock of the page. */
  readonly nowMs: number;
  /** Since the node was last heard. */
  readonly silentMs: number;
  /** Since it said how old its news of others are. */
  readonly sinceMs: number;
}

type First = Pick<NodePageData, "takenAtMs" | "info" | "predecessor" | "successors" | "items" | "fingers">;

export const nothingYet: First = {
  takenAtMs: 0,
  info: null,
  predecessor: null,
  successors: [],
  items: {},
  fingers: [],
};

/** @param first what the server saw; without it, what is heard comes a moment after the page. */
export function useNode(first: First = nothingYet): HeardNode {
  const node = useTopic("node");
  const ring = useTopic("ring");
  const nowMs = useNowFrom(first.takenAtMs);
  const [openedAtMs, setOpenedAtMs] = useState<number | null>(null);
  useEffect(() => setOpenedAtMs(Date.now()), []);
  const ageOf = (heardAtMs: number | null) => Math.max(0, nowMs - (heardAtMs ?? openedAtMs ?? nowMs));
  const items = ring.data ?? first.items;
  const { info, predecessor, successors, fingers } = node.data ?? {};
  return {
    info: info ?? first.info,
    predecessor: predecessor === undefined ? first.predecessor : predecessor,
    successors: successors ?? first.successors,
    items,
    peers: peersOf(items),
    fingers: fingers === undefined ? first.fingers : fingerRuns(fingers),
    nowMs,
    silentMs: ageOf(Math.max(node.heardAtMs ?? 0, ring.heardAtMs ?? 0) || null),
    sinceMs: ageOf(ring.heardAtMs),
  };
}
