import type { Partition } from "../../core/partition.ts";
import type { ScrubReport } from "../node_store.ts";
import { outlineHead } from "./head.ts";
import { listHeads } from "./head_listing.ts";
import { type Place, recordsPrefix } from "./layout.ts";
import type { Row } from "./row_reader.ts";

/** What a scrub needs of the store around it. */
export interface ScrubbedStore {
  /** The row that begins with this head, from disk. */
  follow(place: Place, head: unknown): Promise<Row>;
  /** Looks again while nothing is written, and does away with what is damaged; says whether it was. */
  inspect(place: Place): Promise<boolean>;
  /** The nearest partition above that has records; null when there is none. */
  following(partition: Partition): Partition | null;
  /** A stretch of the file cannot be read, and some of it belongs to this partition. */
  onUnreadable(partition: Partition, error: unknown): void;
}

/** Rows asked for at once, and the most bytes of values in one call: a few milliseconds of the disk's time. */
const batchRows = 100;
const bytesMax = 4 * 1024 * 1024;

/** Everything up to the partitions that no ring has. */
const end = [...recordsPrefix, Infinity];

/**
 * Reads all records again and again, a few at a time, to find damage before a reader does.
 *
 * A listing that fails says nothing about where. So the rows of the failed batch are asked for one by one, up to
 * the one that fails; its partition is reported, and the scrub goes on behind it.
 */
export class Scrubber {
  #start: Deno.KvKey = recordsPrefix;
  #partition: Partition = -1;
  #batchRows = batchRows;

  constructor(readonly kv: Deno.Kv, readonly store: ScrubbedStore) {}

  async scrub(recordsMax: number): Promise<ScrubReport> {
    let [scanned, damaged, bytes] = [0, 0, 0];
    const report = (isWrapped: boolean) => ({ scanned, damaged, isWrapped });
    try {
      const batchSize = Math.min(this.#batchRows, recordsMax);
      for await (const { place, head } of listHeads(this.kv, { start: this.#start, end }, { batchSize })) {
        if (!await this.#isSound(place, head)) damaged++;
        this.#passed(place);
        bytes += outlineHead(head)?.valueBytes ?? 0;
        if (++scanned < recordsMax && bytes < bytesMax) continue;
        this.#batchRows = batchRows;
        return report(false);
      }
    } catch (error) {
      if (this.#batchRows === 1) damaged++;
      return report(this.#failed(error));
    }
    this.#goTo(null);
    return report(true);
  }

  async #isSound(place: Place, head: unknown): Promise<boolean> {
    try {
      const row = await this.store.follow(place, head);
      return row.kind === "sound" || !await this.store.inspect(place);
    } catch (error) {
      this.store.onUnreadable(place.partition, error);
      return false;
    }
  }

  #passed({ partition, key }: Place): void {
    this.#partition = partition;
    this.#start = [...recordsPrefix, partition, `${key}\0`];
  }

  /** Says whether there was nothing behind the row that failed. */
  #failed(error: unknown): boolean {
    if (this.#batchRows > 1) {
      this.#batchRows = 1;
      return false;
    }
    const partition = this.#partition >= 0 ? this.#partition : this.store.following(-1);
    if (partition !== null) this.store.onUnreadable(partition, error);
    const next = partition === null ? null : this.store.following(partition);
    this.#goTo(next);
    return next === null;
  }

  /** On to the first record of the partition; null begins anew. */
  #goTo(partition: Partition | null): void {
    this.#batchRows = batchRows;
    this.#partition = partition ?? -1;
    this.#start = partition === null ? recordsPrefix : [...recordsPrefix, partition];
  }
}
