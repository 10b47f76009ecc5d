import type { Clock } from "../../core/ports.ts";

/** Often enough to catch a stall of a tenth of a second, seldom enough to cost nothing. */
const everyMs = 100;

/** How long the event loop keeps everybody waiting: the lateness of a timer that does nothing else. */
export class LoopLag {
  #worstMs: number | null = null;
  #cancel: (() => void) | null = null;

  constructor(readonly clock: Pick<Clock, "now" | "after">) {}

  start(): void {
    const dueAtMs = this.clock.now() + everyMs;
    this.#cancel = this.clock.after(everyMs, () => {
      this.#worstMs = Math.max(this.#worstMs ?? 0, this.clock.now() - dueAtMs);
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** The worst since the last call; null when the timer has not fired since. */
  take(): number | null {
    const worstMs = this.#worstMs;
    this.#worstMs = null;
    return worstMs;
  }
}
