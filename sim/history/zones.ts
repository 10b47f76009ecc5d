import { type Cluster, keyHistories, type KeyHistory } from "./clusters.ts";
import { describe, type Operation } from "./history.ts";

/**
 * Why the key's history is not atomic (linearizable), or null: then the operations can be put into one order that
 * respects time and in which every read sees the last write before it.
 *
 * Exact, in n log n, since every read tells which write it saw (Gibbons and Korach 1997). The cluster of a write
 * claims a zone of time, between its first end and its last beginning.
 *
 *     forward zone    first end < last beginning: the value was in effect all through it, and nothing else was
 *     backward zone   last beginning <= first end: all members overlap, so any one moment in it is enough
 *
 * It is atomic if no two forward zones overlap and no backward zone lies within a forward one. A delete writes a
 * tombstone; a value with an expiry stays the same write after it, whether read as found or as absent: when it may
 * be which, anomalies.ts judges. Writes of unknown outcome that nobody saw may never have happened.
 *
 * Absent without a version means "never written", so the run must be shorter than the grace after which the ring
 * forgets its tombstones.
 */
export function atomicityFault(history: KeyHistory): string | null {
  const [misfit] = history.misfits;
  if (misfit !== undefined) return misfit.why;
  const happened = history.clusters.filter(({ effectiveMs }) => effectiveMs < Infinity);
  const forward = happened.filter(isForward).sort((a, b) => a.effectiveMs - b.effectiveMs);
  const pair = overlap(forward) ?? enclosure(forward, happened);
  return pair === null ? unexplained(history, forward) : contradiction(history.key, ...pair);
}

/** The keys whose history is not atomic, and why. */
export function findNonAtomic(operations: readonly Operation[]): Map<string, string> {
  const faults = new Map<string, string>();
  for (const history of keyHistories(operations)) {
    const fault = atomicityFault(history);
    if (fault !== null) faults.set(history.key, fault);
  }
  return faults;
}

function isForward({ effectiveMs, lastCallMs }: Cluster): boolean {
  return effectiveMs < lastCallMs;
}

type Pair = readonly [outer: Cluster, inner: Cluster];

function overlap(forward: readonly Cluster[]): Pair | null {
  for (const [i, next] of forward.entries()) {
    const before = forward[i - 1];
    if (before !== undefined && next.effectiveMs < before.lastCallMs) return [before, next];
  }
  return null;
}

function enclosure(forward: readonly Cluster[], clusters: readonly Cluster[]): Pair | null {
  for (const inner of clusters) {
    if (isForward(inner)) continue;
    const outer = lastBefore(forward, inner.lastCallMs);
    if (outer !== null && inner.effectiveMs < outer.lastCallMs) return [outer, inner];
  }
  return null;
}

/** The last zone that begins before the moment; since they do not overlap, no other can reach beyond it. */
function lastBefore(forward: readonly Cluster[], ms: number): Cluster | null {
  let low = 0;
  for (let high = forward.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((forward[middle]?.effectiveMs ?? Infinity) < ms) low = middle + 1;
    else high = middle;
  }
  return forward[low - 1] ?? null;
}

function contradiction(key: string, outer: Cluster, inner: Cluster): string {
  const again = outer.lastBegun === null ? "" : describe(outer.lastBegun);
  const between = inner.firstEnded === null ? "" : describe(inner.firstEnded);
  return `"${key}" has no order: ${again} began after ${between} had ended, yet saw what was in effect before`;
}

/**
 * Whether the tombstones of unknown make can be shared out among the deletes that were never answered.
 *
 * Such a delete has no end, so all that matters of it is its beginning, and the earlier the better. Who can
 * wait least is served first: if that fails, so does every other way.
 */
function unexplained({ key, tombstones, silent }: KeyHistory, forward: readonly Cluster[]): string | null {
  const byNeed = tombstones.map((tombstone) => ({ tombstone, latestMs: latestStart(tombstone, forward) }))
    .sort((a, b) => a.latestMs - b.latestMs);
  for (const [i, { tombstone, latestMs }] of byNeed.entries()) {
    const write = silent[i];
    if (write !== undefined && write.callMs <= latestMs) continue;
    const read = tombstone.firstEnded === null ? "" : describe(tombstone.firstEnded);
    const maker = write === undefined ? "nobody is left who" : `${describe(write)} is too late: nobody else`;
    return `"${key}" has no order: ${read} saw the tombstone ${tombstone.version}, and ${maker} could have made it`;
  }
  return null;
}

/** The last moment at which the tombstone's delete can have begun without making its zone one that is enclosed. */
function latestStart(tombstone: Cluster, forward: readonly Cluster[]): number {
  const outer = lastBefore(forward, tombstone.effectiveMs);
  return outer !== null && tombstone.effectiveMs < outer.lastCallMs
    ? outer.effectiveMs
    : tombstone.effectiveMs;
}
