/** Hosts by their address. */
export type Hosts = ReadonlySet<string>;

interface Cut {
  readonly from: Hosts;
  readonly to: Hosts;
}

/** What is wrong between which hosts at the moment. */
export class Links {
  readonly #cuts = new Set<Cut>();
  readonly #slowness = new Map<string, number>();

  /** No message arrives in this direction until the returned function is called. */
  cut(from: Hosts, to: Hosts): () => void {
    const cut = { from, to };
    this.#cuts.add(cut);
    return () => void this.#cuts.delete(cut);
  }

  /** Messages from and to the host take `factor` times as long; 1 ends it. */
  slow(host: string, factor: number): void {
    if (factor === 1) this.#slowness.delete(host);
    else this.#slowness.set(host, factor);
  }

  /** Ends everything. */
  heal(): void {
    this.#cuts.clear();
    this.#slowness.clear();
  }

  get isHealthy(): boolean {
    return this.#cuts.size + this.#slowness.size === 0;
  }

  isCut(from: string, to: string): boolean {
    for (const cut of this.#cuts) if (cut.from.has(from) && cut.to.has(to)) return true;
    return false;
  }

  slowness(from: string, to: string): number {
    if (this.#slowness.size === 0) return 1;
    return Math.max(this.#slowness.get(from) ?? 1, this.#slowness.get(to) ?? 1);
  }
}
