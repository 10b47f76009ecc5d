import { type NodeRef, sameNode } from "../node_ref.ts";

/** Most nodes of one walk. A larger ring is seen in part: whoever asked must not wait for minutes. */
export const walkedNodesMax = 1_024;

/** One node on the way round, with what it answered; null when it gave no answer. */
export interface WalkStop<A> {
  readonly node: NodeRef;
  readonly answer: A | null;
}

export interface WalkOptions<A> {
  readonly start: NodeRef;
  /** Asks one node for its successors and whatever else the walk is for; null when it does not answer. */
  readonly ask: (node: NodeRef) => Promise<A | null>;
  /** Ends the walk early, for those whose time is up. */
  readonly isOver?: () => boolean;
}

/**
 * Goes round the ring from successor list to successor list, until it is back where it began.
 *
 * A node that does not answer is passed over by the list of the node before it. A node seen before ends the walk:
 * pointers that are still settling may lead around in a loop that does not contain the start. Nodes and the ring
 * page in a browser walk by the same steps.
 *
 * @returns whether it came back to the start.
 */
export async function* walkRing<A extends { readonly successors: readonly NodeRef[] }>(
  { start, ask, isOver = () => false }: WalkOptions<A>,
): AsyncGenerator<WalkStop<A>, boolean, undefined> {
  const seen = new Set<string>();
  let ahead: readonly NodeRef[] = [start];
  while (seen.size < walkedNodesMax) {
    const [next, ...others] = ahead;
    if (next === undefined || isOver()) return false;
    if (seen.has(next.id)) return sameNode(next, start);
    seen.add(next.id);
    const answer = await ask(next);
    yield { node: next, answer };
    ahead = answer === null ? others : followers(answer.successors, start);
  }
  return false;
}

/** A lone node has no successor but itself. */
function followers(successors: readonly NodeRef[], start: NodeRef): readonly NodeRef[] {
  return successors.length === 0 ? [start] : successors;
}
