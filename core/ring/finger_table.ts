import { betweenThrough, type Id, type IdSpace } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";

/**
 * Shortcuts across the circle: finger i leads to the owner of self + 2^i (Stoica et al. 2001, section 4.2).
 *
 * Hints only. A wrong finger costs a hop, never an answer, so nothing here is ever waited for or agreed upon.
 */
export class FingerTable {
  readonly starts: readonly Id[];
  readonly #fingers: (NodeRef | null)[];
  #next = 0;

  constructor(readonly self: NodeRef, readonly space: IdSpace) {
    this.starts = Array.from({ length: space.bits }, (_, i) => space.addPowerOfTwo(self.id, i));
    this.#fingers = this.starts.map(() => null);
  }

  /**
   * The index whose owner should be looked up next, one a tick, round and round.
   *
   * Fingers that start within the successor's arc are set on the way without asking: of m fingers only about
   * log2 N lead elsewhere.
   */
  nextToFix(successor: NodeRef): number {
    if (this.#next >= this.starts.length) this.#next = 0;
    if (this.#next === 0) this.#next = this.#fillFrom(0, successor);
    return this.#next < this.starts.length ? this.#next : 0;
  }

  /** Takes the owner found for finger `index`, and for all after it that fall in the same arc. */
  set(index: number, node: NodeRef): void {
    this.#next = this.#fillFrom(index, node);
  }

  /** Leaves finger `index` as it is for this round. */
  pass(index: number): void {
    this.#next = index + 1;
  }

  get(index: number): NodeRef | null {
    return this.#fingers[index] ?? null;
  }

  /** Forgets a node wherever it stands; a dead finger is worse than none. */
  drop(id: Id): void {
    for (const [i, node] of this.#fingers.entries()) {
      if (node?.id === id) this.#fingers[i] = null;
    }
  }

  /** The different nodes the fingers lead to, nearest first. */
  distinct(): NodeRef[] {
    const nodes: NodeRef[] = [];
    for (const node of this.#fingers) {
      if (node !== null && !sameNode(node, nodes.at(-1)) && node.id !== this.self.id) nodes.push(node);
    }
    return nodes;
  }

  /** Sets `node` from `index` on as long as the starts lie in (self, node]; gives the first index after those. */
  #fillFrom(index: number, node: NodeRef): number {
    this.#fingers[index] = node;
    let i = index + 1;
    while (i < this.starts.length && betweenThrough(this.self.id, this.starts[i] as Id, node.id)) {
      this.#fingers[i] = node;
      i++;
    }
    return i;
  }
}
