import type { StoredRecord } from "../../core/data/record.ts";
import { ExpiryIndex } from "../expiry_index.ts";
import type { HeadOutline } from "./head.ts";
import { documentsPartition, type Place, placeName } from "./layout.ts";
import { PlaceFilter } from "./place_filter.ts";
import { type HeldRecord, RecordCache } from "./record_cache.ts";
import { absentRow, type Row, type RowReader } from "./row_reader.ts";
import { Tally } from "./tally.ts";

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
  readonly #filter = new PlaceFilter();
  readonly #reading = new Map<string, Promise<Row>>();

  constructor(readonly reader: RowReader, cacheBytesMax: number) {
    this.cache = new RecordCache(cacheBytesMax);
  }

  /** The row of the place; undefined when only the disk knows. */
  find(place: Place): Row | undefined {
    if (isDocument(place)) return undefined;
    const held = this.cache.get(place.partition, place.key);
    if (held !== undefined) return { kind: "sound", held };
    return this.#filter.mayHold(place) ? undefined : absentRow;
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

  /** Takes in a row that the scan at open came by; without an outline it is unreadable, but there. */
  scanned(place: Place, outline: HeadOutline | null): void {
    this.#filter.add(place);
    this.tally.change(place.partition, 1, outline?.valueBytes ?? 0);
    const atMs = outline?.valueExpiresAtMs ?? null;
    if (atMs !== null) this.expiries.add({ ...place, atMs });
  }

  /** Takes in what a commit put at the place of `before`. */
  committed(place: Place, before: Row, after: HeldRecord | null): void {
    this.#reading.delete(placeName(place));
    if (isDocument(place)) return;
    const recordsBefore = before.kind === "absent" ? 0 : 1;
    const bytesBefore = before.kind === "sound" ? valueBytes(before.held.record) : 0;
    const bytesAfter = after === null ? 0 : valueBytes(after.record);
    this.tally.change(place.partition, (after === null ? 0 : 1) - recordsBefore, bytesAfter - bytesBefore);
    if (after === null) this.#forget(place);
    else this.#note(place, after);
  }

  /** Forgets what is cached of the place: after a commit that failed strangely, only the disk knows. */
  doubt(place: Place): void {
    this.#reading.delete(placeName(place));
    this.cache.forget(place);
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

function valueBytes({ value }: StoredRecord): number {
  return value?.length ?? 0;
}
