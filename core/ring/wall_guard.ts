/** A wall clock that goes forward by more than this between two looks has jumped: a mistake, or the end of one. */
export const jumpMs = 60_000;
/** Without anybody to compare with, a jump is believed once the clock has kept to it for this long. */
export const aloneMs = 10 * 60_000;

/**
 * Watches the wall clock against the monotonic one, so that a jump does not expire everything at once
 * (reliability.md, F11): after a jump forward nothing expires until the peers' clocks agree with the new time.
 *
 * A jump back needs no guard. It lets records live longer, and versions do not follow it (`HybridClock`).
 */
export class WallGuard {
  /** Wall clock minus monotonic clock, as far as it is believed. */
  #believedMs: number;
  #jumpedAtMs: number | null = null;

  constructor(nowMs: number, wallMs: number) {
    this.#believedMs = wallMs - nowMs;
  }

  get isFrozen(): boolean {
    return this.#jumpedAtMs !== null;
  }

  /** @param medianMs how far the peers' clocks are ahead of ours, null when there are none to compare with. */
  look(nowMs: number, wallMs: number, medianMs: number | null): void {
    const driftMs = wallMs - nowMs;
    const isJump = driftMs - this.#believedMs > jumpMs;
    if (isJump) this.#jumpedAtMs ??= nowMs;
    if (isJump && !this.#isConfirmed(nowMs, medianMs)) return;
    this.#believedMs = driftMs;
    this.#jumpedAtMs = null;
  }

  /** The wall time as it would be without the jump that is in doubt. */
  believedWallMs(nowMs: number): number {
    return nowMs + this.#believedMs;
  }

  #isConfirmed(nowMs: number, medianMs: number | null): boolean {
    if (medianMs !== null) return Math.abs(medianMs) <= jumpMs;
    return nowMs - (this.#jumpedAtMs ?? nowMs) >= aloneMs;
  }
}
