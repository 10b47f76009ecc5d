import type { LogLevel } from "../core/ports.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

/** Events remembered for the report of a failure. */
const linesMax = 60;

/** What was done to the nodes, and, for whoever asks, what they say about it. */
export class Journal {
  readonly lines: string[] = [];
  /** Set: gets every line at once, and what the nodes log. */
  static print: ((line: string) => void) | null = null;

  constructor(readonly scheduler: Scheduler, readonly trace: Trace) {}

  /** Something happens to the world. It is part of the run, so equal seeds have equal notes. */
  note(...words: readonly string[]): void {
    const line = `${this.#time} ${words.join(" ")}`;
    this.trace.mark(line);
    this.lines.push(line);
    if (this.lines.length > linesMax) this.lines.shift();
    Journal.print?.(line);
  }

  log(level: LogLevel, host: string, event: string, fields: Readonly<Record<string, unknown>>): void {
    if (Journal.print === null) return;
    const details = Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`).join(" ");
    Journal.print(`${this.#time}   ${host} ${level} ${event} ${details}`);
  }

  get #time(): string {
    return this.scheduler.nowMs.toFixed(1).padStart(9);
  }
}

function shown(value: unknown): string {
  return value instanceof Error ? value.message : JSON.stringify(value) ?? "";
}
