export interface Rate {
  /** Tokens that come back every second. */
  readonly perSecond: number;
  /** Tokens that a full bucket holds: what may be taken at once after a pause. */
  readonly burst: number;
}

export interface TokenBucketsOptions extends Rate {
  /** Buckets kept at once. Each costs about 100 bytes and its key. */
  readonly bucketsMax: number;
}

/**
 * A token bucket for each of many callers, of whom nobody knows how many there will be.
 *
 * A bucket is one number: the moment at which it is full again (the GCRA of ATM Forum TM 4.0, section 4.4.2, seen
 * from the other side). One that is full is as good as none, so it is forgotten without loss. When all that are
 * kept are in use, newcomers share a single one: whoever comes under ever new names gains nothing by it, and takes
 * nothing from those who are already known.
 */
export class TokenBuckets {
  /** By key, the least recently used first. */
  readonly #fullAtMs = new Map<string, number>();
  readonly #msPerToken: number;
  #sharedFullAtMs = 0;

  /** @param nowMs a clock that never goes back. */
  constructor(readonly options: TokenBucketsOptions, readonly nowMs: () => number) {
    const { perSecond, burst, bucketsMax } = options;
    if (!(perSecond > 0 && burst >= 1 && bucketsMax >= 1)) {
      throw new RangeError(`Cannot limit with ${JSON.stringify(options)}: all of it must be positive`);
    }
    this.#msPerToken = 1_000 / perSecond;
  }

  get size(): number {
    return this.#fullAtMs.size;
  }

  /**
   * Takes `tokens` from the bucket of `key`, if it holds as many.
   *
   * @returns 0, or the whole milliseconds after which it will hold as many; then nothing was taken.
   * @throws RangeError when no bucket ever holds as many.
   */
  take(key: string, tokens = 1): number {
    const { burst } = this.options;
    if (tokens > burst) throw new RangeError(`Cannot take ${tokens} tokens: a full bucket holds ${burst}`);
    const nowMs = this.nowMs();
    const isShared = !this.#fullAtMs.has(key) && !this.#makeRoom(nowMs);
    const fullAtMs = isShared ? this.#sharedFullAtMs : this.#fullAtMs.get(key) ?? nowMs;
    const nextMs = Math.max(fullAtMs, nowMs) + tokens * this.#msPerToken;
    const waitMs = nextMs - nowMs - burst * this.#msPerToken;
    if (waitMs > roundingMs) return Math.ceil(waitMs - roundingMs);
    if (isShared) this.#sharedFullAtMs = nextMs;
    else this.#keep(key, nextMs);
    return 0;
  }

  #keep(key: string, fullAtMs: number): void {
    this.#fullAtMs.delete(key);
    this.#fullAtMs.set(key, fullAtMs);
  }

  /** False when every bucket is in use. */
  #makeRoom(nowMs: number): boolean {
    if (this.#fullAtMs.size < this.options.bucketsMax) return true;
    for (const [key, fullAtMs] of this.#fullAtMs) {
      if (fullAtMs > nowMs) return false;
      this.#fullAtMs.delete(key);
      if (this.#fullAtMs.size < this.options.bucketsMax) return true;
    }
    return true;
  }
}

/** What sums of fractions of a millisecond may be off by. */
const roundingMs = 1e-6;
