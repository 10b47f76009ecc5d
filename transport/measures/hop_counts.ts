/** Far beyond any lookup that succeeds; what took more counts as this. */
const hopsMax = 255;

/** How many hops lookups took. */
export class HopCounts {
  readonly #counts = new Float64Array(hopsMax + 1);
  #count = 0;
  #sum = 0;

  get count(): number {
    return this.#count;
  }

  /** Of all hops. */
  get sum(): number {
    return this.#sum;
  }

  record(hops: number): void {
    const at = Math.min(hops, hopsMax);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#count++;
    this.#sum += hops;
  }

  add(other: HopCounts): void {
    for (let i = 0; i <= hopsMax; i++) this.#counts[i] = (this.#counts[i] ?? 0) + (other.#counts[i] ?? 0);
    this.#count += other.#count;
    this.#sum += other.#sum;
  }

  clear(): void {
    if (this.#count > 0) this.#counts.fill(0);
    this.#count = 0;
    this.#sum = 0;
  }

  /** How many lookups took no more than so many. */
  countUpTo(hops: number): number {
    return this.#counts.subarray(0, hops + 1).reduce((sum, count) => sum + count, 0);
  }

  /** The hops that this share of all did not exceed; null when there was no lookup. */
  percentile(share: number): number | null {
    if (this.#count === 0) return null;
    let left = Math.max(1, Math.ceil(share * this.#count));
    return this.#counts.findIndex((count) => (left -= count) <= 0);
  }
}
