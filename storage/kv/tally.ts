import type { Partition, PartitionRange } from "../../core/partition.ts";

/** How many records each partition has, and how much they weigh, without asking the disk. */
export class Tally {
  readonly #recordsOf = new Map<Partition, number>();
  #records = 0;
  #valueBytes = 0;

  get records(): number {
    return this.#records;
  }

  get valueBytes(): number {
    return Math.max(0, this.#valueBytes);
  }

  /** Adds, or with negative numbers takes away. */
  change(partition: Partition, records: number, valueBytes: number): void {
    this.#records += records;
    this.#valueBytes += valueBytes;
    if (records === 0) return;
    const left = (this.#recordsOf.get(partition) ?? 0) + records;
    if (left === 0) this.#recordsOf.delete(partition);
    else this.#recordsOf.set(partition, left);
  }

  count({ first, last }: PartitionRange): number {
    let sum = 0;
    if (last - first < this.#recordsOf.size) {
      for (let partition = first; partition <= last; partition++) sum += this.#recordsOf.get(partition) ?? 0;
    } else {
      for (const [partition, records] of this.#recordsOf) {
        if (partition >= first && partition <= last) sum += records;
      }
    }
    return sum;
  }
}
