import type { Partition } from "../core/partition.ts";

/** Passes on which partitions had a damaged record. What nobody heard waits for the next one to listen. */
export class DamageReports {
  readonly #listeners: ((partition: Partition) => void)[] = [];
  readonly #sinceLastListener = new Set<Partition>();

  report(partition: Partition): void {
    this.#sinceLastListener.add(partition);
    for (const listener of this.#listeners) listener(partition);
  }

  listen(listener: (partition: Partition) => void): void {
    this.#listeners.push(listener);
    const missed = [...this.#sinceLastListener];
    this.#sinceLastListener.clear();
    for (const partition of missed) listener(partition);
  }
}
