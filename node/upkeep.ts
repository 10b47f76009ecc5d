import type { Log } from "../core/ports.ts";
import type { NodeStore } from "../storage/node_store.ts";
import type { ProcessVitals } from "./vitals.ts";

const vitalsEveryMs = 1_000;
const sweepEveryMs = 2_000;
/** A batch of this size is one commit of a few milliseconds; a backlog goes at 500 records a second. */
const sweepBatchMax = 1_000;
const probeEveryMs = 1_000;
/** Together 2,000 records a second, which is a few hundredths of what the disk's thread can do. */
const scrubEveryMs = 250;
const scrubBatchMax = 500;
/** From the beginning of a pass to that of the next. */
const scrubPassEveryMs = 3_600_000;
/** After a failure that says nothing about the records. */
const scrubPauseMs = 60_000;

/** The small chores of a node that are no business of the ring. Stopped by what it returns. */
export function startUpkeep(store: NodeStore, vitals: ProcessVitals, log: Log): () => Promise<void> {
  const [probe, scrub] = [new DiskProbe(store, log), new Scrub(store, log)];
  const vitalsTimer = setInterval(() => vitals.sample(), vitalsEveryMs);
  const stops = [
    repeat(sweepEveryMs, () => sweepOnce(store, log)),
    repeat(probeEveryMs, () => probe.run()),
    repeat(scrubEveryMs, () => scrub.run()),
  ];
  return async () => {
    clearInterval(vitalsTimer);
    await Promise.all(stops.map((stop) => stop()));
  };
}

/** Runs the chore again and again, never twice at a time. Stopped by what it returns. */
function repeat(everyMs: number, chore: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= chore().finally(() => running = null);
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await running;
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

/** Large enough to need room of its own on the disk, small enough to be written every second. */
const probeText = "room?".repeat(2_000);

/** Writes something while nothing can be written, so that the store finds out when it can again. */
export class DiskProbe {
  #wasWritable = true;

  constructor(readonly store: Pick<NodeStore, "isWritable" | "saveDocument">, readonly log: Log) {}

  async run(): Promise<void> {
    const failure = this.store.isWritable() ? null : await this.#tryToWrite();
    const isWritable = this.store.isWritable();
    if (isWritable && !this.#wasWritable) this.log("info", "store.writable");
    if (!isWritable && this.#wasWritable) this.log("error", "store.notWritable", { error: failure });
    this.#wasWritable = isWritable;
  }

  async #tryToWrite(): Promise<unknown> {
    try {
      await this.store.saveDocument("probe", probeText);
      return null;
    } catch (error) {
      return error;
    }
  }
}

/** Goes through all records once in a while, slowly, to find damage while there are still copies of what it took. */
export class Scrub {
  #passAtMs = -Infinity;
  #beganAtMs: number | null = null;
  #scanned = 0;
  #damaged = 0;

  constructor(
    readonly store: Pick<NodeStore, "scrub">,
    readonly log: Log,
    readonly now: () => number = () => performance.now(),
  ) {}

  async run(): Promise<void> {
    if (this.now() < this.#passAtMs) return;
    this.#beganAtMs ??= this.now();
    try {
      const { scanned, damaged, isWrapped } = await this.store.scrub(scrubBatchMax);
      this.#scanned += scanned;
      this.#damaged += damaged;
      if (isWrapped) this.#endPass(this.#beganAtMs);
    } catch (error) {
      this.log("warn", "scrubFailed", { error });
      this.#passAtMs = this.now() + scrubPauseMs;
    }
  }

  #endPass(beganAtMs: number): void {
    const [records, damaged] = [this.#scanned, this.#damaged];
    this.log(damaged > 0 ? "warn" : "debug", "scrubbed", { records, damaged });
    this.#passAtMs = beganAtMs + scrubPassEveryMs;
    this.#beganAtMs = null;
    this.#scanned = this.#damaged = 0;
  }
}
