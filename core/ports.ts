import type { StoredRecord } from "./data/record.ts";
import type { Version } from "./data/version.ts";
import type { NodeRef } from "./node_ref.ts";
import type { Partition, PartitionRange } from "./partition.ts";
import type { MethodName, Params, Result } from "./protocol.ts";

/**
 * What the core asks of the world. It has no clock, dice, socket or disk of its own, so the same code runs on
 * Deno, in a browser and in the simulator. A port is the only thing that core may await.
 */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly store: Store;
  readonly log: Log;
}

export interface Clock {
  /** Milliseconds on a clock that never jumps; for spans and deadlines. */
  now(): number;
  /** Milliseconds since 1970; for versions and expiry only. */
  wallNow(): number;
  /** Resolves after `ms`. Once `stop` was called on the clock's owner it may never resolve. */
  sleep(ms: number): Promise<void>;
  /** Calls back once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

export interface Transport {
  /**
   * Calls a method of a peer and gives its checked result.
   *
   * @param timeoutMs what is left of the caller's time; passed on to the peer.
   * @throws PeerUnreachableError when the peer cannot be reached; `refused` when nobody listens there.
   * @throws DeadlineError when no answer came in time: what the peer did is unknown.
   * @throws ChordError as the peer answered it.
   */
  call<M extends MethodName>(
    peer: NodeRef,
    method: M,
    params: Params<M>,
    timeoutMs: number,
  ): Promise<Result<M>>;
}

/** Where a page of records ended; the next one begins after it. */
export interface Cursor {
  readonly partition: Partition;
  readonly key: string;
}

export interface RecordPage {
  /** Ordered by partition, then by key in UTF-8 order. Records that fail their checksum are left out. */
  readonly records: readonly StoredRecord[];
  /** Null when nothing follows. */
  readonly next: Cursor | null;
}

export interface PageLimits {
  readonly recordsMax: number;
  /** Sum of keys and values; a page holds at least one record all the same. */
  readonly bytesMax: number;
}

/**
 * The records of one node, and a few named documents about itself.
 *
 * Records expire by the caller's judgement (`isLive`), not by the store's: what is stored is given back, expired
 * or not, until a newer version or `drop` replaces it.
 */
export interface Store {
  /** The record of a key, its checksum verified; null when there is none or it is damaged. */
  get(partition: Partition, key: string): Promise<StoredRecord | null>;

  /**
   * Keeps the winner of `mergeRecords` between what is stored and `record`, and gives it back once durable.
   *
   * Merges of one key take effect in the order of the calls.
   *
   * @throws ChordError (storageFull) when there is no room; nothing of the record is then visible.
   */
  merge(partition: Partition, record: StoredRecord): Promise<StoredRecord>;

  /** The records of the range after `after`, at most one page. */
  page(range: PartitionRange, after: Cursor | null, limits: PageLimits): Promise<RecordPage>;

  /** Removes the record of a key if it is still at `version`; says whether it was. */
  drop(partition: Partition, key: string, version: Version): Promise<boolean>;

  /**
   * Removes every record, but no document. Writes that are asked for meanwhile take effect after it.
   *
   * @throws ChordError when it could not finish; some records may be gone by then.
   */
  clear(): Promise<void>;

  /** Records held, tombstones included, of the range. */
  count(range: PartitionRange): number;

  /**
   * Fingerprint of the keys and versions held of the partition, tombstones included: 16 hex digits, all zero when
   * there are none. Stores that hold the same of it give the same, in whichever order it came.
   */
  digest(partition: Partition): string;

  /**
   * Calls back for the partition of each record that is found damaged, and removed therefore, before the call that
   * found it resolves; and at once for those found before anyone listened, as when the store was opened. What the
   * store holds of such a partition is no longer all that it was given.
   */
  onDamage(listener: (partition: Partition) => void): void;

  /** False while writes fail, as on a full disk. Becomes true again by itself. */
  isWritable(): boolean;

  /**
   * Whether the room granted to the store is nearly used up, so that clients may only delete; what nodes owe each other
   * is still taken. Becomes false again by itself.
   */
  isCrowded(): boolean;

  /** The document last saved under the name, or null. */
  loadDocument(name: string): Promise<string | null>;

  /** Replaces the document; durable when it resolves. */
  saveDocument(name: string, text: string): Promise<void>;
}

/** Takes events, not sentences: the edge decides how they look. Never throws. */
export interface Log {
  (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export type LogLevel = "debug" | "info" | "warn" | "error";
