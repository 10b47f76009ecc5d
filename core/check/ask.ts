import { ChordError } from "../errors.ts";
import type { NodeRef } from "../node_ref.ts";
import type { MethodName, Params, Result } from "../protocol.ts";

/**
 * Calls a method of a node, from wherever the check runs: over HTTP, or in the simulator.
 *
 * @throws ChordError when the node does not answer, or answers with an error.
 */
export type Ask = <M extends MethodName>(node: NodeRef, method: M, params: Params<M>) => Promise<Result<M>>;

/** Told how far a check is: questions that are done, of those known so far to be asked. */
export type OnProgress = (done: number, total: number) => void;

/** Nodes asked at a time: a ring of hundreds takes seconds, and no ring notices that it is checked. */
const askedAtOnce = 8;

/** Does the work for each item, a few at a time; the results are in the order of the items. */
export async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const ahead = items.entries();
  // One iterator for all of them: each takes the next item as soon as it is free.
  const workers = Array.from({ length: Math.min(askedAtOnce, items.length) }, async () => {
    for (const [i, item] of ahead) results[i] = await work(item);
  });
  await Promise.all(workers);
  return results;
}

/** The answer, or why there is none. */
export async function orSilence<T>(answer: Promise<T>): Promise<T | ChordError> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ChordError) return error;
    throw error;
  }
}
