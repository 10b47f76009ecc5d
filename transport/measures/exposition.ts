/** Labels of a sample, by their names. */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
}

/** What has to be known of a histogram; each bucket counts all that is in the ones before too. */
export interface HistogramSamples {
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
  readonly labels?: Labels;
}

/**
 * A text in the exposition format of Prometheus, version 0.0.4: what monitoring of every make can read.
 *
 * A family without samples is left out.
 */
export class Exposition {
  readonly #lines: string[] = [];

  gauge(name: string, help: string, samples: readonly Sample[]): void {
    this.#family(name, "gauge", help, samples.map((sample) => line(name, sample)));
  }

  /** @param name ends in `_total`, as those of counters do. */
  counter(name: string, help: string, samples: readonly Sample[]): void {
    this.#family(name, "counter", help, samples.map((sample) => line(name, sample)));
  }

  histogram(name: string, help: string, all: readonly HistogramSamples[]): void {
    const lines = all.flatMap(({ buckets, count, sum, labels = {} }) => [
      ...[...buckets, { upTo: Infinity, count }].map((bucket) =>
        line(`${name}_bucket`, { value: bucket.count, labels: { ...labels, le: numberText(bucket.upTo) } })
      ),
      line(`${name}_sum`, { value: sum, labels }),
      line(`${name}_count`, { value: count, labels }),
    ]);
    this.#family(name, "histogram", help, lines);
  }

  get text(): string {
    return this.#lines.map((text) => `${text}\n`).join("");
  }

  #family(name: string, type: string, help: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#lines.push(`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines);
  }
}

function line(name: string, { value, labels = {} }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) =>
    `${label}="${escaped(text).replaceAll('"', '\\"')}"`
  );
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  return value === Infinity ? "+Inf" : String(value);
}
