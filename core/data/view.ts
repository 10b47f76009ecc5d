import type { NodeRef } from "../node_ref.ts";

/**
 * A node as a keeper of data: which machine, and which disk of it. A node that lost its disk comes back as another
 * replica, so it cannot vouch for, or vote by, what it has forgotten.
 */
export interface Replica extends NodeRef {
  /** Random text made with the store. */
  readonly disk: string;
}

/**
 * Who keeps a partition, and by how many changes of hands: a link in a chain that starts with the maker of the ring.
 *
 * Each view is decided by a quorum of the members of the view before it (docs/decisions/0005), so there is only one
 * view for each epoch, and whoever has not heard of the latest finds that quorum closed.
 */
export interface View {
  /** 1 for the ring's maker; one more with each change. */
  readonly epoch: number;
  /** Owner first, then clockwise. Never empty, no node twice. */
  readonly members: readonly Replica[];
  /** The members of epoch - 1: whoever is new in this view gets its data from them. Empty in the first view. */
  readonly previous: readonly Replica[];
}

/** How many copies a ring keeps and asks (design.md 5). Counted against those a view has, if it has fewer. */
export interface QuorumConfig {
  /** Copies of each key (R). */
  readonly replicas: number;
  /** Durable copies before a write is acknowledged (W). */
  readonly writeQuorum: number;
  /** Copies that a read compares (R_q). */
  readonly readQuorum: number;
}

/** Copies that make a write in a view of `count` members. */
export function writesNeeded(count: number, { writeQuorum }: QuorumConfig): number {
  return Math.min(writeQuorum, count);
}

/** The fewest members that together have seen every acknowledged write of a view of `count` members. */
export function sourcesNeeded(count: number, config: QuorumConfig): number {
  return count - writesNeeded(count, config) + 1;
}

/** Copies that make a read: never fewer than have to meet every write. */
export function readsNeeded(count: number, config: QuorumConfig): number {
  return Math.max(Math.min(config.readQuorum, count), sourcesNeeded(count, config));
}

/** Votes that close a view of `count` members: two such quorums meet, and each meets every write. */
export function votesNeeded(count: number, config: QuorumConfig): number {
  return Math.max(Math.floor(count / 2) + 1, sourcesNeeded(count, config));
}

/** The node alone, as the ring knows it. */
export function toRef({ id, url }: Replica): NodeRef {
  return { id, url };
}

export function sameReplica(a: Replica, b: Replica): boolean {
  return a.id === b.id && a.disk === b.disk;
}

export function hasReplica(replicas: readonly Replica[], replica: Replica): boolean {
  return replicas.some((other) => sameReplica(other, replica));
}

/** The same replicas in the same order. */
export function sameReplicas(a: readonly Replica[], b: readonly Replica[]): boolean {
  return a.length === b.length && a.every((replica, i) => sameReplica(replica, b[i] as Replica));
}

/** Everybody who is in one of the lists, once. */
export function distinctReplicas(...lists: readonly (readonly Replica[])[]): Replica[] {
  const distinct: Replica[] = [];
  for (const replica of lists.flat()) if (!hasReplica(distinct, replica)) distinct.push(replica);
  return distinct;
}
