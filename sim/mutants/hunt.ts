import { mutantNamed } from "../mutants.ts";
import type { RunOptions, RunReport } from "../run.ts";
import { runSeed } from "../seed_run.ts";
import type { Mutant } from "./mutant.ts";

/** What came of the search for a seed that notices a mutant. */
export interface Hunted {
  readonly name: string;
  /** Seeds it took, or that were tried in vain. */
  readonly seeds: number;
  /** What gave it away; null when nothing did. */
  readonly found: { readonly seed: number; readonly what: string } | null;
}

/** Tries seed after seed until one fails with the mutant and not without it. */
export async function hunt(
  name: string,
  { seed: first, seedsMax }: { readonly seed: number; readonly seedsMax: number },
): Promise<Hunted> {
  const mutant = mutantNamed(name);
  for (let seeds = 1; seeds <= seedsMax; seeds++) {
    const seed = first + seeds - 1;
    const violation = (await runWith(mutant, seed)).violations[0];
    if (violation === undefined) continue;
    const isItsFault = (await runSeed(mutant.regime, seed, optionsFor(mutant))).violations.length === 0;
    if (isItsFault) return { name, seeds, found: { seed, what: violation.what } };
  }
  return { name, seeds: seedsMax, found: null };
}

async function runWith(mutant: Mutant, seed: number): Promise<RunReport> {
  const takeOut = mutant.plant();
  try {
    return await runSeed(mutant.regime, seed, optionsFor(mutant));
  } finally {
    takeOut();
  }
}

function optionsFor({ regime, troubles }: Mutant): RunOptions {
  return { nodes: regime === "faults" ? 8 : 12, troubles, isChecked: true };
}
