import { ChordError, DeadlineError, PeerUnreachableError } from "../core/errors.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { Transport } from "../core/ports.ts";
import type { MethodName, Params, ParsedParams, Result } from "../core/protocol.ts";
import { Faults } from "./faults.ts";
import { Links } from "./links.ts";
import type { SeededRandom } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Cause } from "./sim_life.ts";
import type { Trace } from "./trace.ts";

/** Whoever can call and be called: a node in one of its lives. */
export interface Callee {
  readonly ref: NodeRef;
  /** Lets the event happen to the node, as soon as it can; never once it is dead. */
  run(cause: Cause, event: () => void): void;
  handle<M extends MethodName>(
    method: M,
    params: ParsedParams<M>,
    context: { timeoutMs: number; from: string },
  ): Promise<Result<M>>;
}

export interface NetworkOptions {
  /** One way, uniform. */
  readonly latencyMsMin: number;
  readonly latencyMsMax: number;
  /** Share of requests that vanish before they arrive. */
  readonly loss: number;
  /** Share of answers that vanish: what was asked for has happened all the same. */
  readonly replyLoss?: number;
  /** Share of requests that arrive once more, up to `repeatMsMax` later; most of them much sooner. */
  readonly repeats?: number;
  readonly repeatMsMax?: number;
  /** Share of messages that are held up for up to `delayMsMax`, so that later ones overtake them. */
  readonly delays?: number;
  readonly delayMsMax?: number;
}

type Settle<M extends MethodName> = (
  resolve: (result: Result<M>) => void,
  reject: (error: unknown) => void,
) => void;

interface Request<M extends MethodName> {
  readonly from: NodeRef;
  readonly to: NodeRef;
  readonly method: M;
  readonly params: Params<M>;
  readonly timeoutMs: number;
  /** Settles the caller's promise, if it still waits. */
  readonly answer: (how: Settle<M>) => void;
  /** Shared by the request and its repeat. */
  readonly fate: Fate;
}

interface Fate {
  /** The receiver has said that it had no effect, and the sender counts on that: it is not repeated any more. */
  isRefused: boolean;
  /** Times that it got through: what one of them did, no refusal of the other can deny. */
  deliveries: number;
}

/** Messages between simulated nodes: each takes its time, some never arrive, and nobody answers for the dead. */
export class SimNetwork {
  readonly links = new Links();
  /** When each node last told somebody its neighbors. */
  readonly toldNeighborsAtMs = new Map<string, number>();

  constructor(
    readonly scheduler: Scheduler,
    readonly random: SeededRandom,
    readonly trace: Trace,
    readonly find: (url: string) => Callee | null,
    public options: NetworkOptions,
    readonly faults = new Faults(),
  ) {}

  /** The network as one life of a node sees it. Nothing reaches a life that has ended. */
  transportOf(caller: Callee): Transport {
    return {
      call: (peer, method, params, timeoutMs) => this.#call(caller, peer, method, params, timeoutMs),
    };
  }

  #call<M extends MethodName>(
    caller: Callee,
    to: NodeRef,
    method: M,
    params: Params<M>,
    timeoutMs: number,
  ): Promise<Result<M>> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const settle = (cause: Cause, how: Settle<M>) =>
        caller.run(cause, () => {
          if (isOver) return;
          isOver = true;
          cancel();
          how(resolve, reject);
        });
      const cancel = this.scheduler.after(timeoutMs, () => {
        settle("timer", (_, reject) => reject(new DeadlineError(`get an answer from ${to.url}`)));
      });
      const answer = (how: Settle<M>) => settle("message", how);
      const fate = { isRefused: false, deliveries: 0 };
      this.#send({ from: caller.ref, to, method, params, timeoutMs, answer, fate });
    });
  }

  #send<M extends MethodName>(request: Request<M>): void {
    const { from, to, method } = request;
    const { loss, repeats = 0, repeatMsMax = 0 } = this.options;
    if (this.#happens(loss)) {
      this.faults.hit("lostRequest");
      this.trace.add(this.scheduler.nowMs, from.id, to.id, method, "lost");
      return;
    }
    this.scheduler.after(this.#latencyMs(from, to), () => this.#arrive(request));
    if (this.#happens(repeats)) this.#repeat(request, repeatMsMax);
  }

  /** A repeat does all that the request did, unless whoever gets it knows better. Its answer goes nowhere. */
  #repeat<M extends MethodName>(request: Request<M>, withinMs: number): void {
    const inMs = withinMs ** this.random.next();
    this.scheduler.after(inMs, () => {
      if (request.fate.isRefused) return;
      this.faults.hit("repeatedRequest");
      this.#arrive({ ...request, answer: () => {} });
    });
  }

  #arrive<M extends MethodName>(request: Request<M>): void {
    const { fate, from, to, method, params, timeoutMs } = request;
    const isCut = this.links.isCut(from.url, to.url);
    this.trace.add(this.scheduler.nowMs, from.id, to.id, method, isCut ? "cut" : "");
    if (isCut) return this.faults.hit("cutRequest");
    const callee = this.find(to.url);
    if (callee === null) {
      this.faults.hit("refused");
      fate.isRefused = true;
      const isDefinite = fate.deliveries === 0;
      return this.#reply(request, (_, reject) => reject(new PeerUnreachableError(to.url, isDefinite)));
    }
    fate.deliveries++;
    callee.run("message", () => {
      callee.handle(method, params as ParsedParams<M>, { timeoutMs, from: from.id }).then((result) => {
        if (method === "chord.neighbors") this.toldNeighborsAtMs.set(to.url, this.scheduler.nowMs);
        callee.run("message", () => this.#reply(request, (resolve) => resolve(result)));
      }, (error) => {
        if (!(error instanceof ChordError)) throw error;
        fate.isRefused ||= error.data.definite;
        callee.run("message", () => {
          this.#reply(request, (_, reject) => reject(overTheWire(error, fate.deliveries === 1)));
        });
      });
    });
  }

  #reply<M extends MethodName>({ answer, from, to }: Request<M>, how: Settle<M>): void {
    if (this.#happens(this.options.replyLoss)) return this.faults.hit("lostReply");
    this.scheduler.after(this.#latencyMs(to, from), () => {
      if (this.links.isCut(to.url, from.url)) this.faults.hit("cutReply");
      else answer(how);
    });
  }

  #latencyMs(from: NodeRef, to: NodeRef): number {
    const { latencyMsMin, latencyMsMax, delays, delayMsMax = 0 } = this.options;
    const usualMs = this.random.between(latencyMsMin, latencyMsMax) * this.links.slowness(from.url, to.url);
    if (!this.#happens(delays)) return usualMs;
    this.faults.hit("delayedMessage");
    return usualMs + this.random.between(0, delayMsMax);
  }

  /** Rolls no die for what cannot happen. */
  #happens(share: number | undefined): boolean {
    return share !== undefined && share > 0 && this.random.chance(share);
  }
}

/** An error as the other side sees it: its code and data, not its class. Of two deliveries, one may have had its effect. */
function overTheWire({ code, data, message }: ChordError, isOnly: boolean): ChordError {
  return new ChordError(code, message, { ...data, definite: data.definite && isOnly });
}
