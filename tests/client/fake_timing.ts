import type { Timing } from "../../client/mod.ts";

/** Time that passes only when someone sleeps, so that a test of patience takes none. */
export class FakeTiming implements Timing {
  readonly sleeps: number[] = [];
  /** Timers fire as soon as they are set: no answer comes in time. */
  timersFire = false;
  #nowMs = 0;

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    this.#nowMs += ms;
    return Promise.resolve();
  }

  after(ms: number, callback: () => void): () => void {
    if (this.timersFire) {
      this.#nowMs += ms;
      callback();
    }
    return () => {};
  }

  /** Back-off at its longest. */
  random(): number {
    return 1;
  }
}
