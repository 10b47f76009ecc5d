import { consoleBench } from "./console_bench.ts";
import { type Figure, type Measurement, table } from "./figure.ts";
import { hopsBench } from "./hops_bench.ts";
import { httpBench } from "./http_bench.ts";
import { idleBench, startBench } from "./process_bench.ts";
import { movingBench } from "./moving_bench.ts";
import { quorumBench } from "./quorum_bench.ts";
import { ringPageBench } from "./ring_page_bench.ts";
import { securityBench } from "./security_bench.ts";
import { securityKeysBench } from "./security_keys.ts";
import { simBench } from "./sim_bench.ts";

const measurements: readonly Measurement[] = [
  hopsBench,
  simBench,
  startBench,
  httpBench,
  quorumBench,
  movingBench,
  securityBench,
  consoleBench,
  ringPageBench,
  securityKeysBench,
  idleBench,
];

const usage = `Measures Rondo as ratios to a floor of the same machine in the same run.

Usage: deno task bench [--only ${measurements.map(({ name }) => name).join("|")}] [--seconds N] [--json]

  --only NAME    one measurement instead of all
  --seconds N    length of each load (default 9)
  --json         figures as JSON

Exit codes: 0 measured (a missed target is shown, it is no failure), 64 usage.`;

const secondsDefault = 9;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) return say(usage, 0);
  const only = valueOf(args, "--only");
  const seconds = Number(valueOf(args, "--seconds") ?? secondsDefault);
  const chosen = measurements.filter(({ name }) => only === null || name === only);
  if (chosen.length === 0 || !(seconds > 0)) return say(usage, 64);
  const figures: Figure[] = [];
  for (const { name, run } of chosen) {
    if (!args.includes("--json")) say(`measuring ${name} ...`, 0);
    figures.push(...await run(seconds));
  }
  return say(args.includes("--json") ? JSON.stringify(figures, null, 2) : `\n${table(figures)}`, 0);
}

function valueOf(args: readonly string[], flag: string): string | null {
  const at = args.indexOf(flag);
  return at < 0 ? null : args[at + 1] ?? "";
}

function say(text: string, exitCode: number): number {
  // deno-lint-ignore no-console
  console.log(text);
  return exitCode;
}

Deno.exit(await main(Deno.args));
