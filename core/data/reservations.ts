import type { Version } from "./version.ts";

/** A coordinator that has died must not hold a key for longer than its clients wait. */
const heldMsMax = 5_000;

/**
 * Keys that a conditional write is about to change. A copy grants one at a time, so of several writes with the same
 * condition only one finds enough copies, and the others leave no trace.
 *
 * In memory only: a copy that restarts in between may grant twice, and then the copies' own check of the base decides.
 */
export class Reservations {
  readonly #held = new Map<string, { readonly version: Version; readonly untilMs: number }>();

  /** @param now of the monotonic clock. */
  constructor(readonly now: () => number) {}

  /** Whether the key is free for the write of this version, or held by it already. */
  isFree(key: string, version: Version): boolean {
    const held = this.#held.get(key);
    return held === undefined || held.version === version || held.untilMs <= this.now();
  }

  hold(key: string, version: Version): void {
    this.#held.set(key, { version, untilMs: this.now() + heldMsMax });
    for (const [other, { untilMs }] of this.#held) {
      if (untilMs > this.now()) return;
      this.#held.delete(other);
    }
  }

  release(key: string, version: Version): void {
    if (this.#held.get(key)?.version === version) this.#held.delete(key);
  }
}
