import type { Id } from "../id.ts";

/** How long a peer that lied is not asked the way; doubles with each further lie up to the last. */
const firstMs = 10_000;
const lastMs = 10 * 60_000;

/** Liars remembered; beyond it the oldest are forgotten. */
const liarsMax = 1_024;

interface Penalty {
  readonly untilMs: number;
  readonly spanMs: number;
}

/**
 * Peers whose answers were not what an honest node says.
 *
 * They are no longer asked for the way, nor as witnesses. Neighbours and keepers they remain: who stands in the ring
 * is a matter of being there, and one node's opinion must not change it.
 */
export class Penalties {
  readonly #penalties = new Map<Id, Penalty>();

  lied(id: Id, nowMs: number): void {
    const before = this.#penalties.get(id);
    const isFresh = before === undefined || nowMs >= before.untilMs + before.spanMs;
    const spanMs = isFresh ? firstMs : Math.min(2 * before.spanMs, lastMs);
    this.#penalties.delete(id);
    this.#penalties.set(id, { untilMs: nowMs + spanMs, spanMs });
    if (this.#penalties.size <= liarsMax) return;
    for (const oldest of this.#penalties.keys()) return this.forget(oldest);
  }

  isPaying(id: Id, nowMs: number): boolean {
    return nowMs < (this.#penalties.get(id)?.untilMs ?? -Infinity);
  }

  forget(id: Id): void {
    this.#penalties.delete(id);
  }
}
