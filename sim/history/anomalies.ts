import { type Cluster, keyHistories, type KeyHistory, type Misfit } from "./clusters.ts";
import { describe, isFound, type Operation } from "./history.ts";
import { Succession } from "./succession.ts";

/** From the worst on. Each read has one name only, the first that fits. */
export const anomalyKinds = [
  /** At the end, the read does not see an acknowledged value, nor anything newer. */
  "lost",
  /** An old value, although the newest write known before the read was a delete, or has expired. */
  "resurrected",
  /** Absent, although an acknowledged value had to be visible. */
  "falseAbsent",
  /** A value or tombstone that nobody wrote, or whose write was refused for certain. */
  "phantom",
  /** Found when its time was over. */
  "expiredRead",
  /** Absent before its time was over, and by nothing but its own expiry. */
  "earlyExpiry",
  /** The read ended before its write began. */
  "future",
  /** An old state, although a newer write was in effect before the read began. */
  "stale",
] as const;

export type AnomalyKind = typeof anomalyKinds[number];

/** One read that should not have been answered as it was. */
export interface Anomaly {
  readonly kind: AnomalyKind;
  readonly read: Operation;
  /** The newest write known before the read began, where the read should have seen it; null if nobody knows whose. */
  readonly missed: Operation | null;
  /** How long the answer had been out of date when the read began; null where age is not the matter. */
  readonly ageMs: number | null;
  /** In words. */
  readonly text: string;
}

/** How far two wall clocks of a ring may be apart: by so much an expiry may come early or late (promise G5). */
const clockOffsetMsMax = 500;

/**
 * Names what is wrong with each read.
 *
 * Never blames an atomic history whose versions grow in its order. The converse does not hold: a few histories have
 * no order though no single read is to blame, and those only zones.ts sees.
 *
 * @param finalReads gets from when all was calm again; on the same clocks, and not among the operations.
 */
export function findAnomalies(
  operations: readonly Operation[],
  finalReads: readonly Operation[] = [],
): Anomaly[] {
  const final = new Set(finalReads);
  return keyHistories([...operations, ...finalReads]).flatMap((history) => anomaliesOf(history, final));
}

export function anomaliesOf(history: KeyHistory, finalReads: ReadonlySet<Operation>): Anomaly[] {
  const succession = new Succession(history.clusters);
  const anomalies = history.misfits.map(unfit);
  for (const cluster of history.clusters) {
    const overtaker = cluster.reads.length === 0 ? null : succession.overtakerOf(cluster);
    for (const read of cluster.reads) {
      const anomaly = overtaken(read, overtaker, succession) ?? untimely(read, cluster.write);
      if (anomaly !== null) anomalies.push(anomaly);
    }
  }
  return anomalies.map((anomaly) => finalReads.has(anomaly.read) ? atTheEnd(anomaly) : anomaly);
}

function unfit({ kind, read, write, why }: Misfit): Anomaly {
  return { kind, read, missed: kind === "falseAbsent" ? write : null, ageMs: null, text: why };
}

/** The read began when a newer write than the one it saw was in effect already. */
function overtaken(read: Operation, overtaker: Cluster | null, succession: Succession): Anomaly | null {
  if (overtaker === null || overtaker.effectiveMs >= read.callMs) return null;
  const newest = succession.newestBefore(read.callMs) ?? overtaker;
  const ageMs = read.callMs - overtaker.effectiveMs;
  const proof = overtaker.firstEnded === null ? "" : describe(overtaker.firstEnded);
  const text = `${describe(read)} of "${read.key}" was out of date for ${Math.round(ageMs)} ms, by ${proof}`;
  return { kind: kindOfOvertaken(read, newest), read, missed: newest.write, ageMs, text };
}

/** @param newest what the read should have seen, if nothing newer. */
function kindOfOvertaken(read: Operation, newest: Cluster): AnomalyKind {
  if (isFound(read)) return isGone(newest, read.wallCallMs) ? "resurrected" : "stale";
  return isGone(newest, read.wallReturnMs + clockOffsetMsMax) ? "stale" : "falseAbsent";
}

/** Whether it leaves the key without a value at the given time of day. */
function isGone({ write }: Cluster, wallMs: number): boolean {
  if (write === null || write.kind === "delete") return true;
  return write.expiresAtMs !== null && wallMs >= write.expiresAtMs;
}

/** The read saw the write that it should, but on the wrong side of its expiry. */
function untimely(read: Operation, write: Operation | null): Anomaly | null {
  if (write === null || write.expiresAtMs === null) return null;
  const lateMs = read.wallCallMs - write.expiresAtMs;
  const earlyMs = write.expiresAtMs - read.wallReturnMs;
  const isLate = isFound(read) && lateMs > clockOffsetMsMax;
  const isEarly = !isFound(read) && earlyMs > clockOffsetMsMax;
  if (!isLate && !isEarly) return null;
  const distance = isLate ? `${Math.round(lateMs)} ms after` : `${Math.round(earlyMs)} ms before`;
  const text = `${describe(read)} of "${read.key}" came ${distance} the expiry of ${describe(write)}`;
  return {
    kind: isLate ? "expiredRead" : "earlyExpiry",
    read,
    missed: isEarly ? write : null,
    ageMs: null,
    text,
  };
}

/** What is out of date at the end will not come back: the value that should be there is lost. */
function atTheEnd(anomaly: Anomaly): Anomaly {
  const { kind, read } = anomaly;
  const isLost = kind === "falseAbsent" || (kind === "stale" && isFound(read));
  return isLost ? { ...anomaly, kind: "lost" } : anomaly;
}
