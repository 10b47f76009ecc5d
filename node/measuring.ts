import type { NodeService, Vitals } from "../core/service.ts";
import type { Clock, Log } from "../core/ports.ts";
import { LoopLag } from "../transport/measures/loop_lag.ts";
import { type Gauges, type Measures, sampleEveryMs } from "../transport/measures/measures.ts";

export interface MeasuringOptions {
  readonly measures: Measures;
  readonly node: Pick<NodeService, "info">;
  readonly vitals: { read(): Vitals };
  /** Bytes on the disk; null when there is no disk. */
  readonly diskBytes: () => Promise<number | null>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Files grow slowly, and asking for their sizes means work for the disk's thread. */
const diskEveryMs = 10_000;

/** Takes a sample of the node every second. Stopped by what it returns. */
export function startMeasuring(options: MeasuringOptions): () => Promise<void> {
  const measuring = new Measuring(options);
  measuring.start();
  return () => measuring.stop();
}

class Measuring {
  readonly #lag: LoopLag;
  #cancel: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  #disk: number | null = null;
  #diskAtMs = -Infinity;

  constructor(readonly options: MeasuringOptions) {
    this.#lag = new LoopLag(options.clock);
  }

  start(): void {
    this.#lag.start();
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#lag.stop();
    this.#cancel?.();
    await this.#running;
  }

  #plan(): void {
    this.#cancel = this.options.clock.after(sampleEveryMs, () => {
      this.#running = this.#sample().finally(() => {
        if (!this.#isStopped) this.#plan();
      });
    });
  }

  async #sample(): Promise<void> {
    const { log, measures } = this.options;
    try {
      measures.sample(await this.#gauges());
    } catch (error) {
      log("warn", "measuringFailed", { error });
    }
  }

  async #gauges(): Promise<Gauges> {
    const { keyCount, recordCount } = await this.options.node.info();
    const { cpu, memory } = this.options.vitals.read();
    return {
      keysOwn: keyCount,
      keysReplica: Math.max(0, recordCount - keyCount),
      disk: await this.#diskBytes(),
      cpu,
      memory,
      loopLag: this.#lag.take(),
    };
  }

  async #diskBytes(): Promise<number | null> {
    const nowMs = this.options.clock.now();
    if (nowMs - this.#diskAtMs >= diskEveryMs) {
      this.#diskAtMs = nowMs;
      this.#disk = await this.options.diskBytes();
    }
    return this.#disk;
  }
}

/** The sizes of a directory's files together; those that come and go meanwhile may be missing. */
export async function bytesIn(directory: string): Promise<number | null> {
  try {
    const sizes: number[] = [];
    for await (const { name, isFile } of Deno.readDir(directory)) {
      if (isFile) sizes.push((await Deno.stat(`${directory}/${name}`)).size);
    }
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
