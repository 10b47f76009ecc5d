import type { Log } from "../core/ports.ts";
import type { Room } from "../storage/room.ts";

/** reliability.md, section 3.3. Between the two there is room for what peers have to bring, and for repairs. */
const crowdedShare = 0.85;
const fullShare = 0.95;
const everyMs = 1_000;

export interface DiskQuotaOptions {
  readonly bytesMax: number;
  /** Bytes in use now. */
  readonly used: () => number;
  readonly log: Log;
}

type State = "roomy" | "crowded" | "full";

/** Holds a node to the share of the disk that it was granted. Knows what it last measured, which is a second old. */
export class DiskQuota implements Room {
  #state: State = "roomy";

  constructor(readonly options: DiskQuotaOptions) {}

  isCrowded(): boolean {
    return this.#state !== "roomy";
  }

  isFull(): boolean {
    return this.#state === "full";
  }

  /** Measures every second. Stopped by what it returns. */
  start(): () => Promise<void> {
    this.measure();
    const timer = setInterval(() => this.measure(), everyMs);
    return () => Promise.resolve(clearInterval(timer));
  }

  /** What cannot be measured leaves everything as it was. */
  measure(): void {
    const { bytesMax, log } = this.options;
    try {
      const usedBytes = this.options.used();
      const share = usedBytes / bytesMax;
      const state = share >= fullShare ? "full" : share >= crowdedShare ? "crowded" : "roomy";
      if (state === this.#state) return;
      this.#state = state;
      log(state === "roomy" ? "info" : "warn", "disk.quota", { state, usedBytes, bytesMax });
    } catch (error) {
      log("warn", "disk.notMeasured", { error });
    }
  }
}
