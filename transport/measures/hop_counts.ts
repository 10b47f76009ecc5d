/** Far beyond any lookup that succeeds; what took more counts as this. */
const hopsMax = 255;

/** How many hops lookups took. */
export class HopCounts {
  readonly #counts = new Uint32Array(hopsMax + 1);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  record(hops: number): void {
    const at = Math.min(hops, hopsMax);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#count++;
  }

  add(other: HopCounts): void {
    for (let i = 0; i <= hopsMax; i++) this.#counts[i] = (this.#counts[i] ?? 0) + (other.#counts[i] ?? 0);
    this.#count += other.#count;
  }

  clear(): void {
    if (this.#count > 0) this.#counts.fill(0);
    this.#count = 0;
  }

  /** The hops that this share of all did not exceed; null when there was no lookup. */
  percentile(share: number): number | null {
    if (this.#count === 0) return null;
    let left = Math.max(1, Math.ceil(share * this.#count));
    return this.#counts.findIndex((count) => (left -= count) <= 0);
  }
}
