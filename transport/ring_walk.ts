import { ChordError } from "../core/errors.ts";
import { type NodeRef, sameNode } from "../core/node_ref.ts";
import type { Result } from "../core/protocol.ts";
import type { CallContext, NodeService } from "../core/service.ts";
import type { RingStop } from "./ring_routes.ts";

/** Most nodes of one walk. A larger ring is answered in part: a request must not take minutes. */
const ringNodesMax = 1_024;

type Neighbors = Result<"chord.neighbors">;

/**
 * Walks the ring by asking each node for its successor list, from `node` back to itself.
 *
 * A node that does not answer is passed over by the list of the node before it. A node seen before ends the
 * walk: pointers that are still settling may lead around in a loop that does not contain us.
 */
export async function* walkByNeighbors(
  node: NodeService,
  context: CallContext,
  now: () => number = () => performance.now(),
): AsyncGenerator<RingStop, boolean, undefined> {
  const endsAtMs = now() + context.timeoutMs;
  const seen = new Set<string>();
  let ahead: readonly NodeRef[] = [node.self];
  while (seen.size < ringNodesMax) {
    const [next, ...others] = ahead;
    if (next === undefined || now() >= endsAtMs) return false;
    if (seen.has(next.id)) return sameNode(next, node.self);
    seen.add(next.id);
    const neighbors = await ask(node, next, endsAtMs - now());
    yield stopAt(next, neighbors);
    ahead = neighbors === null ? others : followersOf(node, neighbors);
  }
  return false;
}

/** A lone node has no successor but itself. */
function followersOf(node: NodeService, { successors }: Neighbors): readonly NodeRef[] {
  return successors.length === 0 ? [node.self] : successors;
}

function stopAt(node: NodeRef, neighbors: Neighbors | null): RingStop {
  const { phase = null, predecessor = null } = neighbors ?? {};
  return { node, isReachable: neighbors !== null, phase, predecessor };
}

async function ask(node: NodeService, peer: NodeRef, leftMs: number): Promise<Neighbors | null> {
  const context = { timeoutMs: Math.min(leftMs, node.config.attemptTimeoutMs) };
  try {
    if (sameNode(peer, node.self)) return await node.handle("chord.neighbors", {}, context);
    return await node.callPeer(peer, "chord.neighbors", {}, context);
  } catch (error) {
    if (error instanceof ChordError) return null;
    throw error;
  }
}
