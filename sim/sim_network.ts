import { ChordError, DeadlineError, PeerUnreachableError } from "../core/errors.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { Transport } from "../core/ports.ts";
import type { MethodName, Params, ParsedParams, Result } from "../core/protocol.ts";
import type { SeededRandom } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

/** Whoever can be called: a node in one of its lives. */
export interface Callee {
  readonly isAlive: boolean;
  handle<M extends MethodName>(
    method: M,
    params: ParsedParams<M>,
    context: { timeoutMs: number },
  ): Promise<Result<M>>;
}

export interface NetworkOptions {
  /** One way, uniform. */
  readonly latencyMsMin: number;
  readonly latencyMsMax: number;
  /** Share of requests that vanish before they arrive. */
  readonly loss: number;
}

/** Messages between simulated nodes: each takes its time, some never arrive, and nobody answers for the dead. */
export class SimNetwork {
  options: NetworkOptions;
  /** Requests lost on purpose. */
  lost = 0;
  /** When each node last told somebody its neighbors. */
  readonly toldNeighborsAtMs = new Map<string, number>();

  constructor(
    readonly scheduler: Scheduler,
    readonly random: SeededRandom,
    readonly trace: Trace,
    readonly find: (url: string) => Callee | null,
    options: NetworkOptions,
  ) {
    this.options = options;
  }

  /** The network as one life of a node sees it. Nothing reaches a life that has ended. */
  transportOf(self: NodeRef, isAlive: () => boolean): Transport {
    return {
      call: (peer, method, params, timeoutMs) => this.#call(self, isAlive, peer, method, params, timeoutMs),
    };
  }

  #call<M extends MethodName>(
    from: NodeRef,
    isAlive: () => boolean,
    to: NodeRef,
    method: M,
    params: Params<M>,
    timeoutMs: number,
  ): Promise<Result<M>> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const settle = (how: () => void) => {
        if (isOver || !isAlive()) return;
        isOver = true;
        cancel();
        how();
      };
      const cancel = this.scheduler.after(timeoutMs, () => {
        settle(() => reject(new DeadlineError(`get an answer from ${to.url}`)));
      });
      if (!isAlive()) return;
      this.#deliver(from, to, method, params, timeoutMs, (how) => {
        this.scheduler.after(this.#latencyMs(), () => settle(() => how(resolve, reject)));
      });
    });
  }

  #deliver<M extends MethodName>(
    from: NodeRef,
    to: NodeRef,
    method: M,
    params: Params<M>,
    timeoutMs: number,
    answer: (
      how: (resolve: (result: Result<M>) => void, reject: (error: unknown) => void) => void,
    ) => void,
  ): void {
    if (this.random.chance(this.options.loss)) {
      this.lost++;
      this.trace.add(this.scheduler.nowMs, from.id, to.id, method, "lost");
      return;
    }
    this.scheduler.after(this.#latencyMs(), () => {
      const callee = this.find(to.url);
      this.trace.add(this.scheduler.nowMs, from.id, to.id, method);
      if (callee === null) return answer((_, reject) => reject(new PeerUnreachableError(to.url, true)));
      callee.handle(method, params as ParsedParams<M>, { timeoutMs }).then(
        (result) => {
          if (method === "chord.neighbors") this.toldNeighborsAtMs.set(to.url, this.scheduler.nowMs);
          if (callee.isAlive) answer((resolve) => resolve(result));
        },
        (error) => {
          if (!(error instanceof ChordError)) throw error;
          if (callee.isAlive) answer((_, reject) => reject(overTheWire(error)));
        },
      );
    });
  }

  #latencyMs(): number {
    return this.random.between(this.options.latencyMsMin, this.options.latencyMsMax);
  }
}

/** An error as the other side sees it: its code and data, not its class. */
function overTheWire(error: ChordError): ChordError {
  return new ChordError(error.code, error.message, error.data);
}
