import type { Id } from "../id.ts";

/** A sample older than this no longer speaks: quartz drifts some 100 us a second, but clocks are also set. */
export const recentMs = 2 * 60_000;

/** An answer that took longer than this says too little: the clock may be off by half of it. */
const roundTripMsMax = 500;

interface Sample {
  /** The peer's wall clock minus our monotonic one, which does not jump when our own wall clock is set. */
  readonly driftMs: number | null;
  readonly atMs: number;
}

/** What the wall clocks of the peers say about ours. */
export class ClockOffsets {
  readonly #samples = new Map<Id, Sample>();

  /**
   * Notes what a peer's wall clock showed, taken for the middle of the round trip (Cristian 1989).
   *
   * @param wallMs undefined from a peer that does not say it.
   */
  heard(id: Id, wallMs: number | undefined, askedAtMs: number, nowMs: number): void {
    const isVague = wallMs === undefined || nowMs - askedAtMs > roundTripMsMax;
    const driftMs = isVague ? null : wallMs - (askedAtMs + nowMs) / 2;
    this.#samples.set(id, { driftMs, atMs: nowMs });
  }

  /**
   * How far the peers' clocks are ahead of ours: the median over the recent samples, null without any.
   *
   * Of the two in the middle of an even number the one closer to zero counts: half of the peers is no majority
   * against us. Samples after `sinceMs` go before all others, so that a jump is judged by what was heard after it.
   */
  median(ourDriftMs: number, nowMs: number, sinceMs: number, isLive: (id: Id) => boolean): number | null {
    const recent = [...this.#samples].filter(([id, { atMs }]) => nowMs - atMs < recentMs && isLive(id));
    const fresh = recent.filter(([, { atMs }]) => atMs > sinceMs);
    const offsets = (fresh.length > 0 ? fresh : recent)
      .flatMap(([, { driftMs }]) => driftMs === null ? [] : [driftMs - ourDriftMs])
      .sort((a, b) => a - b);
    const [low, high] = [offsets[(offsets.length - 1) >> 1], offsets[offsets.length >> 1]];
    if (low === undefined || high === undefined) return null;
    return Math.abs(low) <= Math.abs(high) ? low : high;
  }

  /** The one of the peers that has not been compared with for longest; null when there are none. */
  leastRecent<P extends { readonly id: Id }>(peers: Iterable<P>): P | null {
    let best: { peer: P; atMs: number } | null = null;
    for (const peer of peers) {
      const atMs = this.#samples.get(peer.id)?.atMs ?? -Infinity;
      if (best === null || atMs < best.atMs) best = { peer, atMs };
    }
    return best?.peer ?? null;
  }

  forget(id: Id): void {
    this.#samples.delete(id);
  }
}
