import { type Version, versionMs } from "../core/data/version.ts";
import type { Operation } from "./history/history.ts";

/** The clock of whoever forgets may be ahead of the driver's. */
const clockSlackMs = 1_000;

/**
 * The reads of a history with absences explained that outlived their tombstones.
 *
 * Once a deletion, or the end of a value, is older than the grace it may be forgotten, and a read then finds nothing
 * where it would have found that version. It is given back to the read if it was the last thing that was acknowledged;
 * a read that may owe its nothing to a write of unknown outcome is left out, as nobody can say which.
 */
export function withForgotten(
  reads: readonly Operation[],
  operations: readonly Operation[],
  graceMs: number,
): Operation[] {
  const writes = Map.groupBy(operations.filter(({ kind }) => kind !== "get"), ({ key }) => key);
  return reads.flatMap((read) => {
    const isBareAbsence = read.kind === "get" && read.outcome === "ok" && read.value === null &&
      read.version === null;
    return isBareAbsence ? explained(read, writes.get(read.key) ?? [], graceMs - clockSlackMs) : [read];
  });
}

function explained(read: Operation, writes: readonly Operation[], graceMs: number): Operation[] {
  const isForgettable = (write: Operation) =>
    (endMs(write) ?? Infinity) + graceMs <= read.wallReturnMs && write.callMs < read.returnMs;
  const mayBeForgotten = (write: Operation) =>
    write.outcome === "info" && write.callMs < read.returnMs &&
    read.wallReturnMs - write.wallCallMs >= graceMs;
  const last = writes.filter(({ outcome, returnMs }) => outcome === "ok" && returnMs <= read.callMs)
    .reduce<Operation | null>((a, b) => a === null || (b.version ?? "") > (a.version ?? "") ? b : a, null);
  if (writes.some(mayBeForgotten)) return [];
  return last !== null && isForgettable(last) ? [{ ...read, version: last.version }] : [read];
}

/** From when on the key is gone by this write, by the wall clock; null while it is not. */
function endMs({ expiresAtMs, kind, version }: Operation): number | null {
  const madeMs = version === null ? 0 : versionMs(version as Version);
  if (kind === "delete") return madeMs;
  return expiresAtMs === null ? null : Math.max(madeMs, expiresAtMs);
}
