import type { LookupAnswer, TraceNode } from "../../../components/trace/timeline.ts";

/** Lookups as nodes answer them. */

/** A node at a place of the circle: `nodeAt("4")` is at a quarter. */
export function nodeAt(prefix: string): TraceNode {
  return { id: prefix.padEnd(40, "0"), url: `http://n${prefix}:8440` };
}

export type Asked = readonly [prefix: string, via: string, outcome: "closer" | "failed" | "owner"];

/** A lookup of the point at `position`, over the nodes that were asked, each within 2 ms. */
export function lookupOf(position: string, asked: readonly Asked[], owner: string): LookupAnswer {
  return {
    key: "user:1001",
    keyHash: position.padEnd(40, "0"),
    partition: 1,
    position: position.padEnd(40, "0"),
    path: asked.map(([prefix, via, outcome]) => ({ ...nodeAt(prefix), via, outcome, rttMs: 2 })),
    hops: asked.filter(([, , outcome]) => outcome !== "failed").length,
    responsibleNode: nodeAt(owner),
    replicas: [nodeAt(owner)],
  };
}
