import { emptyDigest, SetDigest } from "../../core/data/digest.ts";
import type { Version } from "../../core/data/version.ts";
import type { Partition, PartitionRange } from "../../core/partition.ts";
import type { Place } from "./layout.ts";

/** What is counted of a record. */
export interface Counted {
  readonly version: Version;
  readonly valueBytes: number;
}

/** The figures of one partition. */
export class PartitionTally {
  readonly digest = new SetDigest();
  records = 0;
  valueBytes = 0;

  add(key: string, { version, valueBytes }: Counted): void {
    this.records++;
    this.valueBytes += valueBytes;
    this.digest.add(key, version);
  }

  remove(key: string, { version, valueBytes }: Counted): void {
    this.records--;
    this.valueBytes -= valueBytes;
    this.digest.remove(key, version);
  }
}

/** How many records each partition has, which, and how much they weigh, without asking the disk. */
export class Tally {
  readonly #tallies = new Map<Partition, PartitionTally>();
  #records = 0;
  #valueBytes = 0;

  get records(): number {
    return this.#records;
  }

  get valueBytes(): number {
    return this.#valueBytes;
  }

  add({ partition, key }: Place, counted: Counted): void {
    const tally = this.#tallies.get(partition) ?? new PartitionTally();
    if (tally.records === 0) this.#tallies.set(partition, tally);
    tally.add(key, counted);
    this.#records++;
    this.#valueBytes += counted.valueBytes;
  }

  remove({ partition, key }: Place, counted: Counted): void {
    const tally = this.#tallies.get(partition);
    if (tally === undefined) return;
    tally.remove(key, counted);
    this.#records--;
    this.#valueBytes -= counted.valueBytes;
    if (tally.records <= 0) this.replace(partition, new PartitionTally());
  }

  /** Puts figures that were made anew in the place of the partition's old ones. */
  replace(partition: Partition, fresh: PartitionTally): void {
    const old = this.#tallies.get(partition);
    this.#records += fresh.records - (old?.records ?? 0);
    this.#valueBytes += fresh.valueBytes - (old?.valueBytes ?? 0);
    if (fresh.records === 0) this.#tallies.delete(partition);
    else this.#tallies.set(partition, fresh);
  }

  clear(): void {
    this.#tallies.clear();
    this.#records = 0;
    this.#valueBytes = 0;
  }

  count({ first, last }: PartitionRange): number {
    let sum = 0;
    if (last - first < this.#tallies.size) {
      for (let partition = first; partition <= last; partition++) {
        sum += this.#tallies.get(partition)?.records ?? 0;
      }
    } else {
      for (const [partition, { records }] of this.#tallies) {
        if (partition >= first && partition <= last) sum += records;
      }
    }
    return sum;
  }

  digest(partition: Partition): string {
    return this.#tallies.get(partition)?.digest.toString() ?? emptyDigest;
  }

  /** The nearest partition above `partition` that has records; null when there is none. */
  following(partition: Partition): Partition | null {
    let nearest = Infinity;
    for (const each of this.#tallies.keys()) {
      if (each > partition && each < nearest) nearest = each;
    }
    return nearest === Infinity ? null : nearest;
  }
}
