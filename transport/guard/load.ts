import { ChordError, errorCode } from "../../core/errors.ts";
import { drain } from "../bounded_body.ts";
import { header } from "../deadline.ts";
import { toErrorObject, writeError } from "../json_rpc.ts";
import { addressOf, type RestCall } from "../rest_call.ts";
import { errorResponse } from "../rest_error.ts";
import { isLoopback, networkOf } from "./addresses.ts";

/** What may be under way at a time, and what may wait for it. */
export interface LaneLimits {
  readonly inFlightMax: number;
  readonly waitingMax: number;
  /** Who waited longer is sent away: its caller is about to give up, and the young ones can still be helped. */
  readonly waitMsMax: number;
}

/**
 * `peers`: what nodes ask of each other to keep ring and copies whole, of which no flood of clients may take anything,
 * else overload would look like death. `vital`: what tells whether the node lives. `clients`: all else.
 */
export type LaneName = "vital" | "peers" | "clients";

export type LoadLimits = Readonly<Record<LaneName, LaneLimits>>;

/** reliability.md, section 5. A request from a peer is a batch of up to 64 calls. */
export const loadLimits: LoadLimits = {
  vital: { inFlightMax: 16, waitingMax: 16, waitMsMax: 100 },
  peers: { inFlightMax: 128, waitingMax: 256, waitMsMax: 100 },
  clients: { inFlightMax: 512, waitingMax: 256, waitMsMax: 100 },
};

/**
 * Places of the peers' lane for one network: a node has few requests of a kind under way to another (peer_lane.ts), and
 * strangers who pose as peers keep no place from those elsewhere. What is beyond goes with the clients.
 */
const placesOfNetwork = 48;

/** When those who were sent away should come again. */
const retryAfterMs = 1_000;

/** Bodies up to this size are read for the courtesy of an answer that surely arrives; of longer ones not a byte. */
const courtesyBytesMax = 64 * 1024;

type Work = () => Response | Promise<Response>;

/** Requests that are under way and those that wait, by lane. Costs a request that is let in at once 0.1 us. */
export class LoadGate {
  /** Requests of peers that are under way or wait, by where they come from. */
  readonly #ofNetworks = new Map<string, number>();
  readonly #lanes: Readonly<Record<LaneName, Lane>>;

  /** @param now a clock that never goes back, in milliseconds. */
  constructor(limits: LoadLimits = loadLimits, now: () => number = () => performance.now()) {
    this.#lanes = {
      vital: new Lane(limits.vital, now),
      peers: new Lane(limits.peers, now),
      clients: new Lane(limits.clients, now),
    };
  }

  /** The answer to the call, or before any work for it a refusal. The answering neither throws nor rejects. */
  admit(
    call: RestCall,
    answer: (call: RestCall) => Response | Promise<Response>,
  ): Response | Promise<Response> {
    const name = laneOf(call);
    const network = name === "peers" ? networkOfStranger(call) : null;
    if (network !== null) return this.#admitFrom(network, call, answer);
    return this.#lanes[name].run(() => answer(call), () => sendAway(call));
  }

  /** Of one who says that it is a peer, and is not on this machine. */
  async #admitFrom(
    network: string,
    call: RestCall,
    answer: (call: RestCall) => Response | Promise<Response>,
  ): Promise<Response> {
    const count = this.#ofNetworks.get(network) ?? 0;
    if (count >= placesOfNetwork) {
      return await this.#lanes.clients.run(() => answer(call), () => sendAway(call));
    }
    this.#ofNetworks.set(network, count + 1);
    try {
      return await this.#lanes.peers.run(() => answer(call), () => sendAway(call));
    } finally {
      const left = (this.#ofNetworks.get(network) ?? 1) - 1;
      if (left === 0) this.#ofNetworks.delete(network);
      else this.#ofNetworks.set(network, left);
    }
  }

  /** For metrics. */
  get lanes(): Readonly<Record<LaneName, LaneCounts>> {
    return this.#lanes;
  }
}

export interface LaneCounts {
  readonly inFlight: number;
  readonly waiting: number;
  /** Since the start. */
  readonly shed: number;
}

interface Waiting {
  readonly sinceMs: number;
  /** Its turn has come, or there is none for it. */
  readonly decide: (isIn: boolean) => void;
}

/** First come, first served, as many at a time as may be. */
class Lane implements LaneCounts {
  inFlight = 0;
  shed = 0;
  readonly #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly limits: LaneLimits, readonly now: () => number) {}

  get waiting(): number {
    return this.#waiting.length;
  }

  run(work: Work, refuse: Work): Response | Promise<Response> {
    if (this.inFlight < this.limits.inFlightMax) {
      this.inFlight++;
      return this.#begin(work);
    }
    if (this.#waiting.length >= this.limits.waitingMax) return this.#refuse(refuse);
    return this.#turn().then((isIn) => isIn ? this.#begin(work) : this.#refuse(refuse));
  }

  /** On a place that was taken for it. */
  #begin(work: Work): Response | Promise<Response> {
    const response = work();
    if (response instanceof Response) {
      this.#end();
      return response;
    }
    return response.finally(() => this.#end());
  }

  /** The place goes to who waits longest, so that nobody who comes in between can take it. */
  #end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.inFlight--;
    else next.decide(true);
    if (this.#waiting.length === 0) this.#stopTimer();
  }

  #refuse(refuse: Work): Response | Promise<Response> {
    this.shed++;
    return refuse();
  }

  #turn(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting.push({ sinceMs: this.now(), decide: resolve });
    this.#timer ??= setTimeout(() => this.#sendOldAway(), this.limits.waitMsMax);
    return promise;
  }

  #sendOldAway(): void {
    this.#timer = undefined;
    const sinceMsMin = this.now() - this.limits.waitMsMax;
    while ((this.#waiting[0]?.sinceMs ?? Infinity) <= sinceMsMin) this.#waiting.shift()?.decide(false);
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    this.#timer = setTimeout(() => this.#sendOldAway(), Math.ceil(oldest.sinceMs - sinceMsMin));
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

const vitalPaths: ReadonlySet<string> = new Set(["/health", "/ready", "/metrics"]);
const peerKinds: ReadonlySet<string | null> = new Set(["chord", "replica", "partition"]);

/**
 * By what the sender says of itself, as nothing may be read or reckoned yet. Where strangers can reach the node a peer
 * proves right after this that it is one, so that a lie gains nothing but an earlier refusal.
 */
function laneOf({ path, request: { headers } }: RestCall): LaneName {
  if (path === "/rpc") {
    return peerKinds.has(headers.get(header.kind)) && headers.has(header.from) ? "peers" : "clients";
  }
  return vitalPaths.has(path) ? "vital" : "clients";
}

/** Null on this machine, and where the address is not known. */
function networkOfStranger(call: RestCall): string | null {
  const address = addressOf(call);
  return address === "" || isLoopback(address) ? null : networkOf(address);
}

async function sendAway({ path, request }: RestCall): Promise<Response> {
  if (Number(request.headers.get("content-length")) <= courtesyBytesMax) await drain(request);
  const error = new ChordError(errorCode.overloaded, "Cannot take this now: too much is under way", {
    retryAfterMs,
  });
  // Nothing is logged: what is refused under a flood must not become a flood of its own.
  if (path !== "/rpc") return errorResponse(error, () => {});
  return new Response(writeError(null, toErrorObject(error)), {
    status: 429,
    headers: { "content-type": "application/json", "retry-after": String(Math.ceil(retryAfterMs / 1_000)) },
  });
}
