import type { RingItem } from "../../core/live/topics.ts";
import type { ViewOf } from "../../core/protocol.ts";
import type { PeerRow } from "../node/peers.ts";

/** A node that could be given up, and what counts on it. */
export interface ForgettableNode extends PeerRow {
  /** Partitions that still wait for it, as far as this node has heard; null: not known yet. */
  readonly partitions: number | null;
}

/** Nodes that do not answer. One that does is never forgotten: it is told to leave. */
const forgettable: ReadonlySet<RingItem["state"]> = new Set(["dead", "unknown", "left"]);

/** Those that most counts on first. */
export function forgettableNodes(
  peers: readonly PeerRow[],
  views: readonly ViewOf[] | null,
): ForgettableNode[] {
  return peers.filter(({ state }) => forgettable.has(state))
    .map((peer) => ({ ...peer, partitions: views === null ? null : partitionsWith(views, peer.id) }))
    .sort((a, b) => (b.partitions ?? 0) - (a.partitions ?? 0) || (a.id < b.id ? -1 : 1));
}

/** Partitions whose keepers include the node, now or before their last change. */
export function partitionsWith(views: readonly ViewOf[], id: string): number {
  return views.filter(({ view }) => [...view.members, ...view.previous].some((replica) => replica.id === id))
    .reduce((sum, { first, last }) => sum + last - first + 1, 0);
}
