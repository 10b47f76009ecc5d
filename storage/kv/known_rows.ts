import { isIntact, type StoredRecord } from "../../core/data/record.ts";
import type { Partition } from "../../core/partition.ts";
import { ExpiryIndex } from "../expiry_index.ts";
import { type HeadOutline, outlineHead } from "./head.ts";
import { listHeads } from "./head_listing.ts";
import { documentsPartition, headsOf, type Place, placeName, recordsPrefix } from "./layout.ts";
import { PlaceFilter } from "./place_filter.ts";
import { type HeldRecord, RecordCache } from "./record_cache.ts";
import { absentRow, type Row, type RowReader } from "./row_reader.ts";
import { type Counted, PartitionTally, Tally } from "./tally.ts";

/** Rows that a scan asks for at once. */
const scanRows = 500;

/**
 * What is known of the rows without asking the disk, and the way to the disk for the rest.
 *
 * Holds durable rows only. It is complete because the store is the file's one writer: what the scan at open
 * did not see and no commit brought is not there.
 */
export class KnownRows {
  readonly cache: RecordCache;
  readonly tally = new Tally();
  readonly expiries = new ExpiryIndex();
  #filter = new PlaceFilter();
  readonly #reading = new Map<string, Promise<Row>>();

  constructor(readonly reader: RowReader, cacheBytesMax: number) {
    this.cache = new RecordCache(cacheBytesMax);
  }

  /** Looks at every head there is; gives the places of those that cannot be read. */
  async scan(): Promise<Place[]> {
    const unreadable: Place[] = [];
    const all = listHeads(this.reader.kv, { prefix: recordsPrefix }, { batchSize: scanRows });
    for await (const { place, head } of all) {
      const outline = outlineHead(head);
      this.#filter.add(place);
      if (outline === null) unreadable.push(place);
      else this.#scanned(place, outline);
    }
    return unreadable;
  }

  /**
   * Counts a partition anew, by the heads that stand on disk. Nothing may be committed meanwhile.
   *
   * What a damaged row was counted for is written nowhere else, and neither is the outcome of a commit that
   * failed strangely.
   */
  async recount(partition: Partition): Promise<void> {
    const fresh = new PartitionTally();
    for await (
      const { place, head } of listHeads(this.reader.kv, headsOf(partition), { batchSize: scanRows })
    ) {
      const outline = outlineHead(head);
      if (outline !== null) fresh.add(place.key, outline);
    }
    this.tally.replace(partition, fresh);
  }

  /** The row of the place; undefined when only the disk knows. */
  find(place: Place): Row | undefined {
    if (isDocument(place)) return undefined;
    const held = this.cache.get(place.partition, place.key);
    if (held !== undefined) return { kind: "sound", held };
    return this.#filter.mayHold(place) ? undefined : absentRow;
  }

  /** The record of the place that is in memory, if it is as it was sealed. */
  cached({ partition, key }: Place): StoredRecord | null {
    const record = this.cache.get(partition, key)?.record;
    return record !== undefined && isIntact(record) ? record : null;
  }

  /** Reads the row from disk and caches it; callers that ask for one place meanwhile share the read. */
  async read(place: Place): Promise<Row> {
    const name = placeName(place);
    const shared = this.#reading.get(name);
    if (shared !== undefined) return await shared;
    const read = this.reader.read(place);
    this.#reading.set(name, read);
    try {
      const row = await read;
      if (this.#reading.get(name) === read && row.kind === "sound") this.#remember(place, row.held);
      return row;
    } finally {
      if (this.#reading.get(name) === read) this.#reading.delete(name);
    }
  }

  /** Must be called before a record is committed: from then on its place may not count as absent. */
  expect(place: Place): void {
    this.#filter.add(place);
  }

  /** Takes in what a commit put at the place of `before`. After a damaged row its partition has to be recounted. */
  committed(place: Place, before: Row, after: HeldRecord | null): void {
    this.#reading.delete(placeName(place));
    if (isDocument(place)) return;
    if (before.kind === "sound") this.tally.remove(place, countedOf(before.held.record));
    if (after !== null) this.tally.add(place, countedOf(after.record));
    if (after === null) this.#forget(place);
    else this.#note(place, after);
  }

  /** Takes in that a commit removed the row, of which no more is known than its head. */
  removed(place: Place, outline: HeadOutline | null): void {
    this.#reading.delete(placeName(place));
    if (outline !== null) this.tally.remove(place, outline);
    this.#forget(place);
  }

  /** Takes in that there is no record any more. */
  cleared(): void {
    this.tally.clear();
    this.#filter = new PlaceFilter();
  }

  /** Forgets what is cached of the place: after a commit that failed strangely, only the disk knows. */
  doubt(place: Place): void {
    this.#reading.delete(placeName(place));
    this.cache.forget(place);
  }

  #scanned(place: Place, outline: HeadOutline): void {
    this.tally.add(place, outline);
    const atMs = outline.valueExpiresAtMs;
    if (atMs !== null) this.expiries.add({ ...place, atMs });
  }

  #note(place: Place, held: HeldRecord): void {
    this.cache.put(place.partition, held);
    this.expiries.note(place.partition, held.record);
  }

  #forget(place: Place): void {
    this.cache.forget(place);
    this.expiries.forget(place.partition, place.key);
  }

  #remember(place: Place, held: HeldRecord): void {
    if (!isDocument(place)) this.cache.put(place.partition, held);
  }
}

function isDocument({ partition }: Place): boolean {
  return partition === documentsPartition;
}

function countedOf({ version, value }: StoredRecord): Counted {
  return { version, valueBytes: value?.length ?? 0 };
}
