import type { Id } from "../../core/id.ts";
import type { NodeRef } from "../../core/node_ref.ts";
import type { NodeInfo } from "../../core/protocol.ts";

/** What the page can say of a node, in the order of the legend. */
export const nodeStates = ["live", "syncing", "suspect", "leaving", "dead", "unknown"] as const;
export type NodeState = typeof nodeStates[number];

/** How a node's answer came to the page. */
export type Reach = "own" | "direct" | "relayed";

/** One node as the page knows it. */
export interface RingNode {
  readonly id: Id;
  readonly url: string;
  readonly state: NodeState;
  /** It stands in the chain of successors, so an arc of the circle is its own. */
  readonly isInRing: boolean;
  /** Null while it has given no answer. */
  readonly reach: Reach | null;
  readonly rttMs: number | null;
  /** When it answered last, by the clock of the page. */
  readonly seenAtMs: number | null;
  readonly predecessor: NodeRef | null;
  readonly successors: readonly NodeRef[];
  /** What it said of itself, perhaps a while ago (`seenAtMs`). */
  readonly info: NodeInfo | null;
  /** Why it is not simply live; null when it is. */
  readonly why: string | null;
}

/** The ring at one moment, as far as it could be walked. */
export interface RingSnapshot {
  readonly cluster: string;
  readonly bits: number;
  /** Copies of each key that the ring keeps. */
  readonly replicas: number;
  /** The node that serves the page; null until it has answered. */
  readonly selfId: Id | null;
  /** By id, so clockwise from 0. */
  readonly nodes: readonly RingNode[];
  /** Whether the walk came back to where it began; null before the first one has ended. */
  readonly isClosed: boolean | null;
  readonly isWalking: boolean;
  /** When the last whole walk ended, by the clock of the page; null before the first. */
  readonly walkedAtMs: number | null;
  readonly walkMs: number | null;
  /** Why there is nothing newer; null when there is. */
  readonly problem: string | null;
}

/** One line of a finger table, with all the indices that lead to the same node. */
export interface Finger {
  readonly nodeId: Id;
  readonly indices: readonly number[];
}

export function emptySnapshot(cluster: string): RingSnapshot {
  return {
    cluster,
    bits: 160,
    replicas: 1,
    selfId: null,
    nodes: [],
    isClosed: null,
    isWalking: true,
    walkedAtMs: null,
    walkMs: null,
    problem: null,
  };
}

/** The nodes that own an arc, clockwise. */
export function membersOf({ nodes }: RingSnapshot): RingNode[] {
  return nodes.filter(({ isInRing }) => isInRing);
}

/** The member before and the one after a node's place on the circle; the node itself when it is alone. */
export function neighborsOf(
  snapshot: RingSnapshot,
  id: string,
): { before: RingNode; after: RingNode } | null {
  const members = membersOf(snapshot);
  if (members.length === 0) return null;
  const at = members.findIndex((node) => node.id >= id);
  const here = at === -1 ? 0 : at;
  const isMember = members[here]?.id === id;
  const before = members.at(here - 1);
  const after = members[(here + (isMember ? 1 : 0)) % members.length];
  return before === undefined || after === undefined ? null : { before, after };
}

export function nodeOf(snapshot: RingSnapshot, id: string | null): RingNode | null {
  return id === null ? null : snapshot.nodes.find((node) => node.id === id) ?? null;
}

/** Something an operator would want to look at. */
export function isProblem({ state }: RingNode): boolean {
  return state === "suspect" || state === "dead" || state === "unknown";
}

/** The same finger table in a few lines: one for each node it leads to, nearest first. */
export function distinctFingers(
  entries: readonly { readonly index: number; readonly node: NodeRef | null }[],
  selfId: string,
): Finger[] {
  const byNode = new Map<Id, number[]>();
  for (const { index, node } of entries) {
    if (node === null || node.id === selfId) continue;
    const indices = byNode.get(node.id);
    if (indices === undefined) byNode.set(node.id, [index]);
    else indices.push(index);
  }
  return [...byNode].map(([nodeId, indices]) => ({ nodeId, indices }));
}
