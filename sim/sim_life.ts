import type { ChordNode } from "../core/chord_node.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { ParsedParams } from "../core/protocol.ts";
import type { Callee } from "./sim_network.ts";

/** What wakes a node up: its own timer, somebody's message, or its disk. */
export type Cause = "timer" | "message" | "disk";

interface Deferred {
  readonly cause: Cause;
  readonly event: () => void;
}

/** One life of a simulated node; a restart begins another over the same disk. */
export class SimLife implements Callee {
  isAlive = true;
  /** Null until its store has been read. */
  node: ChordNode | null = null;
  /** What waits for the end of a pause; null outside of one. */
  #deferred: Deferred[] | null = null;

  constructor(readonly ref: NodeRef) {}

  get isPaused(): boolean {
    return this.#deferred !== null;
  }

  /** Everything that happens to the node comes through here: at once, after its pause, or never if it is dead. */
  run(cause: Cause, event: () => void): void {
    if (!this.isAlive) return;
    if (this.#deferred === null) event();
    else this.#deferred.push({ cause, event });
  }

  pause(): void {
    this.#deferred ??= [];
  }

  /** Ends the pause and gives what is due now. A real event loop may look at its timers before its sockets. */
  resume(areTimersFirst: boolean): (() => void)[] {
    const deferred = this.#deferred ?? [];
    this.#deferred = null;
    const isLate = ({ cause }: Deferred) => areTimersFirst && cause !== "timer" ? 1 : 0;
    return deferred.sort((a, b) => isLate(a) - isLate(b)).map(({ event }) => event);
  }

  handle: Callee["handle"] = async (method, params, context) => {
    if (this.node === null) throw new Error("Cannot call a node that is not open yet");
    return await this.node.handle(method, params as ParsedParams<typeof method>, context);
  };
}
