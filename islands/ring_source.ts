import type { RingSnapshot } from "../components/ring/snapshot.ts";

/** Where a page gets the ring from: by asking round, or from news that a node sends by itself. */
export interface RingSource {
  /**
   * Calls back with what is known at once, and with everything newer.
   *
   * @returns ends the subscription; the last one to end stops the source.
   */
  subscribe(onSnapshot: (snapshot: RingSnapshot) => void): () => void;
  /** Looks at the ring now rather than when it is time, and once more if it is just looking. */
  refresh(): void;
}
