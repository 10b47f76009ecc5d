import type { Checker, Violation } from "./checker.ts";
import { lookTable } from "./checker.ts";
import type { CalmReading } from "./clients.ts";
import type { Trouble } from "./fault_profile.ts";
import type { FaultKind } from "./faults.ts";
import type { World } from "./world.ts";

export const regimes = ["guarded", "wild", "faults"] as const;
export type Regime = typeof regimes[number];

export interface RunOptions {
  /** The most nodes alive at a time. */
  readonly nodes: number;
  /** Length of the successor lists; drawn from the seed when absent. */
  readonly successors?: number | undefined;
  /** The only troubles that the regime `faults` makes; drawn from the seed when absent. */
  readonly troubles?: readonly Trouble[] | undefined;
  /** Half the price for each run with faults: everything that nodes do by themselves, they do less often. */
  readonly isFast?: boolean | undefined;
  /** False measures the simulator without its assertions. */
  readonly isChecked: boolean;
}

/** Operations of clients by how they ended. */
export interface OperationCounts {
  /** Writes. */
  readonly acknowledged: number;
  readonly unknown: number;
  readonly refused: number;
  /** Reads. */
  readonly found: number;
  readonly absent: number;
  readonly uncertain: number;
  /** Acknowledged writes on a condition, and how many of them replaced a version that another had replaced. */
  readonly conditional?: number;
  readonly condDouble?: number;
}

/** What came of one run. It holds nothing but plain data, so that it can travel between processes. */
export interface RunReport {
  readonly seed: number;
  readonly regime: Regime;
  readonly events: number;
  readonly messages: number;
  readonly checks: number;
  readonly virtualMs: number;
  readonly traceHash: string;
  readonly operations: OperationCounts;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly calm: CalmReading;
  readonly violations: readonly Violation[];
  /** Everything needed to understand and repeat a failure; empty when there was none. */
  readonly failure: string;
}

/** A run that has come to its end. */
export interface EndedRun {
  readonly seed: number;
  readonly regime: Regime;
  readonly options: RunOptions;
  readonly world: World;
  readonly checker: Checker;
  readonly operations: OperationCounts;
  readonly calm: CalmReading;
  /** More to print if it failed. */
  readonly evidence?: readonly string[];
}

/** Stops what still runs, and sums up. */
export function finish(run: EndedRun): RunReport {
  const { calm, checker, operations, regime, seed, world } = run;
  for (const { life } of world.hosts) life?.node?.stop();
  const { faults, scheduler, trace } = world;
  return {
    seed,
    regime,
    events: scheduler.events,
    messages: trace.messages,
    checks: checker.checks,
    virtualMs: scheduler.nowMs,
    traceHash: trace.hash,
    operations: { ...operations },
    faults: faults.hits,
    calm,
    violations: checker.violations,
    failure: checker.violations.length === 0 ? "" : failureText(run),
  };
}

function failureText({ checker, evidence = [], options, regime, seed, world }: EndedRun): string {
  const { network } = world;
  return [
    `seed ${seed} (${regime}): ${checker.violations.length} violations`,
    `options: nodes ${options.nodes}, ${settings(world)}, ` +
    `latency ${network.options.latencyMsMin}..${network.options.latencyMsMax} ms`,
    ...checker.violations.slice(0, 5).map(({ atMs, what }) => `  at ${atMs.toFixed(1)} ms: ${what}`),
    ...checker.looks.length === 0 ? [] : [`the last ${checker.looks.length} changes of the ring:`],
    ...checker.looks.length === 0 ? [] : [lookTable(checker.looks)],
    "the last that was done to it, by virtual milliseconds:",
    ...world.journal.lines,
    ...evidence,
    `replay: ${replayCommand(regime, seed, options)}`,
  ].join("\n");
}

/** What the run differs from others in. */
function settings({ config }: World): string {
  const names = [
    "replicas",
    "successors",
    "bits",
    "partitions",
    "stabilizeMs",
    "deadAfterMs",
    "antiEntropyMs",
    "tombstoneGraceMs",
  ] as const;
  return names.map((name) => `${name} ${config[name]}`).join(", ");
}

function replayCommand(
  regime: Regime,
  seed: number,
  { isFast, nodes, successors, troubles }: RunOptions,
): string {
  const command = `deno task sim --regime ${regime} --seed ${seed} --runs 1 --nodes ${nodes}`;
  const withSuccessors = successors === undefined ? "" : ` --successors ${successors}`;
  const withTroubles = troubles === undefined ? "" : ` --faults ${troubles.join()}`;
  return `${command}${withSuccessors}${withTroubles}${isFast === true ? " --fast" : ""}`;
}
