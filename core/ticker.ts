import { ChordError } from "./errors.ts";
import type { Clock, Log, Random } from "./ports.ts";

/** Shortest pause between two runs: a task that keeps waking itself must not keep everything else from running. */
const wokenPauseMs = 20;

/** How the last run of a task ended. */
export interface TaskRun {
  /** By the monotonic clock. */
  readonly endedAtMs: number;
  readonly tookMs: number;
  /** Null when it did what it was there for. */
  readonly problem: string | null;
}

/**
 * Runs one task again and again, never twice at a time: the next pause begins when the task has ended.
 *
 * Pauses vary by a fifth either way, so that a fleet started together does not stay in step.
 */
export class Ticker {
  #cancel: (() => void) | null = null;
  #isRunning = false;
  #isWoken = false;
  #isStopped = true;
  /** When the timer that is set should fire. */
  #dueAtMs = 0;
  #runs = 0;
  #lastRun: TaskRun | null = null;

  /** @param onFired told before each run how late its timer was: this is how a node notices that it is slow. */
  constructor(
    readonly name: string,
    readonly intervalMs: number,
    readonly task: () => Promise<void>,
    readonly ports: { readonly clock: Clock; readonly random: Random; readonly log: Log },
    readonly onFired: (lateMs: number) => void = () => {},
  ) {}

  start(): void {
    this.#isStopped = false;
    this.#schedule(this.intervalMs * this.ports.random.next());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Runs that have ended. */
  get runs(): number {
    return this.#runs;
  }

  get lastRun(): TaskRun | null {
    return this.#lastRun;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Runs the task now, or once more right after the run that is going on. */
  wake(): void {
    if (this.#isStopped) return;
    if (this.#isRunning) this.#isWoken = true;
    else this.#schedule(0);
  }

  #schedule(ms: number): void {
    this.#cancel?.();
    this.#dueAtMs = this.ports.clock.now() + ms;
    this.#cancel = this.ports.clock.after(ms, () => this.#run());
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#isWoken = false;
    const beganAtMs = this.ports.clock.now();
    const problem = await this.#try(beganAtMs);
    const endedAtMs = this.ports.clock.now();
    this.#lastRun = { endedAtMs, tookMs: endedAtMs - beganAtMs, problem };
    this.#runs++;
    this.#isRunning = false;
    if (this.#isStopped) return;
    this.#schedule(this.#isWoken ? wokenPauseMs : this.intervalMs * (0.8 + 0.4 * this.ports.random.next()));
  }

  /** Says why the task failed; null when it did not. */
  async #try(nowMs: number): Promise<string | null> {
    try {
      this.onFired(Math.max(0, nowMs - this.#dueAtMs));
      await this.task();
      return null;
    } catch (error) {
      // The world's failures are for the next round; anything else is a bug that must not end the ring's upkeep.
      const isOfTheWorld = error instanceof ChordError;
      this.ports.log(isOfTheWorld ? "debug" : "error", "tickFailed", { tick: this.name, error });
      return isOfTheWorld ? error.message : "Internal error";
    }
  }
}
