import { ChordError } from "../core/errors.ts";
import { type NodeRef, sameNode } from "../core/node_ref.ts";
import type { Result } from "../core/protocol.ts";
import { walkRing } from "../core/ring/ring_walk.ts";
import type { CallContext, NodeService } from "../core/service.ts";
import type { RingStop } from "./ring_routes.ts";

type Neighbors = Result<"chord.neighbors">;

/** Walks the ring by asking each node for its successor list, from `node` back to itself, while there is time. */
export async function* walkByNeighbors(
  node: NodeService,
  context: CallContext,
  now: () => number = () => performance.now(),
): AsyncGenerator<RingStop, boolean, undefined> {
  const endsAtMs = now() + context.timeoutMs;
  const walk = walkRing({
    start: node.self,
    ask: (peer) => ask(node, peer, endsAtMs - now()),
    isOver: () => now() >= endsAtMs,
  });
  for (;;) {
    const step = await walk.next();
    if (step.done) return step.value;
    yield stopAt(step.value.node, step.value.answer);
  }
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
