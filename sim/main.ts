import { type Job, type JobResult, workThrough } from "./jobs.ts";
import { Journal } from "./journal.ts";
import { huntAll } from "./mutants/report.ts";
import { optionsOf, type Plan, planOf, usage } from "./plan.ts";
import type { Regime } from "./run.ts";
import { runSmallRing, smallRingCases } from "./small_rings.ts";
import { Totals } from "./totals.ts";

const runsDefault = 100;
/** Seeds done by one processor before it asks for more. */
const batch = 10;

/** Runs the plan, printing as it goes; gives the number of runs that failed, and what was missed. */
export async function runPlan(plan: Plan, print: (line: string) => void): Promise<number> {
  let failures = 0;
  for (const regime of plan.regimes) {
    const totals = new Totals(regime);
    const { nodes } = optionsOf(plan, regime);
    print(`${regime}: seeds ${plan.seed} to ${plan.seed + runsOf(plan) - 1}, up to ${nodes} nodes`);
    await workThrough(seedJobs(plan, regime), plan.jobs, (result) => take(result, totals, print));
    print(totals.summary);
    if (totals.missed.length > 0) print(`  met too rarely to prove anything: ${totals.missed.join(" ")}`);
    failures += totals.failures + totals.missed.length;
  }
  return failures;
}

function* seedJobs(plan: Plan, regime: Regime): Generator<Job> {
  const end = plan.seed + runsOf(plan);
  const options = optionsOf(plan, regime);
  for (let first = plan.seed; first < end; first += batch) {
    const seeds = Array.from({ length: Math.min(batch, end - first) }, (_, i) => first + i);
    yield { kind: "seeds", regime, seeds, options, isTwice: plan.isTwice };
  }
}

function take(result: JobResult, totals: Totals, print: (line: string) => void): void {
  if (result.kind !== "seeds") return;
  for (const report of result.reports) {
    totals.add(report);
    if (report.failure !== "") print(report.failure);
  }
}

function runsOf({ runs }: Plan): number {
  return runs ?? runsDefault;
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

/** The command: gives its exit code. */
export async function main(args: readonly string[], print: (line: string) => void): Promise<number> {
  try {
    const plan = planOf(args, Math.floor(Date.now() / 1000));
    if (plan === "help") {
      print(usage);
      return 0;
    }
    return await timed(plan, print);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    print(`${error.message}\n\n${usage}`);
    return 64;
  }
}

async function timed(plan: Plan, print: (line: string) => void): Promise<number> {
  Journal.print = plan.isLogged ? print : null;
  // Taking stacks is a tenth of the time. Whoever replays one seed wants them.
  if (plan.runs !== 1) Error.stackTraceLimit = 0;
  const startedAtMs = performance.now();
  const failures = await run(plan, print);
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const what = plan.isMutants
    ? "the mutants"
    : plan.isSmall
    ? "all small rings"
    : `${runsOf(plan) * plan.regimes.length} runs`;
  print(`${what} in ${seconds} s: ${failures === 0 ? "no violation" : `${failures} runs with violations`}`);
  return failures === 0 ? 0 : 1;
}

async function run(plan: Plan, print: (line: string) => void): Promise<number> {
  if (plan.isMutants) return await huntAll(plan, print);
  return plan.isSmall ? await runSmall(print) : await runPlan(plan, print);
}

if (import.meta.main) {
  // deno-lint-ignore no-console
  Deno.exit(await main(Deno.args, (line) => console.log(line)));
}
