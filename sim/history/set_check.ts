import { type Anomaly, type AnomalyKind, findAnomalies } from "./anomalies.ts";
import { isFound, type Operation } from "./history.ts";

/**
 * What was left at the end, counted as Jepsen's `set` does.
 *
 *     lost = acknowledged − final    recovered = unknown ∩ final    unexpected = final − attempted
 *
 * For a key written more than once, its final read has to see the newest write that was acknowledged (or seen by
 * another read before), or one of unknown outcome that may have come after it.
 */
export interface FinalCheck {
  /** Puts that were not refused for certain. */
  readonly attempted: number;
  readonly acknowledged: number;
  /** Keys with a value at the end. */
  readonly final: number;
  /** Puts that the end should show, and does not. */
  readonly lost: readonly Operation[];
  /** Final reads of a value that had been deleted, or that a now expired one had replaced. */
  readonly resurrected: readonly Operation[];
  /** Puts of unknown outcome that happened after all. */
  readonly recovered: readonly Operation[];
  /** Final reads of what nobody wrote or what was refused for certain. */
  readonly unexpected: readonly Operation[];
  /** Keys for which no final read was answered; what is lost of them, nobody knows. */
  readonly unread: readonly string[];
}

/**
 * @param finalReads gets of every key when all was calm again, through one node or through each.
 * @param anomalies those of the operations and final reads together, if the caller has them.
 */
export function checkFinal(
  operations: readonly Operation[],
  finalReads: readonly Operation[],
  anomalies: readonly Anomaly[] = findAnomalies(operations, finalReads),
): FinalCheck {
  const puts = operations.filter(({ kind, outcome }) => kind === "put" && outcome !== "fail");
  const answers = finalReads.filter(({ outcome }) => outcome === "ok");
  const found = new Set(answers.filter(isFound).map(({ key }) => key));
  const seen = new Set(answers.map(({ key, value }) => nameOf(key, value)));
  const isFinal = new Set(answers);
  const ofKind = (kind: AnomalyKind) =>
    anomalies.filter((anomaly) => anomaly.kind === kind && isFinal.has(anomaly.read));
  return {
    attempted: puts.length,
    acknowledged: puts.filter(({ outcome }) => outcome === "ok").length,
    final: found.size,
    lost: distinct(ofKind("lost").map(({ missed }) => missed)),
    resurrected: ofKind("resurrected").map(({ read }) => read),
    recovered: puts.filter(({ outcome, key, value }) => outcome === "info" && seen.has(nameOf(key, value))),
    unexpected: ofKind("phantom").map(({ read }) => read),
    unread: unreadKeys(operations, answers),
  };
}

function unreadKeys(operations: readonly Operation[], answers: readonly Operation[]): string[] {
  const read = new Set(answers.map(({ key }) => key));
  return distinct(operations.map(({ key }) => key)).filter((key) => !read.has(key));
}

/** Values are unique within a key only. */
function nameOf(key: string, value: string | null): string {
  return JSON.stringify([key, value]);
}

function distinct<T>(items: readonly (T | null)[]): T[] {
  return [...new Set(items)].filter((item) => item !== null);
}
