import { flagOf } from "../node/option.ts";
import type { FaultKind } from "./nemesis.ts";
import { ConfigurationError, readOptions, type TortureOptions, tortureOptions } from "./options.ts";
import { isGood, jsonOf, type Report, tableOf } from "./report.ts";
import { PreloadError } from "./preload.ts";
import { RingFlawError } from "./ring.ts";
import { mixedScenario, scenarios } from "./scenarios.ts";
import { findFaketime } from "./skew.ts";
import type { Figures, Scenario } from "./stage.ts";
import { torture } from "./torture.ts";
import { Warden } from "./warden.ts";

const exit = { good: 0, violations: 1, usage: 64, interrupted: 130 } as const;

const figuresDefault: Figures = {
  nodes: 8,
  minutes: 2,
  keys: 10_000,
  clients: 16,
  rate: 200,
  killEvery: 20,
  faults: ["kill", "pause", "restart", "partition", "skew"],
};

/** `deno task torture`: real nodes, a bad network, and clients that remember what they were told. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.help) return say(help(), exit.good);
    return await run(options, scenarioOf(options));
  } catch (error) {
    if (error instanceof ConfigurationError) return complain(error.message, exit.usage);
    if (error instanceof RingFlawError || error instanceof PreloadError) {
      return complain(error.message, exit.violations);
    }
    throw error;
  }
}

async function run(options: TortureOptions, scenario: Scenario): Promise<number> {
  const seed = options.seed ?? Math.floor(Date.now() / 1_000) % 2 ** 31;
  const tell = options.json ? complain : say;
  const name = options.scenario ?? "mixed";
  const directory = await openDirectory(options.data);
  const figures = figuresOf(options, scenario);
  const { faults, faketime, skipped } = withClocks(figures.faults);
  tell(`seed ${seed}, data in ${directory}`, 0);
  for (const what of skipped) tell(`SKIPPED ${what}`, 0);
  const startedMs = performance.now();
  const warden = new Warden();
  const interrupted = listenToSignals(seed, directory);
  const report = await torture({
    ...{ name, scenario, seed, directory, faketime, skipped, figures: { ...figures, faults } },
    program: { root: rootOf(options.program), warden },
    note: (line) => tell(`[${Math.round((performance.now() - startedMs) / 1_000)} s] ${line}`, 0),
  });
  await warden.dismiss();
  interrupted.forget();
  return await conclude(report, directory, options);
}

async function conclude(
  report: Report,
  directory: string,
  { json, keep, data }: TortureOptions,
): Promise<number> {
  const good = isGood(report);
  if (json) say(jsonOf(report), 0);
  else say(`\n${tableOf(report)}`, 0);
  const last = json ? complain : say;
  if (good && !keep) await Deno.remove(data === null ? directory : `${directory}/nodes`, { recursive: true });
  else last(`the data, the logs and the history are in ${directory}`, 0);
  return last(
    `seed ${report.seed}: ${good ? "all is well" : "NOT WELL"}`,
    good ? exit.good : exit.violations,
  );
}

/** @throws ConfigurationError for a scenario that there is not. */
function scenarioOf({ scenario: name, faults }: TortureOptions): Scenario {
  if (name === null) return mixedScenario;
  const scenario = scenarios.get(name);
  if (scenario === undefined) {
    const names = [...scenarios.keys()].join(", ");
    throw new ConfigurationError(`Cannot use "${name}" for --scenario: it takes one of ${names}`);
  }
  if (faults !== null) throw new ConfigurationError("Cannot use --faults with --scenario: it has its own");
  return scenario;
}

/** The command line wins, then the scenario. */
function figuresOf(options: TortureOptions, { figures = {} }: Scenario): Figures {
  const { nodes, minutes, keys, clients, rate, killEvery, faults } = options;
  const given = Object.entries({ nodes, minutes, keys, clients, rate, killEvery, faults })
    .filter(([, value]) => value !== null);
  return { ...figuresDefault, ...figures, ...Object.fromEntries(given) };
}

/** Without libfaketime clocks cannot be set. That is said, never passed over. */
function withClocks(kinds: readonly FaultKind[]): {
  faults: readonly FaultKind[];
  faketime: string | null;
  skipped: readonly string[];
} {
  if (!kinds.includes("skew")) return { faults: kinds, faketime: null, skipped: [] };
  const faketime = findFaketime();
  if (faketime !== null) return { faults: kinds, faketime, skipped: [] };
  const why = "skew: libfaketime is not installed; apt-get install faketime brings it";
  return { faults: kinds.filter((kind) => kind !== "skew"), faketime, skipped: [why] };
}

async function openDirectory(given: string | null): Promise<string> {
  if (given === null) return await Deno.makeTempDir({ prefix: "rondo-torture-" });
  await Deno.mkdir(`${given}/nodes`, { recursive: true });
  for await (const { name } of Deno.readDir(`${given}/nodes`)) {
    throw new ConfigurationError(`Cannot use ${given} for --data: there is nodes/${name} of an earlier run`);
  }
  return await Deno.realPath(given);
}

function rootOf(program: string | null): string {
  const root = program ?? new URL("..", import.meta.url).pathname.replace(/\/$/, "");
  try {
    Deno.statSync(`${root}/main.ts`);
    return Deno.realPathSync(root);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new ConfigurationError(`Cannot use ${root} for --program: there is no main.ts`, { cause: error });
  }
}

/** The warden ends the nodes as soon as we are gone. */
function listenToSignals(seed: number, directory: string): { forget(): void } {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const stop = () => {
    complain(`interrupted; seed ${seed}, data in ${directory}`, 0);
    Deno.exit(exit.interrupted);
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  return { forget: () => signals.forEach((signal) => Deno.removeSignalListener(signal, stop)) };
}

function help(): string {
  const flags = Object.entries(tortureOptions).map(([name, { placeholder, summary }]) =>
    [placeholder === null ? flagOf(name) : `${flagOf(name)} ${placeholder}`, summary] as const
  );
  const stories = [...scenarios].map(([name, { summary }]) => [name, summary] as const);
  const lines = (rows: readonly (readonly [string, string])[]) =>
    rows.map(([left, right]) => `  ${left.padEnd(20)} ${right}`).join("\n");
  return `Usage: deno task torture [FLAGS]: real nodes, real faults, and clients that remember what they were told.

${lines(flags)}

Scenarios:

${lines(stories)}

Exit codes: 0 nothing lost, resurrected, divergent, falsely absent or otherwise amiss; 1 something; 64 usage.`;
}

function say(text: string, exitCode: number): number {
  // deno-lint-ignore no-console
  console.log(text);
  return exitCode;
}

function complain(text: string, exitCode: number): number {
  // deno-lint-ignore no-console
  console.error(text);
  return exitCode;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
