import { anomaliesOf, type Anomaly, type AnomalyKind, anomalyKinds } from "./anomalies.ts";
import { keyHistories } from "./clusters.ts";
import type { Operation, Outcome } from "./history.ts";
import { checkFinal, type FinalCheck } from "./set_check.ts";
import { atomicityFault } from "./zones.ts";

export interface Counts {
  /** Asked by clients; the final reads are not among them. */
  readonly operations: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** Puts; all other counts below are of reads, final ones included. */
  readonly lost: number;
  readonly stale: number;
  /** How long the worst of the stale answers had been out of date; 0 without one. */
  readonly staleWorstMs: number;
  readonly resurrected: number;
  readonly phantom: number;
  readonly future: number;
  readonly expiredReads: number;
  readonly earlyExpiries: number;
  readonly falseAbsent: number;
  /** Keys whose operations no order explains. */
  readonly nonAtomicKeys: number;
  /** Share of the operations that were `ok` within the deadline, from 0 to 1; 1 without any. */
  readonly availability: number;
}

export interface Verdict {
  readonly counts: Counts;
  /** What was left at the end. */
  readonly final: FinalCheck;
  /** In words, at most `findingsMax`: of every kind the worst, worst kind first, then more of the same. */
  readonly findings: readonly string[];
}

/** More would not be read: the first few show the fault, the counts its size. */
const findingsMax = 5;
/** After this a client has given up, so a later answer is none: that of our own clients, and the default of a node. */
const deadlineMsDefault = 5_000;

/**
 * The verdict on a run: everything that the checkers can say.
 *
 * @param finalReads gets of every key when all was calm again; on the same clocks, not among the operations.
 */
export function judge(
  operations: readonly Operation[],
  finalReads: readonly Operation[] = [],
  { deadlineMs = deadlineMsDefault }: { readonly deadlineMs?: number } = {},
): Verdict {
  const isFinal = new Set(finalReads);
  const histories = keyHistories([...operations, ...finalReads]);
  const anomalies = histories.flatMap((history) => anomaliesOf(history, isFinal));
  const final = checkFinal(operations, finalReads, anomalies);
  const faults = histories.map(atomicityFault).filter((fault) => fault !== null);
  const counts = {
    ...countOutcomes(operations),
    ...countAnomalies(anomalies),
    lost: final.lost.length,
    nonAtomicKeys: faults.length,
    availability: availability(operations, deadlineMs),
  };
  return { counts, final, findings: selectFindings(anomalies, faults) };
}

function countOutcomes(operations: readonly Operation[]) {
  const count = (outcome: Outcome) => operations.filter((operation) => operation.outcome === outcome).length;
  return { operations: operations.length, ok: count("ok"), fail: count("fail"), info: count("info") };
}

function countAnomalies(anomalies: readonly Anomaly[]) {
  const count = (kind: AnomalyKind) => anomalies.filter((anomaly) => anomaly.kind === kind).length;
  const stale = anomalies.filter(({ kind }) => kind === "stale");
  return {
    stale: stale.length,
    staleWorstMs: stale.reduce((worst, { ageMs }) => Math.max(worst, ageMs ?? 0), 0),
    resurrected: count("resurrected"),
    phantom: count("phantom"),
    future: count("future"),
    expiredReads: count("expiredRead"),
    earlyExpiries: count("earlyExpiry"),
    falseAbsent: count("falseAbsent"),
  };
}

function availability(operations: readonly Operation[], deadlineMs: number): number {
  const inTime = operations.filter(({ outcome, callMs, returnMs }) =>
    outcome === "ok" && returnMs - callMs <= deadlineMs
  );
  return operations.length === 0 ? 1 : inTime.length / operations.length;
}

/** Whoever reads the findings should meet every kind of fault before the second of a kind. */
function selectFindings(anomalies: readonly Anomaly[], faults: readonly string[]): string[] {
  const groups = anomalyKinds.map((kind) =>
    anomalies.filter((anomaly) => anomaly.kind === kind)
      .sort((a, b) => (b.ageMs ?? 0) - (a.ageMs ?? 0))
      .map(({ text }) => `${kind}: ${text}`)
  );
  groups.push(faults.map((fault) => `nonAtomic: ${fault}`));
  const firsts = groups.flatMap((group) => group.slice(0, 1));
  const others = groups.flatMap((group) => group.slice(1));
  return [...firsts, ...others].slice(0, findingsMax);
}
