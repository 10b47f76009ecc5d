import { allTroubles, type Trouble } from "./fault_profile.ts";
import { type Regime, regimes, type RunOptions } from "./run.ts";

export const usage = `Runs simulated rings in virtual time and checks what must hold.

Usage: deno task sim [--seed S] [--runs K] [--nodes N] [--regime NAME] [--successors R] [--faults LIST]
                     [--fast] [--jobs J] [--twice] [--unchecked] [--log]
       deno task sim --small
       deno task sim --mutants [--runs K] [--only LIST] [--jobs J]

  --seed S         first seed (default: from the clock, printed; of mutants 1, so that the table can be had again)
  --runs K         seeds tried in each regime (default 100); of each mutant at most (default 2,000)
  --nodes N        most nodes alive at a time (default 12; 8 in the regime faults)
  --regime NAME    guarded: inside the conditions of the proof; wild: outside them;
                   faults: with faults of every kind, clients and three copies; both: the first two (default); all
  --successors R   length of the successor lists (default: drawn from the seed)
  --faults LIST    only these troubles in the regime faults (default: drawn from the seed):
                   ${lines(allTroubles, 72).join("\n                   ")}
  --fast           in the regime faults: nodes do their upkeep less often, so that more seeds fit into a night
  --jobs J         processors to use; more than one takes --allow-read (default 1)
  --small          every join order and crash point of rings of up to r+2 nodes, r = 2 and 3
  --mutants        plants known bugs one by one, and tells how many seeds it takes to notice each
  --only LIST      only these mutants
  --twice          runs every seed twice and compares the hashes of the two traces
  --unchecked      without assertions, to see what they cost
  --log            prints what is done to the nodes and what they log, as it happens

Exit codes: 0 no violation, 1 violations (or a kind of fault never met in 1,000 runs), 64 usage.`;

/** What the command line asked for. */
export interface Plan extends Omit<RunOptions, "nodes"> {
  readonly seed: number;
  /** Null: as many as is usual for what is asked. */
  readonly runs: number | null;
  readonly nodes: number | null;
  readonly regimes: readonly Regime[];
  readonly jobs: number;
  readonly isTwice: boolean;
  readonly isSmall: boolean;
  readonly isMutants: boolean;
  /** Names of the mutants to try; null: all. */
  readonly only: readonly string[] | null;
  readonly isLogged: boolean;
}

const flags = ["seed", "runs", "nodes", "regime", "successors", "faults", "jobs", "only"];
const switches = ["fast", "twice", "unchecked", "small", "mutants", "log", "help"];

/** @throws RangeError saying what is wrong with the arguments. */
export function planOf(args: readonly string[], defaultSeed: number): Plan | "help" {
  const values = valuesOf(args);
  if (values.has("help")) return "help";
  const number = (name: string, min: number) => {
    const text = values.get(name);
    return text === undefined ? null : wholeNumber(name, text, min);
  };
  const successors = number("successors", 2);
  const troubles = values.get("faults");
  return {
    seed: number("seed", 0) ?? (values.has("mutants") ? 1 : defaultSeed),
    runs: number("runs", 1),
    nodes: number("nodes", 3),
    ...(successors === null ? {} : { successors }),
    ...(troubles === undefined ? {} : { troubles: troublesOf(troubles) }),
    regimes: regimesOf(values.get("regime") ?? "both"),
    jobs: number("jobs", 1) ?? 1,
    isFast: values.has("fast"),
    isTwice: values.has("twice"),
    isSmall: values.has("small"),
    isMutants: values.has("mutants"),
    only: values.get("only")?.split(",") ?? null,
    isChecked: !values.has("unchecked"),
    isLogged: values.has("log"),
  };
}

/** How one regime is run under the plan. */
export function optionsOf(plan: Plan, regime: Regime): RunOptions {
  const { isChecked, isFast, nodes, successors, troubles } = plan;
  return { isChecked, isFast, successors, troubles, nodes: nodes ?? (regime === "faults" ? 8 : 12) };
}

function valuesOf(args: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const name = args[i]?.replace(/^--/, "") ?? "";
    if (!flags.includes(name) && !switches.includes(name)) throw new RangeError(`Unknown option: ${args[i]}`);
    values.set(name, switches.includes(name) ? "yes" : args[++i] ?? "");
  }
  return values;
}

function regimesOf(name: string): readonly Regime[] {
  if (name === "both") return ["guarded", "wild"];
  if (name === "all") return regimes;
  const regime = regimes.find((other) => other === name);
  if (regime === undefined) throw new RangeError(`Unknown regime: ${name}`);
  return [regime];
}

function troublesOf(list: string): readonly Trouble[] {
  return list.split(",").map((name) => {
    const trouble = allTroubles.find((other) => other === name);
    if (trouble === undefined) throw new RangeError(`Unknown fault: ${name}`);
    return trouble;
  });
}

function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < min) {
    throw new RangeError(`--${name} takes a whole number from ${min}, not "${text}"`);
  }
  return value;
}

/** The words in lines of at most so many characters. */
function lines(words: readonly string[], width: number): string[] {
  const all: string[] = [];
  for (const word of words) {
    const last = all.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) all.push(word);
    else all[all.length - 1] = `${last} ${word}`;
  }
  return all;
}
