import type { Id } from "../id.ts";

/** Returns that lie further apart than this have nothing to do with each other. */
export const flappingWindowMs = 10 * 60_000;
/** How long a peer must have stayed after its second return. Each further one doubles it. */
export const dampingMsMin = 5_000;
export const dampingMsMax = 5 * 60_000;

interface Return {
  readonly atMs: number;
  /** How long from then on the peer is not trusted to stay. 0: it was away only once. */
  readonly dampingMs: number;
}

/**
 * Who comes and goes. A peer that keeps doing so is not worth a new copy of anything until it has stayed for a while
 * (route flap damping, RFC 2439): else every return would move the same data again.
 *
 * Like `Suspicion`, it is told what happened and when.
 */
export class Steadiness {
  readonly #returns = new Map<Id, Return>();

  /** The peer was gone without a word, and is back. */
  returned(id: Id, nowMs: number): void {
    const last = this.#returns.get(id);
    const isFlapping = last !== undefined && nowMs - last.atMs < flappingWindowMs;
    const before = last === undefined ? 0 : decayed(last, nowMs);
    this.#returns.set(id, { atMs: nowMs, dampingMs: isFlapping ? doubled(before) : before });
  }

  isSteady(id: Id, nowMs: number): boolean {
    const last = this.#returns.get(id);
    return last === undefined || nowMs - last.atMs >= last.dampingMs;
  }

  forget(id: Id): void {
    this.#returns.delete(id);
  }
}

function doubled(dampingMs: number): number {
  return Math.min(Math.max(dampingMs * 2, dampingMsMin), dampingMsMax);
}

/** Half for each window without a return; below the least there is nothing left to remember. */
function decayed({ atMs, dampingMs }: Return, nowMs: number): number {
  const left = dampingMs / 2 ** Math.floor((nowMs - atMs) / flappingWindowMs);
  return left < dampingMsMin ? 0 : left;
}
