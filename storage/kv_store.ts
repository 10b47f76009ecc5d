import { makeRecord, mergeRecords, type StoredRecord, withoutValue } from "../core/data/record.ts";
import { type Version, versionZero } from "../core/data/version.ts";
import type { Partition, PartitionRange } from "../core/partition.ts";
import type { Cursor, Log, PageLimits, RecordPage } from "../core/ports.ts";
import { DamageReports } from "./damage_reports.ts";
import { assertStorableKey } from "./keys.ts";
import { ChangeQueue, type Decide } from "./kv/change_queue.ts";
import { type OpenDirectory, openDirectory } from "./kv/directory.ts";
import { KnownRows } from "./kv/known_rows.ts";
import { documentsPartition, lostDataKey, type Place } from "./kv/layout.ts";
import { readPage } from "./kv/paging.ts";
import { assertRemovable, sweepUploads } from "./kv/pieces.ts";
import { Reserve } from "./kv/reserve.ts";
import { RowReader } from "./kv/row_reader.ts";
import { RowWriter } from "./kv/row_writer.ts";
import { Scrubber } from "./kv/scrub.ts";
import type { NodeStore, ScrubReport, StoreStats } from "./node_store.ts";
import { endlessRoom, type Room } from "./room.ts";
import { isFull, readFailure, StoreClosedError } from "./store_errors.ts";

export interface KvStoreOptions {
  /** Memory for records that were read or written lately; 0 keeps none. Default 64 MiB. */
  readonly cacheBytesMax?: number;
  /** Room on the disk that is kept for deletions; 0 keeps none. Default 4 MiB, less if there is less. */
  readonly reserveBytesMax?: number;
  /** What may be stored in all; by default as much as the disk takes. */
  readonly room?: Room;
  readonly log?: Log;
  /** How the file is opened. Tests give a database whose disk fills up. */
  readonly openKv?: (path: string) => Promise<Deno.Kv>;
}

const cacheBytesDefault = 64 * 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A store in one Deno KV file, which it is the only one to have open.
 *
 * What can be read is durable: a write that waits for its commit is seen by the writes queued behind it, and by
 * nobody else, because a crash could still undo it. A read that starts after a merge resolved sees it.
 */
export class KvStore implements NodeStore {
  readonly #directory: OpenDirectory;
  readonly #log: Log;
  readonly #room: Room;
  readonly #known: KnownRows;
  readonly #writer: RowWriter;
  readonly #queue: ChangeQueue;
  readonly #scrubber: Scrubber;
  readonly #damage = new DamageReports();
  readonly #reads = new Set<Promise<unknown>>();
  #checksumFailures = 0;
  #lostData: boolean;
  #closing: Promise<void> | null = null;

  private constructor(directory: OpenDirectory, reserve: Reserve, options: KvStoreOptions) {
    this.#directory = directory;
    this.#lostData = directory.lostData;
    this.#log = options.log ?? (() => {});
    this.#known = new KnownRows(new RowReader(directory.kv), options.cacheBytesMax ?? cacheBytesDefault);
    this.#room = options.room ?? endlessRoom;
    this.#writer = new RowWriter(directory.kv, this.#known, { reserve, room: this.#room }, (place) => {
      this.#noteDamage(place);
    });
    this.#queue = new ChangeQueue(this.#writer);
    this.#scrubber = new Scrubber(directory.kv, {
      follow: (place, head) => this.#known.reader.follow(place, head),
      inspect: async (place) => (await this.#queue.inspect(place, { isDistrusted: true })).wasDamaged,
      following: (partition) => this.#known.tally.following(partition),
      onUnreadable: (partition, error) => this.#noteUnreadable(partition, error),
    });
  }

  /**
   * Opens the store in the directory, which is made if need be, and counts what it holds. A damaged database is
   * set aside; the store is then empty and has `lostData`.
   *
   * @throws DirectoryInUseError, StoreFormatError or StoreDamagedError.
   */
  static async open(directory: string, options: KvStoreOptions = {}): Promise<KvStore> {
    return await openDirectory(directory, {
      openKv: options.openKv ?? Deno.openKv,
      log: options.log ?? (() => {}),
      ready: async (open) => {
        const reserve = await Reserve.open(directory, options.reserveBytesMax);
        const store = new KvStore(open, reserve, options);
        await store.#sweepUploads();
        await store.#scan();
        return store;
      },
    });
  }

  get generation(): string {
    return this.#directory.generation;
  }

  get lostData(): boolean {
    return this.#lostData;
  }

  get quarantined(): string | null {
    return this.#lostData ? this.#directory.quarantined : null;
  }

  get stats(): StoreStats {
    const { tally, cache } = this.#known;
    return {
      records: tally.records,
      valueBytes: tally.valueBytes,
      checksumFailures: this.#checksumFailures,
      cachedRecords: cache.size,
      cacheBytes: cache.bytes,
      commits: this.#writer.commits,
      waiting: this.#queue.waiting,
      isWritable: this.isWritable(),
    };
  }

  isWritable(): boolean {
    return this.#writer.isWritable && !this.#room.isFull() && this.#closing === null;
  }

  isCrowded(): boolean {
    return this.#room.isCrowded();
  }

  onDamage(listener: (partition: Partition) => void): void {
    this.#damage.listen(listener);
  }

  peek(partition: Partition, key: string): StoredRecord | undefined {
    return this.#known.cache.get(partition, key)?.record;
  }

  get(partition: Partition, key: string): Promise<StoredRecord | null> {
    if (this.#closing !== null) return Promise.reject(new StoreClosedError());
    const row = this.#known.find({ partition, key });
    if (row?.kind === "sound") return Promise.resolve(row.held.record);
    return row === undefined ? this.#reading(this.#read({ partition, key })) : Promise.resolve(null);
  }

  async merge(partition: Partition, record: StoredRecord): Promise<StoredRecord> {
    const place = { partition, key: record.key };
    assertStorableKey(record.key);
    assertRemovable(place, record.value?.length ?? 0);
    return await this.#change(place, record.value?.length ?? 0, (current) => {
      const winner = current === null ? record : mergeRecords(current, record);
      return [winner, winner];
    });
  }

  page(range: PartitionRange, after: Cursor | null, limits: PageLimits): Promise<RecordPage> {
    if (this.#closing !== null) return Promise.reject(new StoreClosedError());
    return this.#reading(readPage(this.#directory.kv, { range, after, limits }, {
      held: ({ partition, key }) => this.#known.cache.get(partition, key),
      follow: (place, head) => this.#known.reader.follow(place, head),
      inspect: async (place) => (await this.#queue.inspect(place)).record,
    }));
  }

  async drop(partition: Partition, key: string, version: Version): Promise<boolean> {
    return await this.#change({ partition, key }, 0, (current) => {
      const isThere = current?.version === version;
      return [isThere ? null : current, isThere];
    });
  }

  async clear(): Promise<void> {
    if (this.#closing !== null) throw new StoreClosedError();
    await this.#queue.clear();
  }

  count(range: PartitionRange): number {
    return this.#known.tally.count(range);
  }

  digest(partition: Partition): string {
    return this.#known.tally.digest(partition);
  }

  async loadDocument(name: string): Promise<string | null> {
    if (this.#closing !== null) throw new StoreClosedError();
    const record = await this.#reading(this.#read({ partition: documentsPartition, key: name }));
    return record?.value ? decoder.decode(record.value) : null;
  }

  /** Documents are records of a kind, for the sake of their checksum and of values of any length. */
  async saveDocument(name: string, text: string): Promise<void> {
    const place = { partition: documentsPartition, key: name };
    const value = encoder.encode(text);
    assertStorableKey(name);
    assertRemovable(place, value.length);
    const record = makeRecord({
      key: name,
      value,
      version: versionZero,
      expiresAtMs: null,
      requestId: null,
    });
    await this.#change(place, value.length, () => [record, undefined]);
  }

  async sweepExpired(wallNowMs: number, batchMax: number): Promise<number> {
    if (this.#closing !== null) throw new StoreClosedError();
    const due = this.#known.expiries.takeDue(wallNowMs, batchMax);
    const swept = await Promise.allSettled(due.map((expiry) => this.#sweep(expiry, wallNowMs)));
    for (const [i, expiry] of due.entries()) {
      if (swept[i]?.status === "rejected") this.#known.expiries.add(expiry);
    }
    const failure = swept.find((outcome) => outcome.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    return swept.filter((outcome) => outcome.status === "fulfilled" && outcome.value).length;
  }

  async scrub(recordsMax: number): Promise<ScrubReport> {
    if (this.#closing !== null) throw new StoreClosedError();
    await this.#queue.recount();
    return await this.#reading(this.#scrubber.scrub(recordsMax));
  }

  async acceptLoss(): Promise<void> {
    if (this.#closing !== null) throw new StoreClosedError();
    await this.#reading(this.#directory.kv.delete(lostDataKey));
    this.#lostData = false;
  }

  close(): Promise<void> {
    return this.#closing ??= this.#drain();
  }

  /** Deno KV rejects what is under way when it is closed, so nothing may be. */
  async #drain(): Promise<void> {
    await Promise.allSettled(this.#reads);
    await this.#queue.idle();
    this.#directory.close();
  }

  async #read(place: Place): Promise<StoredRecord | null> {
    const row = await this.#known.read(place);
    if (row.kind === "damaged") return (await this.#queue.inspect(place)).record;
    return row.kind === "sound" ? row.held.record : null;
  }

  async #sweep(place: Place, wallNowMs: number): Promise<boolean> {
    return await this.#change(place, 0, (current) => {
      const isDue = current !== null && current.value !== null && current.expiresAtMs !== null &&
        current.expiresAtMs <= wallNowMs;
      return [isDue ? withoutValue(current) : current, isDue];
    });
  }

  #change<T>(place: Place, bytes: number, decide: Decide<T>): Promise<T> {
    if (this.#closing !== null) return Promise.reject(new StoreClosedError());
    return this.#queue.change(place, bytes, decide);
  }

  async #reading<T>(read: Promise<T>): Promise<T> {
    this.#reads.add(read);
    try {
      return await read;
    } catch (error) {
      throw readFailure(error);
    } finally {
      this.#reads.delete(read);
    }
  }

  async #sweepUploads(): Promise<void> {
    try {
      const uploads = await sweepUploads(this.#directory.kv);
      if (uploads > 0) this.#log("info", "store.uploadsSwept", { uploads });
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#log("warn", "store.uploadsLeft", { error });
    }
  }

  async #scan(): Promise<void> {
    const unreadable = await this.#known.scan();
    await Promise.all(unreadable.map((place) => this.#queue.inspect(place)));
  }

  #noteDamage({ partition, key }: Place): void {
    this.#checksumFailures++;
    this.#log("error", "store.recordDamaged", { partition, key });
    if (partition !== documentsPartition) this.#damage.report(partition);
  }

  #noteUnreadable(partition: Partition, error: unknown): void {
    this.#log("error", "store.unreadable", { partition, error });
    this.#damage.report(partition);
  }
}
