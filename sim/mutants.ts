import type { Mutant } from "./mutants/mutant.ts";
import { quorumMutants } from "./mutants/quorum_mutants.ts";
import { ringMutants } from "./mutants/ring_mutants.ts";
import { storeMutants } from "./mutants/store_mutants.ts";
import { viewMutants } from "./mutants/view_mutants.ts";

/**
 * Known bugs, to see whether the simulator would notice them ("brown M&Ms"). One that it does not notice says that
 * a promise is not tested at all, however many seeds are green.
 */
export const mutants: readonly Mutant[] = [...storeMutants, ...quorumMutants, ...viewMutants, ...ringMutants];

/** @throws RangeError for a name that no mutant has. */
export function mutantNamed(name: string): Mutant {
  const mutant = mutants.find((other) => other.name === name);
  if (mutant === undefined) throw new RangeError(`Unknown mutant: ${name}`);
  return mutant;
}
