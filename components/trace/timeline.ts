import { shareAhead } from "../ring/circle.ts";

/** A node's name and address, as answers give them. */
export interface TraceNode {
  readonly id: string;
  readonly url: string;
}

/** What a node answers to `/api/lookup/{key}`. */
export interface LookupAnswer {
  readonly key: string;
  readonly keyHash: string;
  readonly partition: number;
  /** Where the ring looks for the key: the end of its partition. */
  readonly position: string;
  readonly path: readonly {
    readonly id: string;
    readonly url: string;
    readonly via: string;
    readonly rttMs: number;
    readonly outcome: string;
  }[];
  readonly hops: number;
  readonly responsibleNode: TraceNode;
  readonly replicas: readonly TraceNode[];
}

/**
 * One thing that happened in a lookup.
 *
 * - `start`: the node that was asked for the key begins.
 * - `hop`: a node was asked and named closer ones.
 * - `failed`: a node was asked and gave no answer.
 * - `owner`: the owner is known: `node`, as `from` says.
 */
export interface TraceStep {
  readonly kind: "start" | "hop" | "failed" | "owner";
  readonly node: TraceNode;
  /** The node that led here; itself at the start, and where the owner names itself. */
  readonly from: TraceNode;
  /** Where the asker knew the node from: finger, successor, cache or an answer. Null when nobody was asked. */
  readonly via: string | null;
  readonly rttMs: number | null;
  /** What lies between the node and the place of the key, as a share of the circle; 0 for the owner. */
  readonly left: number;
}

/** A lookup, step by step. */
export interface Timeline {
  readonly answer: LookupAnswer;
  /** The node that was asked for the key. */
  readonly asker: TraceNode;
  readonly bits: number;
  /** Never empty: it begins with `start` and ends with `owner`. */
  readonly steps: readonly TraceStep[];
  /** All requests together. */
  readonly totalMs: number;
  readonly failures: number;
}

export function timelineOf(answer: LookupAnswer, asker: TraceNode, bits: number): Timeline {
  const left = (id: string) => shareAhead(id, answer.position, bits);
  const steps: TraceStep[] = [
    { kind: "start", node: asker, from: asker, via: null, rttMs: null, left: left(asker.id) },
  ];
  let reached = asker;
  for (const { id, url, via, rttMs, outcome } of answer.path) {
    const node = { id, url };
    const from = reached;
    // A node that owns the key names itself, and is both the last hop and the end.
    const isEnd = outcome === "owner" && id === answer.responsibleNode.id;
    const kind = outcome === "failed" ? "failed" : isEnd ? "owner" : "hop";
    steps.push({ kind, node, from, via, rttMs, left: isEnd ? 0 : left(id) });
    if (outcome !== "failed") reached = node;
  }
  if (steps.at(-1)?.kind !== "owner") {
    steps.push({
      kind: "owner",
      node: answer.responsibleNode,
      from: reached,
      via: null,
      rttMs: null,
      left: 0,
    });
  }
  return {
    answer,
    asker,
    bits,
    steps,
    totalMs: answer.path.reduce((sum, { rttMs }) => sum + rttMs, 0),
    failures: answer.path.filter(({ outcome }) => outcome === "failed").length,
  };
}

/** What lay ahead before a step: after the last answer, not after a failure. */
export function leftBefore({ steps }: Timeline, index: number): number {
  const before = steps.slice(0, index).findLast(({ kind }) => kind !== "failed");
  return before?.left ?? 1;
}
