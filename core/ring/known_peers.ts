import type { Id } from "../id.ts";
import type { NodeRef } from "../node_ref.ts";

/** Peers remembered; the oldest unheard ones go first. Enough to find back into a ring of any size. */
export const knownPeersMax = 1_024;

/**
 * Everyone this node has met, in or out of its ring, the most recently met last.
 *
 * Pointers say who the neighbours are; this says where to look when all of them are gone, and which peers might
 * have formed a ring of their own (chord.md 6.2). It is kept over restarts.
 */
export class KnownPeers {
  readonly #peers = new Map<Id, NodeRef>();

  constructor(readonly self: NodeRef, peers: Iterable<NodeRef> = []) {
    for (const peer of peers) this.meet(peer);
  }

  /** Remembers the peer as the one met last. Gives the one that had to make room for it, if any. */
  meet(peer: NodeRef): NodeRef | null {
    if (peer.id === this.self.id) return null;
    this.#peers.delete(peer.id);
    this.#peers.set(peer.id, peer);
    if (this.#peers.size <= knownPeersMax) return null;
    const [oldest = null] = this.#peers.values();
    if (oldest !== null) this.#peers.delete(oldest.id);
    return oldest;
  }

  get size(): number {
    return this.#peers.size;
  }

  get(id: Id): NodeRef | null {
    return this.#peers.get(id) ?? null;
  }

  forget(id: Id): void {
    this.#peers.delete(id);
  }

  /** All peers, the most recently met first. */
  all(): NodeRef[] {
    return [...this.#peers.values()].reverse();
  }
}
