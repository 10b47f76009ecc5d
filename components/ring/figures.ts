import { shareBetween } from "./circle.ts";
import { membersOf, type RingNode, type RingSnapshot } from "./snapshot.ts";

/** What a ring measures in all. */
export interface RingFigures {
  readonly members: number;
  readonly keys: number;
  /** The largest share of the circle, in mean shares: 1 is perfect balance. */
  readonly shareMaxOverMean: number;
  readonly keysMaxOverMean: number | null;
  /** Copies of partitions that are not complete yet, over all nodes that say. */
  readonly unsynced: number;
  /** Nodes that the browser asked itself. */
  readonly direct: number;
  /** Nodes whose answer came only by way of the serving node. */
  readonly relayed: number;
  /** Nodes that do not take the node before them for their predecessor. */
  readonly misplaced: readonly RingNode[];
}

/** The share of the circle that each member owns. */
export function sharesOf(snapshot: RingSnapshot): Map<string, number> {
  const members = membersOf(snapshot);
  return new Map(members.map((node, index) => {
    const after = members.at(index - 1) ?? node;
    return [node.id, shareBetween(after.id, node.id, snapshot.bits)];
  }));
}

export function figuresOf(snapshot: RingSnapshot): RingFigures {
  const members = membersOf(snapshot);
  const infos = members.map(({ info }) => info).filter((info) => info !== null);
  const keyCounts = infos.map(({ keyCount }) => keyCount);
  const keys = sum(keyCounts);
  return {
    members: members.length,
    keys,
    shareMaxOverMean: Math.max(0, ...sharesOf(snapshot).values()) * members.length,
    keysMaxOverMean: keys === 0 ? null : Math.max(...keyCounts) / (keys / keyCounts.length),
    unsynced: sum(infos.map(({ partitionsUnsynced }) => partitionsUnsynced)),
    direct: members.filter(({ reach }) => reach === "own" || reach === "direct").length,
    relayed: members.filter(({ reach }) => reach === "relayed").length,
    misplaced: members.filter((node, index) => isMisplaced(node, members.at(index - 1) ?? node)),
  };
}

/** A node that did not answer says nothing of its predecessor; one that is alone has none. */
function isMisplaced(node: RingNode, before: RingNode): boolean {
  if (node.reach === null || before.id === node.id) return false;
  return node.predecessor?.id !== before.id;
}

/** Half the logarithm of the ring's size: hops that Chord's finger tables promise on average. */
export function expectedHops(members: number): number {
  return members <= 1 ? 0 : Math.log2(members) / 2;
}

/** The value that a share of the others does not exceed; null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length;
}

export function standardDeviation(values: readonly number[]): number {
  const middle = mean(values) ?? 0;
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)) ?? 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
