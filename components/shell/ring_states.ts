import type { RingItem, RingItemState } from "../../core/live/topics.ts";
import type { NodeState } from "../ring/snapshot.ts";

/** A node's state as it is drawn. */
export const drawnStates: Readonly<Record<RingItemState, NodeState>> = {
  alive: "live",
  joining: "syncing",
  suspect: "suspect",
  leaving: "leaving",
  dead: "dead",
  left: "unknown",
  unknown: "unknown",
};

export const itemWords: Readonly<Record<RingItemState, string>> = {
  alive: "live",
  joining: "joining",
  suspect: "suspect",
  leaving: "leaving",
  dead: "dead",
  left: "left",
  unknown: "not seen",
};

/** Those that are worth a visit first; within a state by address. */
const order: readonly RingItemState[] = ["alive", "joining", "leaving", "suspect", "unknown", "dead", "left"];

/** Made once: `localeCompare()` would make one for each pair of a ring of hundreds. */
const collator = new Intl.Collator("en", { numeric: true });

export function byUsefulness(a: RingItem, b: RingItem): number {
  return order.indexOf(a.state) - order.indexOf(b.state) || collator.compare(a.url, b.url);
}
