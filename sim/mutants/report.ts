import { type Job, workThrough } from "../jobs.ts";
import { mutantNamed, mutants } from "../mutants.ts";
import type { Plan } from "../plan.ts";
import type { Hunted } from "./hunt.ts";

/** A bug that takes longer to notice is as good as not noticed (reliability plan, 2.2). */
const seedsMaxDefault = 2_000;

/** Hunts every mutant, printing each as it is caught; gives the number of those that survive. */
export async function huntAll(
  { jobs, only, runs, seed }: Plan,
  print: (line: string) => void,
): Promise<number> {
  const hunted: Hunted[] = [];
  const chosen = only === null ? mutants : only.map(mutantNamed);
  const work = chosen.map(({ name }): Job => ({
    kind: "mutant",
    name,
    seed,
    seedsMax: runs ?? seedsMaxDefault,
  }));
  print(`${chosen.length} mutants, from seed ${seed} on`);
  await workThrough(work, jobs, (result) => {
    if (result.kind !== "mutant") return;
    hunted.push(result.hunted);
    print(lineOf(result.hunted));
  });
  const survivors = hunted.filter(({ found }) => found === null);
  print(`${hunted.length - survivors.length} of ${hunted.length} mutants caught`);
  for (const { name } of survivors) print(`  survived: ${name} (${mutantNamed(name).breaks})`);
  return survivors.length;
}

function lineOf({ found, name, seeds }: Hunted): string {
  const start = `  ${name.padEnd(22)} ${String(seeds).padStart(5)} seeds`;
  return found === null
    ? `${start}  not caught`
    : `${start}  by seed ${found.seed}: ${found.what.slice(0, 160)}`;
}
