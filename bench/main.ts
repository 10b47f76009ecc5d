import { parseArgs } from "node:util";
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

Usage: deno task bench [NAME...] [--seconds N] [--json]

  NAME           some measurements instead of all: ${measurements.map(({ name }) => name).join(" ")};
                 one that begins with NAME and a dash comes along
  --seconds N    length of each load (default 9)
  --json         figures as JSON

Exit codes: 0 measured (a missed target is shown, it is no failure), 64 usage.`;

const secondsDefault = 9;

async function main(args: readonly string[]): Promise<number> {
  const { help, isJson, names, seconds } = readArguments(args);
  if (help) return say(usage, 0);
  const isChosen = (wanted: string, name: string) => name === wanted || name.startsWith(`${wanted}-`);
  const isKnown = (wanted: string) => measurements.some(({ name }) => isChosen(wanted, name));
  if (!names.every(isKnown) || !(seconds > 0)) return say(usage, 64);
  const chosen = measurements.filter(({ name }) =>
    names.length === 0 || names.some((wanted) => isChosen(wanted, name))
  );
  const figures: Figure[] = [];
  for (const { name, run } of chosen) {
    if (!isJson) say(`measuring ${name} ...`, 0);
    figures.push(...await run(seconds));
  }
  return say(isJson ? JSON.stringify(figures, null, 2) : `\n${table(figures)}`, 0);
}

interface Arguments {
  readonly names: readonly string[];
  readonly seconds: number;
  readonly isJson: boolean;
  readonly help: boolean;
}

/** What is not understood asks for no seconds, which nobody may. */
function readArguments(args: readonly string[]): Arguments {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: { type: "string", multiple: true, default: [] },
        seconds: { type: "string", default: String(secondsDefault) },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const { help, json, only, seconds } = values;
    return { names: [...positionals, ...only], seconds: Number(seconds), isJson: json, help };
  } catch {
    return { names: [], seconds: 0, isJson: false, help: false };
  }
}

function say(text: string, exitCode: number): number {
  // deno-lint-ignore no-console
  console.log(text);
  return exitCode;
}

Deno.exit(await main(Deno.args));
