import { faultRun } from "./fault_run.ts";
import { guardedRun } from "./guarded_run.ts";
import type { Regime, RunOptions, RunReport } from "./run.ts";
import { wildRun } from "./wild_run.ts";

const runs = { guarded: guardedRun, wild: wildRun, faults: faultRun } satisfies Record<
  Regime,
  (seed: number, options: RunOptions) => Promise<RunReport>
>;

/** Runs one seed; twice, if asked, and then fails when the second run takes another course. */
export async function runSeed(
  regime: Regime,
  seed: number,
  options: RunOptions,
  isTwice = false,
): Promise<RunReport> {
  const report = await runs[regime](seed, options);
  if (!isTwice) return report;
  const again = await runs[regime](seed, options);
  if (again.traceHash === report.traceHash) return report;
  const failure =
    `seed ${seed} (${regime}) is not repeatable: trace ${report.traceHash}, then ${again.traceHash}`;
  return { ...report, violations: [...report.violations, { atMs: 0, what: failure }], failure };
}
