import { ChordError, DeadlineError, errorCode, InvalidParamsError } from "../core/errors.ts";
import { type NodeRef, unknownId } from "../core/node_ref.ts";
import type { Transport } from "../core/ports.ts";
import { type MethodName, methods, type Params, type Result } from "../core/protocol.ts";
import { CallDeadlines } from "./call_deadlines.ts";
import { header } from "./deadline.ts";
import { type Fetch, PeerExchange } from "./exchange.ts";
import { rpcBodyBytesMax } from "./json_rpc.ts";
import { issuesOf } from "./param_issues.ts";
import { PeerLane } from "./peer_lane.ts";
import { PendingCall } from "./pending_call.ts";
import type { RingTrust } from "./trust/ring_trust.ts";

export interface HttpTransportOptions {
  readonly cluster: string;
  /** The caller's own id; a browser has none. */
  readonly from?: string | undefined;
  /** Must be the ring's: no batch grows beyond what a peer with this limit takes. */
  readonly valueBytesMax: number;
  /**
   * `Deno.createHttpClient({ http2: false, poolMaxIdlePerHost: 64 })` on Deno, which keeps connections open and is
   * twice as fast as the default; nothing in a browser. Closed with the transport.
   */
  readonly client?: { close(): void } | undefined;
  /** Other addresses for some urls, so that tests can put a faulty network in between. */
  readonly addressMap?: ReadonlyMap<string, string> | undefined;
  readonly fetch?: Fetch | undefined;
  /** The ring's secret, where it has one: then only members answer. */
  readonly trust?: RingTrust | undefined;
  readonly now?: (() => number) | undefined;
}

/** Lanes kept for peers that are not being called; each is a few hundred bytes. */
const lanesMax = 4_096;

/**
 * Calls peers by JSON-RPC over HTTP. Runs wherever there is `fetch`, browsers included.
 *
 * Calls that are made while two requests of their kind are under way to a peer travel together. Kinds (the part of the
 * method before the dot) do not wait for each other, so that a slow write never looks like a dead neighbour.
 */
export class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions;
  readonly #now: () => number;
  readonly #deadlines: CallDeadlines;
  readonly #lanes = new Map<string, PeerLane>();
  readonly #open = new Set<PendingCall>();
  readonly #exchanges = new Set<Promise<unknown>>();
  #lastId = 0;
  #isClosed = false;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#deadlines = new CallDeadlines(this.#now);
  }

  call<M extends MethodName>(
    peer: NodeRef,
    method: M,
    params: Params<M>,
    timeoutMs: number,
  ): Promise<Result<M>> {
    if (this.#isClosed) return Promise.reject(closed(true));
    if (timeoutMs <= 0) return Promise.reject(new DeadlineError(`call ${method} of ${peer.url}`, true));
    const checked = methods[method].params.safeParse(params);
    if (!checked.success) {
      return Promise.reject(new InvalidParamsError("Invalid params", { issues: issuesOf(checked.error) }));
    }
    const call = new PendingCall(peer.url, method, params, this.#now() + timeoutMs, this.#forget);
    this.#open.add(call);
    this.#deadlines.add(call);
    this.#laneTo(peer, method).add(call);
    // `PendingCall.accept` parsed it by the method's schema.
    return call.answer as Promise<Result<M>>;
  }

  /** Ends every call, and resolves when no connection is in use any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const call of [...this.#open]) call.reject(closed(!call.isSent));
    await Promise.allSettled(this.#exchanges);
    this.#options.client?.close();
  }

  readonly #forget = (call: PendingCall): void => {
    this.#open.delete(call);
    this.#deadlines.delete(call);
  };

  #laneTo(peer: NodeRef, method: MethodName): PeerLane {
    const name = `${method.slice(0, method.indexOf("."))} ${peer.id} ${peer.url}`;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      if (this.#lanes.size >= lanesMax) this.#dropIdleLanes();
      lane = this.#openLane(peer);
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  #dropIdleLanes(): void {
    for (const [name, lane] of this.#lanes) {
      if (lane.isIdle) this.#lanes.delete(name);
    }
  }

  #openLane(peer: NodeRef): PeerLane {
    const { cluster, from, client, addressMap, trust, fetch = globalThis.fetch, valueBytesMax } =
      this.#options;
    const exchange = new PeerExchange(peer, addressMap?.get(peer.url) ?? peer.url, {
      fetch: (url, init) => fetch(url, init),
      fetchInit: client === undefined ? {} : { client },
      headers: {
        "content-type": "application/json",
        // Of a bootstrap only the address is known. It is to say which ring it is in, not to refuse us for guessing.
        ...(peer.id === unknownId ? {} : { [header.cluster]: cluster }),
        ...(from === undefined ? {} : { [header.from]: from }),
      },
      now: this.#now,
      nextId: () => ++this.#lastId,
      trust,
    });
    return new PeerLane((calls) => this.#track(exchange.send(calls)), rpcBodyBytesMax(valueBytesMax));
  }

  #track<T>(exchange: Promise<T>): Promise<T> {
    this.#exchanges.add(exchange);
    return exchange.finally(() => this.#exchanges.delete(exchange));
  }
}

function closed(definite: boolean): ChordError {
  return new ChordError(errorCode.unavailable, "Cannot call a peer: the transport is closed", {
    definite,
    reason: "closed",
  });
}
