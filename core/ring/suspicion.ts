import type { Id } from "../id.ts";

/** One node's opinion of another. `unknown`: never asked in this life. */
export type Health = "alive" | "suspect" | "dead" | "left" | "unknown";

interface Opinion {
  /** Calls missed since the last answer. */
  missed: number;
  firstMissAtMs: number;
  isRefused: boolean;
  lastSeenAtMs: number | null;
  hasLeft: boolean;
}

/** Missed answers that make a peer suspect. A refused connection does so at once. */
const missesToSuspect = 2;

/**
 * A failure detector that is told what happened and when; it asks nobody and has no clock.
 *
 * A peer is *suspect* after two missed answers or one refused connection: routing goes around it. It is *dead* once
 * it has been silent for `deadAfterMs` since its first missed answer: the ring closes without it.
 */
export class Suspicion {
  readonly #opinions = new Map<Id, Opinion>();

  constructor(readonly deadAfterMs: number) {}

  /** It answered. A node that is leaving answers too, so this alone does not bring one back. */
  answered(id: Id, nowMs: number): void {
    const hasLeft = this.#opinions.get(id)?.hasLeft ?? false;
    this.#opinions.set(id, { ...unheard(), lastSeenAtMs: nowMs, hasLeft });
  }

  /** It answered as a member: whatever was heard of its leaving is over. */
  returned(id: Id): void {
    const opinion = this.#opinions.get(id);
    if (opinion !== undefined) opinion.hasLeft = false;
  }

  missed(id: Id, nowMs: number, isRefused: boolean): void {
    const opinion = this.#opinions.get(id) ?? unheard();
    if (opinion.missed === 0) opinion.firstMissAtMs = nowMs;
    opinion.missed++;
    opinion.isRefused ||= isRefused;
    this.#opinions.set(id, opinion);
  }

  /** It said that it is going, or a neighbour of it did: as good as dead until it answers as a member again. */
  left(id: Id): void {
    const opinion = this.#opinions.get(id) ?? unheard();
    this.#opinions.set(id, { ...opinion, hasLeft: true });
  }

  health(id: Id, nowMs: number): Health {
    const opinion = this.#opinions.get(id);
    if (opinion === undefined) return "unknown";
    if (opinion.hasLeft) return "left";
    if (opinion.missed < missesToSuspect && !opinion.isRefused) {
      return opinion.lastSeenAtMs === null ? "unknown" : "alive";
    }
    return nowMs - opinion.firstMissAtMs >= this.deadAfterMs ? "dead" : "suspect";
  }

  /** Whether a call to the peer is worth its time: neither suspect nor gone. */
  isUsable(id: Id, nowMs: number): boolean {
    const health = this.health(id, nowMs);
    return health === "alive" || health === "unknown";
  }

  isGone(id: Id, nowMs: number): boolean {
    const health = this.health(id, nowMs);
    return health === "dead" || health === "left";
  }

  lastSeenAtMs(id: Id): number | null {
    return this.#opinions.get(id)?.lastSeenAtMs ?? null;
  }

  forget(id: Id): void {
    this.#opinions.delete(id);
  }
}

function unheard(): Opinion {
  return { missed: 0, firstMissAtMs: 0, isRefused: false, lastSeenAtMs: null, hasLeft: false };
}
