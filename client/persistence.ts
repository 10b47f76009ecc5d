import type { Attempt } from "./exchange.ts";
import { isAboutThisNode, isTransient, RondoError } from "./rondo_error.ts";
import type { Timing } from "./timing.ts";

/** The first pause before a repeat; it doubles each time and is drawn anew between none and all of it. */
export const backoffFirstMs = 100;
/** Longest pause: a ring heals in seconds, and a client that sleeps longer notices late. */
export const backoffMaxMs = 2_000;
/** With less time than this left another attempt would only replace a telling error by a timeout. */
const attemptMinMs = 50;

export interface PersistOptions {
  /** Over all attempts and the pauses between them. */
  readonly timeoutMs: number;
  readonly attemptsMax: number;
  /** Whether an attempt that may have arrived may be repeated. */
  readonly isRepeatable: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Keeps at a call through the failures that pass: it waits, tries again, and turns to the next node when one is gone.
 *
 * The nodes are equals, so it stays with the one that answered last.
 */
export class Persistence {
  #current = 0;

  constructor(readonly urls: readonly string[], readonly timing: Timing) {}

  /** @throws RondoError of the last attempt, indefinite if any of them may have taken effect. */
  async call<T>(attempt: (at: Attempt) => Promise<T>, options: PersistOptions): Promise<T> {
    const endsAt = this.timing.now() + options.timeoutMs;
    let mayHaveHappened = false;
    for (let attempts = 1;; attempts++) {
      try {
        return await attempt(this.#aim(attempts, endsAt, options.signal));
      } catch (error) {
        if (!(error instanceof RondoError)) throw error;
        mayHaveHappened ||= !error.definite;
        const pauseMs = this.#pauseMs(error, attempts, endsAt, options);
        if (pauseMs === null) throw mayHaveHappened ? error.asIndefinite() : error;
        await this.timing.sleep(pauseMs, options.signal);
      }
    }
  }

  /** A node that swallows requests must leave time for those not asked yet. */
  #aim(attempts: number, endsAt: number, signal: AbortSignal | undefined): Attempt {
    const unasked = Math.max(1, this.urls.length - attempts + 1);
    const timeoutMs = Math.max(1, (endsAt - this.timing.now()) / unasked);
    return { url: this.#url(), timeoutMs, signal };
  }

  /** How long to wait before the next attempt; null when there should be none. */
  #pauseMs(error: RondoError, attempts: number, endsAt: number, options: PersistOptions): number | null {
    if (!isTransient(error) || options.signal?.aborted) return null;
    if (!options.isRepeatable && !error.definite) return null;
    const hasMoved = isAboutThisNode(error) && this.#moveOnFrom(error.url);
    if (attempts >= options.attemptsMax) return null;
    const pauseMs = hasMoved && attempts < this.urls.length ? 0 : this.#backoffMs(error, attempts);
    return this.timing.now() + pauseMs + attemptMinMs < endsAt ? pauseMs : null;
  }

  #backoffMs(error: RondoError, attempts: number): number {
    const ceilingMs = Math.min(backoffMaxMs, backoffFirstMs * 2 ** (attempts - 1));
    return Math.max(error.retryAfterMs ?? 0, ceilingMs * this.timing.random());
  }

  #url(): string {
    const url = this.urls[this.#current];
    if (url === undefined) throw new RangeError("Cannot call a node: no URL was given");
    return url;
  }

  /** Calls in flight fail together when a node goes; only the first of them moves the rest on. */
  #moveOnFrom(url: string | null): boolean {
    if (url === this.#url()) this.#current = (this.#current + 1) % this.urls.length;
    return this.urls.length > 1;
  }
}
