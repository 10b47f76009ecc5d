/** Buckets in each doubling of the duration: a percentile is off by no more than 3 %. */
const perDoubling = 16;
/** From a microsecond to half an hour; what is longer counts as that. */
const microsecondsMax = 2 ** 31 - 1;
const buckets = bucketOf(microsecondsMax) + 1;

/** How long many things took, in little memory, and with no more work for each than an increment. */
export class DurationHistogram {
  readonly #counts = new Float64Array(buckets);
  #count = 0;
  #sumMs = 0;

  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  record(ms: number): void {
    const bucket = bucketOf(Math.min(Math.max(0, ms * 1_000), microsecondsMax) | 0);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count++;
    this.#sumMs += ms;
  }

  add(other: DurationHistogram): void {
    if (other.#count === 0) return;
    for (let i = 0; i < buckets; i++) {
      this.#counts[i] = (this.#counts[i] ?? 0) + (other.#counts[i] ?? 0);
    }
    this.#count += other.#count;
    this.#sumMs += other.#sumMs;
  }

  clear(): void {
    if (this.#count > 0) this.#counts.fill(0);
    this.#count = 0;
    this.#sumMs = 0;
  }

  /** How many took less than so many doublings of a microsecond, which is exact. */
  countBelow(doublings: number): number {
    return sumOf(this.#counts.subarray(0, bucketOf(2 ** doublings)));
  }

  /** The duration, in milliseconds, that this share of all did not exceed; null when there was nothing. */
  percentile(share: number): number | null {
    if (this.#count === 0) return null;
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (let i = 0; i < buckets; i++) {
      left -= this.#counts[i] ?? 0;
      if (left <= 0) return middleOf(i) / 1_000;
    }
    return microsecondsMax / 1_000;
  }
}

function sumOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Below two times `perDoubling` each microsecond has its own; from there on the top five bits tell. */
function bucketOf(microseconds: number): number {
  if (microseconds < perDoubling) return microseconds;
  const shift = 27 - Math.clz32(microseconds);
  return (shift + 1) * perDoubling + (microseconds >>> shift) - perDoubling;
}

function middleOf(bucket: number): number {
  if (bucket < perDoubling) return bucket + 0.5;
  const shift = Math.floor(bucket / perDoubling) - 1;
  return (perDoubling + bucket % perDoubling + 0.5) * 2 ** shift;
}
