import process from "node:process";
import type { Vitals } from "../core/service.ts";

/** The share of a core is that of the last seconds: long enough to be calm, short enough to be news. */
const windowMs = 5_000;

interface Sample {
  readonly atMs: number;
  readonly cpuMs: number;
}

/** Measures this process. `sample` has to be called every second or so. */
export class ProcessVitals {
  readonly #samples: Sample[] = [];

  constructor(
    readonly now: () => number = () => performance.now(),
    readonly cpuMs: () => number = processCpuMs,
    readonly memory: () => number = () => Deno.memoryUsage().rss,
  ) {
    this.sample();
  }

  sample(): void {
    const atMs = this.now();
    this.#samples.push({ atMs, cpuMs: this.cpuMs() });
    while ((this.#samples[1]?.atMs ?? Infinity) <= atMs - windowMs) this.#samples.shift();
  }

  read(): Vitals {
    const [first] = this.#samples;
    const spanMs = this.now() - (first?.atMs ?? 0);
    const cpu = first === undefined || spanMs <= 0 ? null : (this.cpuMs() - first.cpuMs) / spanMs;
    return { cpu, memory: this.memory() };
  }
}

function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
