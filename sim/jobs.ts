import { hunt, type Hunted } from "./mutants/hunt.ts";
import type { Regime, RunOptions, RunReport } from "./run.ts";
import { runSeed } from "./seed_run.ts";

/** A piece of work that one processor does by itself. Like its result it is plain data, to travel between them. */
export type Job =
  | {
    readonly kind: "seeds";
    readonly regime: Regime;
    readonly seeds: readonly number[];
    readonly options: RunOptions;
    readonly isTwice: boolean;
  }
  | { readonly kind: "mutant"; readonly name: string; readonly seed: number; readonly seedsMax: number };

export type JobResult =
  | { readonly kind: "seeds"; readonly reports: readonly RunReport[] }
  | { readonly kind: "mutant"; readonly hunted: Hunted };

export async function runJob(job: Job): Promise<JobResult> {
  if (job.kind === "mutant") return { kind: "mutant", hunted: await hunt(job.name, job) };
  const reports: RunReport[] = [];
  for (const seed of job.seeds) reports.push(await runSeed(job.regime, seed, job.options, job.isTwice));
  return { kind: "seeds", reports };
}

const workerUrl = new URL("./worker.ts", import.meta.url);

/**
 * Does the jobs on so many processors, and hands over each result as it comes.
 *
 * @throws RangeError when more than one is asked for and this process may not read the program that they should run.
 */
export async function workThrough(
  jobs: Iterable<Job>,
  processors: number,
  take: (result: JobResult) => void,
): Promise<void> {
  if (processors === 1) {
    for (const job of jobs) take(await runJob(job));
    return;
  }
  if (Deno.permissions.querySync({ name: "read", path: workerUrl }).state !== "granted") {
    throw new RangeError("--jobs takes the right to read: deno run --allow-read=. sim/main.ts --jobs 2");
  }
  const queue = jobs[Symbol.iterator]();
  await Promise.all(Array.from({ length: processors }, () => workOn(queue, take)));
}

/** One more processor works until nothing is left. */
async function workOn(queue: Iterator<Job>, take: (result: JobResult) => void): Promise<void> {
  const worker = new Worker(workerUrl, { type: "module" });
  try {
    for (let next = queue.next(); !next.done; next = queue.next()) take(await ask(worker, next.value));
  } finally {
    worker.terminate();
  }
}

function ask(worker: Worker, job: Job): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot go on: ${event.message}`));
    };
    worker.postMessage(job);
  });
}
