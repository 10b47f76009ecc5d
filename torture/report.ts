import { type Copies, wrongKeys } from "./copies.ts";
import type { FaultKind } from "./nemesis.ts";
import type { Death } from "./ring.ts";
import type { Expectation, Figures } from "./stage.ts";
import type { Verdict } from "./verdict.ts";

/** What a run came to. */
export interface Report {
  readonly name: string;
  readonly seed: number;
  readonly figures: Figures;
  readonly verdict: Verdict;
  readonly copies: Copies;
  /** From the end of the faults until the ring was whole; null: it did not become so. */
  readonly healMs: number | null;
  /** From then until all copies were equal, or that was given up. */
  readonly copiesMs: number;
  /** Operations that were not answered, by the code of the error. */
  readonly failures: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<FaultKind, number>;
  /** Between nodes, by what became of them. */
  readonly requests: ReadonlyMap<string, number>;
  readonly deaths: readonly Death[];
  readonly expectations: readonly Expectation[];
  readonly skipped: readonly string[];
}

/** Counts that have to be zero. */
export function violationsOf(report: Report): Readonly<Record<string, number>> {
  const { lost, resurrected, falseAbsent, phantom, future } = report.verdict.counts;
  return {
    ...{ lost, resurrected, falseAbsent, phantom, future },
    divergent: report.copies.divergent.length,
    miscounted: report.copies.miscounted.length,
    unread: report.verdict.unread,
    unexpectedDeaths: report.deaths.filter(({ isDue }) => !isDue).length,
    neverWhole: report.healMs === null ? 1 : 0,
    unmet: report.expectations.filter(({ isMet }) => !isMet).length,
  };
}

export function isGood(report: Report): boolean {
  return Object.values(violationsOf(report)).every((count) => count === 0);
}

/** The report for people. */
export function tableOf(report: Report): string {
  const { figures, verdict: { counts, findings, latencyMs, unread }, copies } = report;
  const { nodes, keys, clients, rate } = figures;
  const rows: [name: string, value: string][] = [
    ["scenario", `${report.name}: ${nodes} nodes, ${keys} keys, ${clients} clients, ${rate} operations/s`],
    ["operations", `${counts.operations}: ${counts.ok} ok, ${counts.fail} failed, ${counts.info} unknown`],
    ["latency", `p50 ${ms(latencyMs.p50)}, p99 ${ms(latencyMs.p99)}, worst ${ms(latencyMs.max)}`],
    ["failures", listOf(report.failures)],
    ["faults", listOf(report.faults)],
    ["requests", listOf(report.requests)],
    ["lost", String(counts.lost)],
    ["stale", `${counts.stale}, worst ${ms(counts.staleWorstMs)}; ${counts.nonAtomicKeys} keys not atomic`],
    ["resurrected", String(counts.resurrected)],
    ["divergent", `${copies.divergent.length}; ${copies.miscounted.length} with too few or many copies`],
    ["falseAbsent", String(counts.falseAbsent)],
    ["wrong", `${counts.phantom} phantoms, ${counts.future} from the future`],
    ["expiry", `${counts.expiredReads} read too late, ${counts.earlyExpiries} gone too early`],
    ["unread", String(unread)],
    ["availability", `${(100 * counts.availability).toFixed(2)} %`],
    ["time to heal", healing(report)],
    ["deaths", deaths(report)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...report.expectations.map(({ what, isMet }) => `${isMet ? "ok" : "NOT OK"}: ${what}`),
    ...report.skipped.map((what) => `SKIPPED ${what}`),
    ...findings.map((finding) => `finding: ${finding}`),
    ...copies.silent.map((url) => `finding: ${url} does not list its copies`),
  ].join("\n");
}

/** The report for programs. */
export function jsonOf(report: Report): string {
  const { failures, faults, requests, copies, ...rest } = report;
  const { divergent, miscounted } = copies;
  return JSON.stringify({
    ...rest,
    isGood: isGood(report),
    violations: violationsOf(report),
    failures: Object.fromEntries(failures),
    faults: Object.fromEntries(faults),
    requests: Object.fromEntries(requests),
    copies: { wrong: wrongKeys(copies), divergent: divergent.length, miscounted: miscounted.length },
  });
}

function healing({ healMs, copiesMs, copies }: Report): string {
  const whole = healMs === null ? "never" : seconds(healMs);
  return `${whole}, copies equal ${wrongKeys(copies) > 0 ? "never" : `${seconds(copiesMs)} after that`}`;
}

function deaths({ deaths }: Report): string {
  const due = deaths.filter(({ isDue }) => isDue).length;
  const others = deaths.filter(({ isDue }) => !isDue).map(({ url, ending }) => `${url} exit ${ending.code}`);
  return `${others.length} unexpected${others.length > 0 ? ` (${others.join(", ")})` : ""}, ` +
    `${due} over a damaged store`;
}

function listOf(counts: ReadonlyMap<string, number>): string {
  const parts = [...counts].filter(([, count]) => count > 0).map(([name, count]) => `${name} ${count}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function seconds(value: number): string {
  return `${(value / 1_000).toFixed(1)} s`;
}
