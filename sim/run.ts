import type { Checker, Violation } from "./checker.ts";
import { lookTable } from "./checker.ts";
import type { CalmReading } from "./clients.ts";
import type { DataOracle } from "./data_oracle.ts";
import type { World } from "./world.ts";

export type Regime = "guarded" | "wild";

export interface RunOptions {
  /** The most nodes alive at a time. */
  readonly nodes: number;
  /** Length of the successor lists; drawn from the seed when absent. */
  readonly successors?: number | undefined;
  /** False measures the simulator without its assertions. */
  readonly isChecked: boolean;
}

export interface RunReport {
  readonly seed: number;
  readonly regime: Regime;
  readonly events: number;
  readonly messages: number;
  readonly checks: number;
  readonly virtualMs: number;
  readonly traceHash: string;
  readonly operations: DataOracle["counts"];
  readonly calm: CalmReading;
  readonly violations: readonly Violation[];
  /** Everything needed to understand and repeat a failure; empty when there was none. */
  readonly failure: string;
}

export function finish(
  seed: number,
  regime: Regime,
  world: World,
  checker: Checker,
  oracle: DataOracle,
  calm: CalmReading,
  options: RunOptions,
): RunReport {
  for (const { life } of world.hosts) life?.node?.stop();
  const { scheduler, trace } = world;
  return {
    seed,
    regime,
    events: scheduler.events,
    messages: trace.messages,
    checks: checker.checks,
    virtualMs: scheduler.nowMs,
    traceHash: trace.hash,
    operations: oracle.counts,
    calm,
    violations: checker.violations,
    failure: checker.violations.length === 0 ? "" : failureText(seed, regime, world, checker, options),
  };
}

function failureText(
  seed: number,
  regime: Regime,
  world: World,
  checker: Checker,
  options: RunOptions,
): string {
  const { bits, partitions, successors } = world.config;
  return [
    `seed ${seed} (${regime}): ${checker.violations.length} violations`,
    `options: nodes ${options.nodes}, successors ${successors}, bits ${bits}, partitions ${partitions}, ` +
    `latency ${world.network.options.latencyMsMin}..${world.network.options.latencyMsMax} ms`,
    ...checker.violations.slice(0, 5).map(({ atMs, what }) => `  at ${atMs.toFixed(1)} ms: ${what}`),
    `the last ${checker.looks.length} changes of the ring:`,
    lookTable(checker.looks),
    `replay: deno task sim --regime ${regime} --seed ${seed} --runs 1 --nodes ${options.nodes}`,
  ].join("\n");
}
