import { effect } from "@preact/signals";
import type { TopicData } from "../client/live_frames.ts";
import { type LiveStore, realTiming, type Timing } from "../client/mod.ts";
import type { RingSnapshot } from "../components/ring/snapshot.ts";
import type { RingSource } from "./ring_source.ts";

export interface LiveRingOptions {
  /** Walks the ring when asked to, and from time to time by itself. */
  readonly walks: RingSource;
  readonly store: Pick<LiveStore, "topic">;
  readonly timing?: Pick<Timing, "now" | "after">;
}

/** Between walks for the sake of news: when many nodes come or go at once, one walk sees several of them. */
export const walkEveryMs = 1_000;

/**
 * The ring as found by walking it, again as soon as the serving node has news of it.
 *
 * What the node tells is how it sees its neighbours and whom it has met, which is less than the ring; so its news say
 * when to walk. Without a socket there may be none, and the walks go on in their own time.
 */
export class LiveRing implements RingSource {
  readonly #walks: RingSource;
  readonly #store: Pick<LiveStore, "topic">;
  readonly #timing: Pick<Timing, "now" | "after">;
  #subscribers = 0;
  #walkedAtMs = -Infinity;
  #known: string | null = null;
  #stopListening = () => {};
  #cancelWalk: (() => void) | null = null;

  constructor({ walks, store, timing = realTiming }: LiveRingOptions) {
    this.#walks = walks;
    this.#store = store;
    this.#timing = timing;
  }

  subscribe(onSnapshot: (snapshot: RingSnapshot) => void): () => void {
    const end = this.#walks.subscribe(onSnapshot);
    if (++this.#subscribers === 1) this.#listen();
    return () => {
      end();
      if (--this.#subscribers > 0) return;
      this.#stopListening();
      this.#cancelWalk?.();
      this.#cancelWalk = null;
    };
  }

  refresh(): void {
    this.#walks.refresh();
  }

  #listen(): void {
    const ring = this.#store.topic("ring");
    this.#stopListening = effect(() => this.#heard(ring.value.data));
  }

  #heard(data: TopicData<"ring"> | null): void {
    if (data === null) return;
    const before = this.#known;
    this.#known = shapeOf(data);
    // The first word tells how it is; the walk that began with the page finds the same.
    if (before === null || before === this.#known || this.#cancelWalk !== null) return;
    const inMs = Math.max(0, this.#walkedAtMs + walkEveryMs - this.#timing.now());
    this.#cancelWalk = this.#timing.after(inMs, () => this.#walk());
  }

  #walk(): void {
    this.#cancelWalk = null;
    this.#walkedAtMs = this.#timing.now();
    this.#walks.refresh();
  }
}

/** Who is there, where and how. When they were last seen, and how quick they are, does not change the ring. */
function shapeOf(data: TopicData<"ring">): string {
  const nodes = Object.values(data).map(({ id, url, state, isPredecessor, successorIndex }) =>
    [id, url, state, isPredecessor, successorIndex].join(" ")
  );
  return nodes.sort().join("\n");
}
