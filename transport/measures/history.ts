/** What a number was in each of the last seconds. */
export class History<N extends string> {
  readonly #series: ReadonlyMap<N, Float64Array>;
  /** Samples taken since the start. */
  #count = 0;

  constructor(names: readonly N[], readonly samplesMax: number) {
    this.#series = new Map(names.map((name) => [name, new Float64Array(samplesMax)]));
  }

  /** One sample of each; null is kept as "not measured". */
  add(valueOf: (name: N) => number | null): void {
    const at = this.#count++ % this.samplesMax;
    for (const [name, series] of this.#series) series[at] = valueOf(name) ?? NaN;
  }

  /** The last samples of each, oldest first; fewer when there are not as many yet. */
  last(samples: number): Record<N, (number | null)[]> {
    const length = Math.min(samples, this.#count, this.samplesMax);
    const first = this.#count - length;
    const of = (series: Float64Array) =>
      Array.from({ length }, (_, i) => orNull(series[(first + i) % this.samplesMax]));
    return Object.fromEntries([...this.#series].map(([name, series]) => [name, of(series)])) as Record<
      N,
      (number | null)[]
    >;
  }
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
