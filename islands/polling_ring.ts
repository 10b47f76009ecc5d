import { emptySnapshot, type RingSnapshot } from "../components/ring/snapshot.ts";
import { realTiming, RondoError, type Timing } from "../client/mod.ts";
import type { NodeReach } from "./node_reach.ts";
import type { RingSource } from "./ring_source.ts";
import { walkSnapshots } from "./ring_walker.ts";

/** Between the end of a walk and the next: a page shall not be a load on the ring. */
export const pollMs = 5_000;

/** While a walk is under way: to draw a large ring anew for each of its nodes would take longer than to walk it. */
export const showEveryMs = 500;

export interface PollingRingOptions {
  readonly cluster: string;
  readonly reach: NodeReach;
  readonly timing?: Timing;
  readonly wallNow?: () => number;
}

/** The ring as found by walking it every few seconds, for as long as somebody looks. */
export class PollingRing implements RingSource {
  readonly #reach: NodeReach;
  readonly #timing: Timing;
  readonly #wallNow: () => number;
  readonly #listeners = new Set<(snapshot: RingSnapshot) => void>();
  #snapshot: RingSnapshot;
  #isWalking = false;
  #isAskedAgain = false;
  #shownAtMs = -Infinity;
  #cancelTimer: () => void = () => {};

  constructor({ cluster, reach, timing = realTiming, wallNow = Date.now }: PollingRingOptions) {
    this.#reach = reach;
    this.#timing = timing;
    this.#wallNow = wallNow;
    this.#snapshot = emptySnapshot(cluster);
  }

  subscribe(onSnapshot: (snapshot: RingSnapshot) => void): () => void {
    this.#listeners.add(onSnapshot);
    onSnapshot(this.#snapshot);
    if (this.#listeners.size === 1) this.refresh();
    return () => {
      this.#listeners.delete(onSnapshot);
      if (this.#listeners.size === 0) this.#cancelTimer();
    };
  }

  /** A walk that is under way may have passed by already: then another follows it. */
  refresh(): void {
    this.#cancelTimer();
    if (this.#isWalking) this.#isAskedAgain = true;
    else void this.#walk();
  }

  async #walk(): Promise<void> {
    this.#isWalking = true;
    this.#isAskedAgain = false;
    try {
      for await (const snapshot of walkSnapshots(this.#reach, this.#snapshot, { wallNow: this.#wallNow })) {
        if (!snapshot.isWalking || this.#isTimeToShow()) this.#show(snapshot);
        if (this.#listeners.size === 0) return;
      }
    } catch (error) {
      if (!(error instanceof RondoError)) throw error;
      this.#show({ ...this.#snapshot, isWalking: false, problem: error.message });
    } finally {
      this.#isWalking = false;
      this.#planNext();
    }
  }

  #planNext(): void {
    if (this.#listeners.size === 0) return;
    this.#cancelTimer = this.#timing.after(this.#isAskedAgain ? 0 : pollMs, () => this.refresh());
  }

  #isTimeToShow(): boolean {
    return this.#timing.now() - this.#shownAtMs >= showEveryMs;
  }

  #show(snapshot: RingSnapshot): void {
    this.#snapshot = snapshot;
    this.#shownAtMs = this.#timing.now();
    for (const listener of this.#listeners) listener(snapshot);
  }
}
