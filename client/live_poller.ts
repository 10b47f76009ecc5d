import type { Timing } from "./timing.ts";

/** Does a round of work again and again, each some time after the end of the one before. */
export class Poller {
  /** Of the present start; a round of an earlier one ends its line. */
  #run: object | null = null;
  #cancel = () => {};

  constructor(
    readonly timing: Pick<Timing, "after">,
    readonly everyMs: number,
    readonly round: () => Promise<void>,
  ) {}

  get isRunning(): boolean {
    return this.#run !== null;
  }

  /** Begins with a round at once. */
  start(): void {
    if (this.#run !== null) return;
    this.#run = {};
    void this.#turn(this.#run);
  }

  stop(): void {
    this.#run = null;
    this.#cancel();
  }

  async #turn(run: object): Promise<void> {
    await this.round();
    if (this.#run !== run) return;
    this.#cancel = this.timing.after(this.everyMs, () => void this.#turn(run));
  }
}
