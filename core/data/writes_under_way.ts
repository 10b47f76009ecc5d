import { type Partition, type PartitionRange, partitionsOf } from "../partition.ts";

/** Writes that have begun at this node's store and not ended: what they store is acknowledged any moment. */
export class WritesUnderWay {
  readonly #running = new Map<Partition, Set<Promise<unknown>>>();

  /** Runs a write so that `drained` waits for it. */
  async run<T>(partition: Partition, write: () => Promise<T>): Promise<T> {
    const running = this.#running.get(partition) ?? new Set();
    this.#running.set(partition, running);
    const task = write();
    running.add(task);
    try {
      return await task;
    } finally {
      running.delete(task);
      if (running.size === 0 && this.#running.get(partition) === running) this.#running.delete(partition);
    }
  }

  /** Resolves when every write that has begun there has ended; what it stored is then seen by whoever reads. */
  async drained(ranges: Iterable<PartitionRange>): Promise<void> {
    if (this.#running.size === 0) return;
    const running = [...partitionsOf(ranges)].flatMap((partition) => [...this.#running.get(partition) ?? []]);
    await Promise.allSettled(running);
  }
}
