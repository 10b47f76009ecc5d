import type { Store } from "../core/ports.ts";
import type { StoredRecord } from "../core/data/record.ts";
import type { Partition } from "../core/partition.ts";

/** What a node's edge asks of its store beyond what the core does: the hot path, upkeep and figures. */
export interface NodeStore extends Store {
  /** Random name of this filling of the store; it changes when the data was lost. */
  readonly generation: string;

  /**
   * True when the directory once held data that is no longer there, so that an absence here proves nothing.
   *
   * It survives restarts until `acceptLoss`: a node that died between noticing the loss and acting on it would
   * otherwise come up as a healthy empty one, and might found a second ring.
   */
  readonly lostData: boolean;

  /** Where the last database is that was too damaged to be opened; null unless `lostData`. */
  readonly quarantined: string | null;

  readonly stats: StoreStats;

  /** The durable record if it is in memory; undefined says only that it is not in memory. */
  peek(partition: Partition, key: string): StoredRecord | undefined;

  /**
   * Takes the value out of at most `batchMax` records that are past their expiry, and says out of how many.
   *
   * A record keeps its version, so this is no write and never goes through `merge`: between two records of one
   * version the merge picks by checksum, which would refuse every other sweep. A peer that still has the value
   * may bring it back by the same rule; it is then due again at once. Readers never see either (`isLive`).
   */
  sweepExpired(wallNowMs: number, batchMax: number): Promise<number>;

  /**
   * Reads and verifies at most `recordsMax` records, from disk and not from memory, beginning where the last call
   * ended. Damage is dealt with as if a reader had come upon it. May not run beside itself.
   */
  scrub(recordsMax: number): Promise<ScrubReport>;

  /** Clears `lostData`: the node has joined as one that has to be refilled. */
  acceptLoss(): Promise<void>;

  /** Finishes what was asked, then lets go of the files. Later calls reject with `StoreClosedError`. */
  close(): Promise<void>;
}

/** What one call of `scrub` went through. */
export interface ScrubReport {
  /** Records read and verified. */
  readonly scanned: number;
  /** Of those, the damaged ones; and stretches of the file that cannot be read. */
  readonly damaged: number;
  /** Whether the last record was reached; the next call begins with the first one again. */
  readonly isWrapped: boolean;
}

/** Figures for the metrics and the console. */
export interface StoreStats {
  /** Records held, tombstones included. */
  readonly records: number;
  /** Bytes of their values. */
  readonly valueBytes: number;
  /** Records and documents that were found damaged since the start. */
  readonly checksumFailures: number;
  readonly cachedRecords: number;
  readonly cacheBytes: number;
  /** Atomic commits made since the start; together with the writes it tells how well they travel in groups. */
  readonly commits: number;
  /** Writes that wait for their commit. */
  readonly waiting: number;
  /** False from a commit that failed until one that brings a value succeeds. */
  readonly isWritable: boolean;
}
