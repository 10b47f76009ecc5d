import type { Clock, LogLevel, Ports } from "../../core/ports.ts";
import { Scheduler } from "../../sim/scheduler.ts";

/** The time of a test: it goes on only in `advance`, and everything set off meanwhile has ended when that returns. */
export class VirtualTime {
  readonly scheduler = new Scheduler();
  /** What the wall clock shows beside the other one; a test may let it jump. */
  wallMinusNow = Date.UTC(2026, 0, 1);
  readonly clock: Clock = {
    now: () => this.scheduler.nowMs,
    wallNow: () => this.scheduler.nowMs + this.wallMinusNow,
    after: (ms, callback) => this.scheduler.after(ms, callback),
    sleep: (ms) => new Promise((resolve) => this.scheduler.after(ms, resolve)),
  };

  async advance(ms: number): Promise<void> {
    await this.scheduler.runUntil(this.scheduler.nowMs + ms);
  }
}

/** A log to look at: one line an event. */
export class LogLines {
  readonly lines: string[] = [];
  readonly log: Ports["log"] = (level: LogLevel, event: string) => void this.lines.push(`${level} ${event}`);
}
