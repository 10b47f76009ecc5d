/** Signals within this time of the first are the same one: `deno task` and process groups deliver twice. */
const sameSignalMs = 2_000;

export interface StopActions {
  /** Hand over, then end. */
  readonly leave: () => void;
  /** End soon, and keep the data for the next start. */
  readonly halt: () => void;
  /** End now. */
  readonly abort: () => void;
}

const actionOf = { SIGTERM: "leave", SIGINT: "leave", SIGUSR1: "halt", SIGHUP: "halt" } as const;

type StopSignal = keyof typeof actionOf;

/**
 * Turns signals into one decision: the first says how the node ends, a later one that nobody wants to wait.
 *
 * SIGUSR1 is the restart without moving data. SIGHUP, a terminal that was closed, is treated like it because a
 * whole ring of terminals may close at once, and then nobody is left to hand over to.
 */
export class StopRequests {
  #firstAtMs: number | null = null;

  constructor(readonly actions: StopActions, readonly now: () => number = () => performance.now()) {}

  received(signal: StopSignal): void {
    if (this.#firstAtMs === null) {
      this.#firstAtMs = this.now();
      this.actions[actionOf[signal]]();
    } else if (this.now() - this.#firstAtMs > sameSignalMs) this.actions.abort();
  }

  /** Listens to the process's signals until its end. */
  listen(): void {
    for (const signal of Object.keys(actionOf) as StopSignal[]) {
      Deno.addSignalListener(signal, () => this.received(signal));
    }
  }
}
