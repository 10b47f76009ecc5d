import { type NodeRef, sameNode } from "../node_ref.ts";
import type { PartitionRange } from "../partition.ts";

/** A node is gone that answered, or may have answered, for partitions that are ours now. */
export interface Bequest {
  readonly from: NodeRef;
  /** Null: whichever of ours it was asked about in vain. */
  readonly ranges: readonly PartitionRange[] | null;
  readonly atMs: number;
}

/** What nodes that are gone may have left to us, until the ring has said whose it is. */
export class Bequests {
  #bequests: Bequest[] = [];

  /** @param now of the monotonic clock. */
  constructor(readonly now: () => number) {}

  all(): readonly Bequest[] {
    return this.#bequests;
  }

  add(from: NodeRef, ranges: readonly PartitionRange[] | null): void {
    this.#bequests.push({ from, ranges, atMs: this.now() });
  }

  /** `asked` knows nothing of what it was thought to leave to us, but suspects `hints`, which are gone too. */
  redirect(asked: NodeRef | null, hints: readonly NodeRef[]): void {
    if (hints.length === 0) return;
    if (asked !== null) this.#bequests = this.#bequests.filter(({ from }) => !sameNode(from, asked));
    for (const hint of hints) {
      const isKnown = this.#bequests.some(({ from, ranges }) => ranges === null && sameNode(from, hint));
      if (!isKnown) this.add(hint, null);
    }
  }

  /** The node left with nothing left behind: it was asked in vain because it had nothing. */
  dropUnknownOf(node: NodeRef): void {
    this.#bequests = this.#bequests.filter(({ from, ranges }) => ranges !== null || !sameNode(from, node));
  }

  /** To be called once nothing of ours is in question any more. */
  clear(): void {
    this.#bequests = [];
  }
}
