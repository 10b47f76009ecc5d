import { mergeRecords, type StoredRecord, withoutValue } from "../core/data/record.ts";
import { emptyDigest, SetDigest } from "../core/data/digest.ts";
import type { Version } from "../core/data/version.ts";
import type { Partition, PartitionRange } from "../core/partition.ts";
import type { Cursor, PageLimits, RecordPage } from "../core/ports.ts";
import { DamageReports } from "./damage_reports.ts";
import { ExpiryIndex } from "./expiry_index.ts";
import { assertStorableKey, compareKeys, utf8Bytes } from "./keys.ts";
import type { NodeStore, ScrubReport, StoreStats } from "./node_store.ts";
import { StorageFullError, StoreClosedError } from "./store_errors.ts";

/** The records of one partition; `order` is made when a page asks for it, and null once it no longer holds. */
interface Shelf {
  readonly records: Map<string, StoredRecord>;
  readonly digest: SetDigest;
  order: readonly string[] | null;
}

/**
 * A store that forgets with its process: for the simulator, for tests and for `--memory`.
 *
 * Every call has taken effect when it returns its (already settled) promise, so a simulated run with it is a
 * function of its seed. A simulated crash that keeps the disk keeps this object; one that loses it makes a new
 * one. Checksums are not verified: what never left memory is as it was put.
 */
export class MemoryStore implements NodeStore {
  readonly lostData = false;
  readonly quarantined = null;
  /** Set by whoever plays a full disk: nothing more can be written, what is there can be read and removed. */
  isFull = false;
  /** As if the room for data were nearly used up. */
  isNearlyFull = false;
  readonly #shelves = new Map<Partition, Shelf>();
  readonly #documents = new Map<string, string>();
  readonly #expiries = new ExpiryIndex();
  readonly #damage = new DamageReports();
  #partitions: readonly Partition[] | null = null;
  #records = 0;
  #valueBytes = 0;
  #isClosed = false;

  /** @param generation given rather than drawn, for the simulator's sake. */
  constructor(readonly generation = "memory") {}

  get stats(): StoreStats {
    return {
      records: this.#records,
      valueBytes: this.#valueBytes,
      checksumFailures: 0,
      cachedRecords: this.#records,
      cacheBytes: this.#valueBytes,
      commits: 0,
      waiting: 0,
      isWritable: this.isWritable(),
    };
  }

  isWritable(): boolean {
    return !this.#isClosed && !this.isFull;
  }

  isCrowded(): boolean {
    return this.isNearlyFull;
  }

  onDamage(listener: (partition: Partition) => void): void {
    this.#damage.listen(listener);
  }

  /** Plays a damaged record that somebody comes upon: it is removed and reported. Says whether there was one. */
  damage(partition: Partition, key: string): boolean {
    const shelf = this.#shelves.get(partition);
    const record = shelf?.records.get(key);
    if (shelf === undefined || record === undefined) return false;
    this.#remove(partition, shelf, record);
    this.#damage.report(partition);
    return true;
  }

  peek(partition: Partition, key: string): StoredRecord | undefined {
    return this.#shelves.get(partition)?.records.get(key);
  }

  get(partition: Partition, key: string): Promise<StoredRecord | null> {
    return this.#settle(() => this.peek(partition, key) ?? null);
  }

  merge(partition: Partition, record: StoredRecord): Promise<StoredRecord> {
    return this.#settle(() => {
      const current = this.peek(partition, record.key);
      if (current === undefined) assertStorableKey(record.key);
      const winner = current === undefined ? record : mergeRecords(current, record);
      if (winner === current) return winner;
      this.#assertRoom();
      this.#put(partition, winner);
      return winner;
    });
  }

  page(range: PartitionRange, after: Cursor | null, limits: PageLimits): Promise<RecordPage> {
    return this.#settle(() => {
      const records: StoredRecord[] = [];
      let bytes = 0;
      let last: Cursor | null = null;
      for (const [partition, record] of this.#following(range, after)) {
        bytes += utf8Bytes(record.key) + (record.value?.length ?? 0);
        const isFull = records.length >= limits.recordsMax || bytes > limits.bytesMax;
        if (isFull && last !== null) return { records, next: last };
        records.push(record);
        last = { partition, key: record.key };
      }
      return { records, next: null };
    });
  }

  drop(partition: Partition, key: string, version: Version): Promise<boolean> {
    return this.#settle(() => {
      const shelf = this.#shelves.get(partition);
      const current = shelf?.records.get(key);
      if (shelf === undefined || current?.version !== version) return false;
      this.#remove(partition, shelf, current);
      return true;
    });
  }

  clear(): Promise<void> {
    return this.#settle(() => {
      this.#shelves.clear();
      this.#expiries.clear();
      this.#partitions = null;
      this.#records = 0;
      this.#valueBytes = 0;
    });
  }

  count({ first, last }: PartitionRange): number {
    if (first === last) return this.#shelves.get(first)?.records.size ?? 0;
    let sum = 0;
    for (const [partition, { records }] of this.#shelves) {
      if (partition >= first && partition <= last) sum += records.size;
    }
    return sum;
  }

  digest(partition: Partition): string {
    return this.#shelves.get(partition)?.digest.toString() ?? emptyDigest;
  }

  loadDocument(name: string): Promise<string | null> {
    return this.#settle(() => this.#documents.get(name) ?? null);
  }

  saveDocument(name: string, text: string): Promise<void> {
    return this.#settle(() => {
      this.#assertRoom();
      this.#documents.set(name, text);
    });
  }

  sweepExpired(wallNowMs: number, batchMax: number): Promise<number> {
    return this.#settle(() => {
      const due = this.#expiries.takeDue(wallNowMs, batchMax);
      for (const { partition, key } of due) {
        const record = this.peek(partition, key);
        if (record !== undefined) this.#put(partition, withoutValue(record));
      }
      return due.length;
    });
  }

  /** There is no disk to look at. */
  scrub(): Promise<ScrubReport> {
    return this.#settle(() => ({ scanned: 0, damaged: 0, isWrapped: true }));
  }

  acceptLoss(): Promise<void> {
    return this.#settle(() => {});
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #put(partition: Partition, record: StoredRecord): void {
    const shelf = this.#shelfOf(partition);
    const before = shelf.records.get(record.key);
    if (before === undefined) {
      shelf.order = null;
      this.#records++;
    } else shelf.digest.remove(before.key, before.version);
    shelf.digest.add(record.key, record.version);
    this.#valueBytes += (record.value?.length ?? 0) - (before?.value?.length ?? 0);
    shelf.records.set(record.key, record);
    this.#expiries.note(partition, record);
  }

  #shelfOf(partition: Partition): Shelf {
    const known = this.#shelves.get(partition);
    if (known !== undefined) return known;
    const shelf: Shelf = { records: new Map(), digest: new SetDigest(), order: null };
    this.#shelves.set(partition, shelf);
    this.#partitions = null;
    return shelf;
  }

  #remove(partition: Partition, shelf: Shelf, record: StoredRecord): void {
    shelf.records.delete(record.key);
    shelf.digest.remove(record.key, record.version);
    shelf.order = null;
    this.#records--;
    this.#valueBytes -= record.value?.length ?? 0;
    this.#expiries.forget(partition, record.key);
    if (shelf.records.size > 0) return;
    this.#shelves.delete(partition);
    this.#partitions = null;
  }

  *#following(range: PartitionRange, after: Cursor | null): Generator<[Partition, StoredRecord]> {
    this.#partitions ??= [...this.#shelves.keys()].sort((a, b) => a - b);
    const partitions = this.#partitions;
    const first = Math.max(range.first, after?.partition ?? range.first);
    for (let i = firstIndex(partitions, (partition) => partition >= first); i < partitions.length; i++) {
      const partition = partitions[i] as Partition;
      if (partition > range.last) return;
      const start = after?.partition === partition ? after.key : null;
      for (const record of this.#onShelf(partition, start)) yield [partition, record];
    }
  }

  *#onShelf(partition: Partition, after: string | null): Generator<StoredRecord> {
    const shelf = this.#shelfOf(partition);
    const order = shelf.order ??= [...shelf.records.keys()].sort(compareKeys);
    const start = after === null ? 0 : firstIndex(order, (key) => compareKeys(key, after) > 0);
    for (let i = start; i < order.length; i++) {
      const record = shelf.records.get(order[i] as string);
      if (record !== undefined) yield record;
    }
  }

  #assertRoom(): void {
    if (this.isFull) throw new StorageFullError();
  }

  /** What `work` gives or throws, as a promise that is settled already. */
  #settle<T>(work: () => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(new StoreClosedError());
    try {
      return Promise.resolve(work());
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

/** Index of the first item that fits, in an order where all that follow it fit too. */
function firstIndex<T>(items: readonly T[], fits: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
