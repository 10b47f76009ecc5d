/** Who mistypes is not made to wait. */
export const freeFailures = 3;
/** After the first failure that counts; twice as long after each more. */
export const waitFirstMs = 1_000;
/** Whoever shares an address with a guesser must get in some time. */
export const waitMsMax = 60_000;
/** A quiet time that ends a session of attempts. */
export const forgottenAfterMs = 15 * 60_000;
/** Addresses remembered. */
export const addressesMax = 4_096;

interface Attempts {
  readonly failures: number;
  readonly lastAtMs: number;
}

/**
 * Makes those who fail to sign in wait, longer and longer.
 *
 * When more addresses fail than are remembered, the others share one memory: coming from ever new ones is no way
 * around it.
 */
export class BackOff {
  /** The one that failed longest ago first. */
  readonly #attempts = new Map<string, Attempts>();

  /** @param nowMs a clock that never goes back. */
  constructor(readonly nowMs: () => number) {}

  get size(): number {
    return this.#attempts.size;
  }

  /** Milliseconds until this address may try again; 0: now. */
  waitMs(address: string): number {
    const attempts = this.#attempts.get(this.#keyOf(address));
    if (attempts === undefined || attempts.failures <= freeFailures) return 0;
    const spanMs = Math.min(waitMsMax, waitFirstMs * 2 ** (attempts.failures - freeFailures - 1));
    return Math.max(0, Math.ceil(attempts.lastAtMs + spanMs - this.nowMs()));
  }

  failed(address: string): void {
    const key = this.#keyOf(address);
    const before = this.#attempts.get(key)?.failures ?? 0;
    this.#attempts.delete(key);
    this.#attempts.set(key, { failures: before + 1, lastAtMs: this.nowMs() });
  }

  succeeded(address: string): void {
    this.#attempts.delete(this.#keyOf(address));
  }

  #keyOf(address: string): string {
    this.#forgetOld();
    return this.#attempts.has(address) || this.#attempts.size < addressesMax ? address : "others";
  }

  #forgetOld(): void {
    for (const [key, { lastAtMs }] of this.#attempts) {
      if (this.nowMs() - lastAtMs < forgottenAfterMs) return;
      this.#attempts.delete(key);
    }
  }
}
