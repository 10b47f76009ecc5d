import type { RingItem, RingItemState } from "../../core/live/topics.ts";
import { duration } from "../ring/words.ts";

type Items = Readonly<Record<string, RingItem>>;

/** Another node, as this one knows it. */
export interface PeerRow {
  readonly id: string;
  readonly url: string;
  readonly state: RingItemState;
  readonly isPredecessor: boolean;
  readonly successorIndex: number | null;
  readonly rttMs: number | null;
  /** How long ago it answered, when the node said so; null: never in this life of the node. */
  readonly ageMs: number | null;
}

/** What needs a look comes first. */
const order: readonly RingItemState[] = ["dead", "suspect", "unknown", "left", "leaving", "joining", "alive"];

/**
 * Everybody but the node itself, troubles first, then in the order of the ring.
 *
 * Ages are counted by the node's clock, which its own item shows; the one of the browser may be minutes off.
 */
export function peersOf(items: Items): PeerRow[] {
  const nowMs = selfOf(items)?.lastSeenMs ?? null;
  return Object.values(items).filter(({ isSelf }) => !isSelf).map((item) => ({
    id: item.id,
    url: item.url,
    state: item.state,
    isPredecessor: item.isPredecessor,
    successorIndex: item.successorIndex,
    rttMs: item.rttMs,
    ageMs: nowMs === null || item.lastSeenMs === null ? null : Math.max(0, nowMs - item.lastSeenMs),
  })).sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || (a.id < b.id ? -1 : 1));
}

export function selfOf(items: Items): RingItem | null {
  return Object.values(items).find(({ isSelf }) => isSelf) ?? null;
}

/** The node before this one, and those after it, nearest first. */
export function neighboursOf(peers: readonly PeerRow[]): {
  readonly predecessor: PeerRow | null;
  readonly successors: readonly PeerRow[];
} {
  const successors = peers.filter(({ successorIndex }) => successorIndex !== null)
    .sort((a, b) => (a.successorIndex ?? 0) - (b.successorIndex ?? 0));
  return { predecessor: peers.find(({ isPredecessor }) => isPredecessor) ?? null, successors };
}

/** Nodes that take part in the ring as far as this one knows, itself included. */
export function membersIn(items: Items): number {
  return Object.values(items).filter(({ isSelf, state }) =>
    isSelf || state === "alive" || state === "suspect"
  )
    .length;
}

/** What the node stands for in its ring: `successor 2`, `predecessor`, or nothing special. */
export function placeWords({ isPredecessor, successorIndex }: PeerRow): string {
  const places = [
    ...(isPredecessor ? ["predecessor"] : []),
    ...(successorIndex === null ? [] : [`successor ${successorIndex + 1}`]),
  ];
  return places.join(", ");
}

/** How long ago a node was heard: `now`, `12 s ago`, or that it never was. */
export function ageText(ageMs: number | null, sinceMs: number): string {
  if (ageMs === null) return "never";
  const ms = ageMs + sinceMs;
  return ms < 2_000 ? "now" : `${duration(ms)} ago`;
}
