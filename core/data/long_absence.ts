import { type Partition, type PartitionRange, partitionsOf } from "../partition.ts";
import type { Replicas } from "./replicas.ts";
import { type Version, versionMs } from "./version.ts";

/**
 * What a node does not know after it was away for long: which of its records are the past of deletions that others
 * have forgotten meanwhile.
 */
export class LongAbsence {
  /** Partitions of which that may be so, until it is known better. */
  readonly stale = new Set<Partition>();

  constructor(readonly replicas: Pick<Replicas, "get" | "keptSinceMs">) {}

  /**
   * Whether what we have of the partition from before this life may be over without our knowing it: never where
   * others count on our copy, as nothing is forgotten without it. It is given to nobody, and counts for nothing,
   * until the others have judged it (core/data/sync.ts).
   */
  isStale(partition: Partition): boolean {
    if (!this.stale.has(partition)) return false;
    const state = this.replicas.get(partition);
    return state === null || !(state.isSynced || state.wasSynced);
  }

  isWithheld(partition: Partition, version: Version): boolean {
    return this.isStale(partition) && versionMs(version) < this.replicas.keptSinceMs(partition);
  }

  /** Where others have completed our copy, or count on it in a view that is new to us, nothing is stale any more. */
  noteComplete(ranges: Iterable<PartitionRange>): void {
    if (this.stale.size === 0) return;
    for (const partition of partitionsOf(ranges)) {
      if (this.replicas.get(partition)?.isSynced === true) this.stale.delete(partition);
    }
  }
}
