import { type Counts, judge } from "../sim/history/report.ts";
import type { Operation, Outcome } from "../sim/history/history.ts";
import type { Caller } from "./caller.ts";
import { clientTimeoutMs } from "./place.ts";

/** Of a client's operation, its retry included. */
const deadlineMs = clientTimeoutMs + 100;

export interface Verdict {
  /** Operations and outcomes are those of the clients, without the preload. */
  readonly counts: Counts;
  readonly findings: readonly string[];
  /** Keys that nobody could read at the end. */
  readonly unread: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** What the clients' history and the reads at the end say of the ring. */
export function verdictOn({ history, expiries }: Caller, finalReads: readonly Operation[]): Verdict {
  const operations = history.operations.map((operation) => withExpiry(operation, expiries));
  const { counts, final, findings } = judge(operations, finalReads, { deadlineMs });
  const own = operations.filter(({ client }) => client !== "preload");
  return {
    counts: { ...counts, ...outcomesOf(own) },
    findings,
    unread: final.unread.length,
    latencyMs: latencies(own),
  };
}

function outcomesOf(operations: readonly Operation[]) {
  const count = (outcome: Outcome) => operations.filter((operation) => operation.outcome === outcome).length;
  const ok = operations.filter(({ outcome, callMs, returnMs }) =>
    outcome === "ok" && returnMs - callMs <= deadlineMs
  );
  return {
    ...{ operations: operations.length, ok: count("ok"), fail: count("fail"), info: count("info") },
    availability: ok.length / Math.max(1, operations.length),
  };
}

/** When a value that was never acknowledged expires, only those know who have read it. */
function withExpiry(operation: Operation, expiries: ReadonlyMap<string, number>): Operation {
  const { kind, outcome, value } = operation;
  if (kind !== "put" || outcome !== "info" || value === null) return operation;
  const expiresAtMs = expiries.get(value);
  return expiresAtMs === undefined ? operation : { ...operation, expiresAtMs };
}

function latencies(operations: readonly Operation[]): Verdict["latencyMs"] {
  const sorted = operations.filter(({ outcome }) => outcome === "ok")
    .map(({ callMs, returnMs }) => returnMs - callMs).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
