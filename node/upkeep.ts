import type { Log } from "../core/ports.ts";
import type { NodeStore } from "../storage/node_store.ts";
import type { ProcessVitals } from "./vitals.ts";

const vitalsEveryMs = 1_000;
const sweepEveryMs = 2_000;
/** A batch of this size is one commit of a few milliseconds; a backlog goes at 500 records a second. */
const sweepBatchMax = 1_000;

/** The small chores of a node that are no business of the ring. Stopped by what it returns. */
export function startUpkeep(store: NodeStore, vitals: ProcessVitals, log: Log): () => Promise<void> {
  let sweep: Promise<void> | null = null;
  const timers = [
    setInterval(() => vitals.sample(), vitalsEveryMs),
    setInterval(() => {
      sweep ??= sweepOnce(store, log).finally(() => sweep = null);
    }, sweepEveryMs),
  ];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await sweep;
  };
}

async function sweepOnce(store: NodeStore, log: Log): Promise<void> {
  try {
    const swept = await store.sweepExpired(Date.now(), sweepBatchMax);
    if (swept > 0) log("debug", "expiredSwept", { records: swept });
  } catch (error) {
    log("warn", "sweepFailed", { error });
  }
}
