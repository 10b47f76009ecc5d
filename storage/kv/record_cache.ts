import type { StoredRecord } from "../../core/data/record.ts";
import type { Pieces } from "./head.ts";
import type { Place } from "./layout.ts";

/** A record as it lies on disk: with its value, and where the pieces of that are. */
export interface HeldRecord {
  readonly record: StoredRecord;
  readonly pieces: Pieces | null;
}

interface Entry {
  readonly partition: number;
  readonly held: HeldRecord;
  readonly bytes: number;
  wasRead: boolean;
}

/** What a cached record takes beside its key and value: measured 729 B for a record of 100 B (deno.md 9). */
const overheadBytes = 730;

/** A record that would push out more than this share of the others is not worth keeping. */
const shareMax = 1 / 8;

/**
 * Durable records in memory, up to a number of bytes.
 *
 * Gives way like a clock with a second chance: a record that was read since the hand last passed stays for one
 * more round. That is close to least-recently-used, and reading moves nothing, which keeps the hot path at one
 * Map lookup. Keyed by the key alone, because in a ring a key has one partition; of a key that appears in two
 * of them, only the last seen is cached.
 */
export class RecordCache {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(readonly bytesMax: number) {}

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(partition: number, key: string): HeldRecord | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.partition !== partition) return undefined;
    entry.wasRead = true;
    return entry.held;
  }

  put(partition: number, held: HeldRecord): void {
    const { key, value } = held.record;
    this.#remove(key);
    const bytes = overheadBytes + key.length + (value?.length ?? 0);
    if (bytes > this.bytesMax * shareMax) return;
    this.#entries.set(key, { partition, held: onItsOwn(held), bytes, wasRead: false });
    this.#bytes += bytes;
    this.#makeRoom();
  }

  forget({ partition, key }: Place): void {
    if (this.#entries.get(key)?.partition === partition) this.#remove(key);
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  #makeRoom(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.bytesMax) return;
      this.#remove(key);
      if (entry.wasRead) this.#moveToEnd(key, entry);
    }
  }

  #moveToEnd(key: string, entry: Entry): void {
    entry.wasRead = false;
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
  }
}

/** The record with a value of its own: a small view would keep the whole request body it was cut from alive. */
function onItsOwn(held: HeldRecord): HeldRecord {
  const { value } = held.record;
  if (value === null || value.buffer.byteLength <= 2 * value.byteLength + overheadBytes) return held;
  return { ...held, record: { ...held.record, value: value.slice() } };
}
