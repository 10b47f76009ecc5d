import { guardedRun } from "./guarded_run.ts";
import type { Regime, RunOptions, RunReport } from "./run.ts";
import { runSmallRing, smallRingCases } from "./small_rings.ts";
import { wildRun } from "./wild_run.ts";

const usage = `Runs simulated rings in virtual time and checks what must hold.

Usage: deno task sim [--seed S] [--runs K] [--nodes N] [--regime guarded|wild|both] [--successors R]
                     [--small] [--twice] [--unchecked]

  --seed S         first seed (default: from the clock, printed)
  --runs K         seeds tried in each regime (default 100)
  --nodes N        most nodes alive at a time (default 12)
  --regime NAME    guarded: inside the conditions of the proof; wild: outside them; both (default)
  --successors R   length of the successor lists (default: drawn from the seed)
  --small          instead of seeds: every join order and crash point of rings of up to r+2 nodes, r = 2 and 3
  --twice          runs every seed twice and compares the hashes of the two traces
  --unchecked      without assertions, to see what they cost

Exit codes: 0 no violation, 1 violations, 64 usage.`;

/** What the command line asked for. */
interface Plan extends RunOptions {
  readonly seed: number;
  readonly runs: number;
  readonly regimes: readonly Regime[];
  readonly isTwice: boolean;
  readonly isSmall: boolean;
}

const flags = ["seed", "runs", "nodes", "regime", "successors"];
const switches = ["twice", "unchecked", "small", "help"];

/** @throws RangeError saying what is wrong with the arguments. */
export function planOf(args: readonly string[], defaultSeed: number): Plan | "help" {
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const name = args[i]?.replace(/^--/, "") ?? "";
    if (!flags.includes(name) && !switches.includes(name)) throw new RangeError(`Unknown option: ${args[i]}`);
    values.set(name, switches.includes(name) ? "yes" : args[++i] ?? "");
  }
  if (values.has("help")) return "help";
  const regime = values.get("regime") ?? "both";
  if (!["guarded", "wild", "both"].includes(regime)) throw new RangeError(`Unknown regime: ${regime}`);
  const successors = values.get("successors");
  return {
    seed: wholeNumber("seed", values.get("seed") ?? String(defaultSeed), 0),
    runs: wholeNumber("runs", values.get("runs") ?? "100", 1),
    nodes: wholeNumber("nodes", values.get("nodes") ?? "12", 3),
    ...(successors === undefined ? {} : { successors: wholeNumber("successors", successors, 2) }),
    regimes: regime === "both" ? ["guarded", "wild"] : [regime as Regime],
    isTwice: values.has("twice"),
    isSmall: values.has("small"),
    isChecked: !values.has("unchecked"),
  };
}

/** Runs the plan, printing as it goes; gives the number of seeds that failed. */
export async function runPlan(plan: Plan, print: (line: string) => void): Promise<number> {
  let failures = 0;
  for (const regime of plan.regimes) {
    print(`${regime}: seeds ${plan.seed} to ${plan.seed + plan.runs - 1}, up to ${plan.nodes} nodes`);
    const reports: RunReport[] = [];
    for (let seed = plan.seed; seed < plan.seed + plan.runs; seed++) {
      const report = await runOnce(regime, seed, plan);
      if (report.failure !== "") {
        failures++;
        print(report.failure);
      }
      reports.push(report);
    }
    print(summaryOf(regime, reports));
  }
  return failures;
}

/** Runs every ring too small for the proof; gives the number of cases that failed. */
async function runSmall(print: (line: string) => void): Promise<number> {
  let failures = 0;
  for (const successors of [2, 3]) {
    let runs = 0;
    for (const small of smallRingCases(successors)) {
      const fault = await runSmallRing(small);
      if (fault !== null) print(`${JSON.stringify(small)}: ${fault}`);
      if (fault !== null) failures++;
      if (++runs % 5_000 === 0) print(`r = ${successors}: ${runs} runs so far`);
    }
    print(`r = ${successors}, up to ${successors + 2} nodes: ${runs} runs, ${failures} violations`);
  }
  return failures;
}

async function runOnce(regime: Regime, seed: number, plan: Plan): Promise<RunReport> {
  const run = regime === "guarded" ? guardedRun : wildRun;
  const report = await run(seed, plan);
  if (!plan.isTwice) return report;
  const again = await run(seed, plan);
  if (again.traceHash === report.traceHash) return report;
  const failure =
    `seed ${seed} (${regime}) is not repeatable: trace ${report.traceHash}, then ${again.traceHash}`;
  return { ...report, violations: [...report.violations, { atMs: 0, what: failure }], failure };
}

function summaryOf(regime: Regime, reports: readonly RunReport[]): string {
  const sum = (pick: (report: RunReport) => number) =>
    reports.reduce((total, report) => total + pick(report), 0);
  const lies = sum((report) => report.violations.length);
  const hours = sum((report) => report.virtualMs) / 3_600_000;
  return [
    `${regime}: ${reports.length} runs, ${sum(({ events }) => events)} events, ${lies} violations`,
    `  ${hours.toFixed(1)} virtual hours, ${sum(({ messages }) => messages)} messages, ${
      sum(({ checks }) => checks)
    } checks of the ring`,
    `  writes acknowledged ${sum((r) => r.operations.acknowledged)}, unknown ${
      sum((r) => r.operations.unknown)
    }, refused ${sum((r) => r.operations.refused)}; reads found ${sum((r) => r.operations.found)}, absent ${
      sum((r) => r.operations.absent)
    }, cannot tell ${sum((r) => r.operations.uncertain)}`,
    `  at the end ${sum((r) => r.calm.readable)} of ${
      sum((r) => r.calm.expected)
    } acknowledged values were readable`,
  ].join("\n");
}

function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < min) {
    throw new RangeError(`--${name} takes a whole number from ${min}, not "${text}"`);
  }
  return value;
}

/** The command: gives its exit code. */
export async function main(args: readonly string[], print: (line: string) => void): Promise<number> {
  try {
    const plan = planOf(args, Math.floor(Date.now() / 1000));
    if (plan === "help") {
      print(usage);
      return 0;
    }
    const startedAtMs = performance.now();
    const failures = plan.isSmall ? await runSmall(print) : await runPlan(plan, print);
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    const what = plan.isSmall ? "all small rings" : `${plan.runs * plan.regimes.length} runs`;
    print(`${what} in ${seconds} s: ${failures === 0 ? "no violation" : `${failures} runs with violations`}`);
    return failures === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    print(`${error.message}\n\n${usage}`);
    return 64;
  }
}

if (import.meta.main) {
  // deno-lint-ignore no-console
  Deno.exit(await main(Deno.args, (line) => console.log(line)));
}
