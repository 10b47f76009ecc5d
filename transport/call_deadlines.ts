/** Something that must end by a moment. */
export interface Deadlined {
  readonly deadlineMs: number;
  expire(): void;
}

/**
 * One timer for all the deadlines of a transport.
 *
 * A timer for every call would cost a fifth of the throughput. This one is set to the earliest deadline seen and,
 * when it fires, to the earliest that is left; calls that end in time leave it alone.
 */
export class CallDeadlines {
  readonly #waiting = new Set<Deadlined>();
  readonly #now: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firesAtMs = Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(call: Deadlined): void {
    this.#waiting.add(call);
    if (call.deadlineMs < this.#firesAtMs) this.#setTimer(call.deadlineMs);
  }

  /** Once nothing waits there is no timer either, so an idle transport keeps no process alive. */
  delete(call: Deadlined): void {
    this.#waiting.delete(call);
    if (this.#waiting.size === 0) this.#clearTimer();
  }

  #setTimer(atMs: number): void {
    this.#clearTimer();
    this.#firesAtMs = atMs;
    this.#timer = setTimeout(() => this.#fire(), Math.min(atMs - this.#now(), delayMsMax));
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#firesAtMs = Infinity;
  }

  #fire(): void {
    this.#firesAtMs = Infinity;
    const nowMs = this.#now();
    const expired = [...this.#waiting].filter(({ deadlineMs }) => deadlineMs <= nowMs);
    for (const call of expired) call.expire();
    let next = Infinity;
    for (const { deadlineMs } of this.#waiting) next = Math.min(next, deadlineMs);
    if (next < this.#firesAtMs) this.#setTimer(next);
  }
}

/** Longer delays overflow and fire at once. */
const delayMsMax = 2 ** 31 - 1;
