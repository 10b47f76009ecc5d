import type { Cluster } from "./clusters.ts";

/**
 * Which write came after which, of one key, as far as it is certain.
 *
 * One is newer than another if it began when the other had taken effect; of two that overlapped, the one with the
 * larger version, since the last write wins everywhere. Where time and versions contradict each other, time is right.
 */
export class Succession {
  /** Those that happened, by their beginning, by version, and by when they were in effect. */
  readonly #byStart: readonly Cluster[];
  readonly #byVersion: readonly Cluster[];
  readonly #byEffect: readonly Cluster[];
  /** At [i] the one first in effect of those from i on. */
  readonly #firstByStart: readonly Cluster[];
  readonly #firstByVersion: readonly Cluster[];
  /** At [i] the newest of those up to i. */
  readonly #newest: readonly Cluster[];

  constructor(clusters: readonly Cluster[]) {
    const happened = clusters.filter(({ effectiveMs }) => effectiveMs < Infinity);
    this.#byStart = happened.toSorted(ascending(({ startMs }) => startMs));
    this.#byVersion = happened.filter(({ version }) => version !== null)
      .sort(ascending(versionOf));
    this.#byEffect = happened.toSorted(ascending(({ effectiveMs }) => effectiveMs));
    const first = (a: Cluster, b: Cluster) => b.effectiveMs < a.effectiveMs ? b : a;
    this.#firstByStart = running(this.#byStart.toReversed(), first).reverse();
    this.#firstByVersion = running(this.#byVersion.toReversed(), first).reverse();
    this.#newest = running(this.#byEffect, newerOf);
  }

  /** The first write in effect that is newer. Whoever begins to read after that must not see this one any more. */
  overtakerOf(cluster: Cluster): Cluster | null {
    const { effectiveMs, startMs, version } = cluster;
    const later = this.#firstByStart[countWhile(this.#byStart, (other) => other.startMs <= effectiveMs)];
    if (version === null) return later ?? null;
    const count = countWhile(this.#byVersion, (other) => versionOf(other) <= version);
    const higher = this.#firstByVersion[count];
    if (higher === undefined || higher.effectiveMs < startMs) return later ?? null;
    return later !== undefined && later.effectiveMs <= higher.effectiveMs ? later : higher;
  }

  /** The newest write in effect before the moment; null before the first. */
  newestBefore(ms: number): Cluster | null {
    return this.#newest[countWhile(this.#byEffect, (other) => other.effectiveMs < ms) - 1] ?? null;
  }
}

function versionOf({ version }: Cluster): string {
  return version ?? "";
}

function newerOf(a: Cluster, b: Cluster): Cluster {
  if (a.version !== null && b.version !== null) return a.version > b.version ? a : b;
  return a.startMs > b.startMs ? a : b;
}

/** Not by subtraction, which knows no difference between minus infinity and itself. */
function ascending<K extends number | string>(by: (cluster: Cluster) => K) {
  return (a: Cluster, b: Cluster) => by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0;
}

/** What `choose` makes of the items up to each. */
function running<T>(items: readonly T[], choose: (a: T, b: T) => T): T[] {
  const chosen: T[] = [];
  for (const item of items) {
    const last = chosen.at(-1);
    chosen.push(last === undefined ? item : choose(last, item));
  }
  return chosen;
}

/** How many items at the front meet the condition; none after the first that does not. */
function countWhile<T>(items: readonly T[], meets: (item: T) => boolean): number {
  let low = 0;
  for (let high = items.length; low < high;) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && meets(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
