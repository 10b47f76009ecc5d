import type { HybridClock } from "./version.ts";

/**
 * Keeps the clock's bound on disk ahead of the versions that are told to others, about once a second while there are
 * any. Writes that need it at the same time share one save.
 */
export class ClockBound {
  /** What the node's document has to say. */
  ms: number;
  #saving: Promise<void> | null = null;

  /** @param persist makes `ms` durable, as it is when it is called. */
  constructor(readonly clock: HybridClock, readonly persist: () => Promise<void>) {
    this.ms = clock.boundMs;
  }

  /** To be called after a version was made and before anybody is told of it. */
  async keep(): Promise<void> {
    while (this.clock.needsBound() !== null) {
      this.#saving ??= this.#raise().finally(() => this.#saving = null);
      await this.#saving;
    }
  }

  async #raise(): Promise<void> {
    const boundMs = this.clock.needsBound();
    if (boundMs === null) return;
    this.ms = Math.max(this.ms, boundMs);
    await this.persist();
    this.clock.bounded(boundMs);
  }
}
