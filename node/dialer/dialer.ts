import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Log } from "../../core/ports.ts";
import type { Fetch } from "../../transport/exchange.ts";
import { TokenBuckets } from "../../transport/guard/token_bucket.ts";
import type { AddressRules } from "./address_rules.ts";
import { readTarget, type Target } from "./target.ts";

/** All addresses of a name. Rejects when it has none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface DialerOptions {
  readonly rules: AddressRules;
  readonly log: Log;
  /** By default what the system makes of the name, its hosts file included. */
  readonly resolve?: Resolve;
  readonly fetch?: (url: string, init: RequestInit & { client: Deno.HttpClient }) => Promise<Response>;
  readonly now?: () => number;
}

/** This node does not dial there. Nothing was sent. */
export class DialRefusedError extends Error {
  override readonly name = "DialRefusedError";

  constructor(readonly url: string, readonly reason: string) {
    // The transport knows by these words that the call has not arrived, as it knows it of a port where nobody listens.
    super(`Connection refused by this node itself: ${reason}`);
  }
}

/** Where a URL leads, for as long as that is believed. */
interface Way {
  readonly client: Promise<Deno.HttpClient>;
  readonly untilMs: number;
}

/** How long a name is taken to mean the same address. A node that moves is down for longer than that anyway. */
const nameMs = 10_000;
/** Peers that are known, and as many again that are only heard of (core/ring/known_peers.ts). */
const waysMax = 2_048;
/** Peers that are dialled by name. */
const clientsMax = 1_024;
/** Idle connections kept to each peer: as many as calls of one kind may be under way, and their answers. */
const idleConnectionsMax = 64;
/** Each refused URL is logged once an hour; of URLs without number, only some. */
const logRate = { perSecond: 1 / 3_600, burst: 1, bucketsMax: 256 } as const;
/** Enough of a peer's words for a log. */
const urlCharsLogged = 200;

/**
 * Every connection to a peer goes through here. Addresses come from other nodes, and whoever lies about one could make
 * this node knock on doors inside its network that are closed to him (SSRF).
 *
 * A name is resolved first, its addresses judged, and one of them dialled: between the judging and the dialling it
 * cannot come to mean another.
 */
export class Dialer {
  readonly #options: Required<DialerOptions>;
  readonly #ways = new Map<string, Way>();
  /** By address and port; the one that goes where a URL says is under "". */
  readonly #clients = new Map<string, Deno.HttpClient>();
  readonly #mayLog: TokenBuckets;
  #refused = 0;

  constructor(options: DialerOptions) {
    const now = options.now ?? (() => performance.now());
    this.#options = { resolve: resolveByName, fetch: (url, init) => fetch(url, init), ...options, now };
    this.#mayLog = new TokenBuckets(logRate, now);
  }

  /** Calls that were refused since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** As the platform's. @throws DialRefusedError */
  readonly fetch: Fetch = async (url, init) => {
    const client = await this.#wayTo(url).client;
    return await this.#options.fetch(url, { ...init, redirect: "error", client });
  };

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
    this.#ways.clear();
  }

  #wayTo(url: string): Way {
    const known = this.#ways.get(url);
    if (known !== undefined && this.#options.now() < known.untilMs) return known;
    const way = this.#findWay(url);
    this.#ways.delete(url);
    if (this.#ways.size >= waysMax) this.#forgetOldest();
    this.#ways.set(url, way);
    way.client.catch((error) => this.#failed(url, error));
    return way;
  }

  #findWay(url: string): Way {
    const target = readTarget(url);
    if (typeof target === "string") return { client: refusedTo(url, target), untilMs: 0 };
    const { host } = target;
    if (isIP(host) === 0) return { client: this.#byName(target), untilMs: this.#options.now() + nameMs };
    const refusal = this.#options.rules.refusal(host);
    if (refusal !== null) return { client: refusedTo(url, refusal), untilMs: 0 };
    return { client: Promise.resolve(this.#clientTo(null)), untilMs: Infinity };
  }

  async #byName(target: Target): Promise<Deno.HttpClient> {
    const { rules, resolve } = this.#options;
    const { url, host, port } = target;
    const addresses = await resolve(host);
    const address = addresses.find((address) => rules.refusal(address) === null);
    if (address !== undefined) return this.#clientTo({ hostname: address, port });
    const [first = host] = addresses;
    throw new DialRefusedError(url, `${host} means ${first}: ${rules.refusal(first)}`);
  }

  /** @param to null: wherever the URL says. */
  #clientTo(to: { hostname: string; port: number } | null): Deno.HttpClient {
    const name = to === null ? "" : `${to.port} ${to.hostname}`;
    const proxy = to === null ? {} : { proxy: { transport: "tcp", ...to } as const };
    let client = this.#clients.get(name);
    if (client === undefined) {
      if (this.#clients.size >= clientsMax) this.#closeOldest();
      client = Deno.createHttpClient({ http2: false, poolMaxIdlePerHost: idleConnectionsMax, ...proxy });
      this.#clients.set(name, client);
    }
    return client;
  }

  /** What failed is not kept: the name may be there the next time. */
  #failed(url: string, error: unknown): void {
    this.#ways.delete(url);
    if (!(error instanceof DialRefusedError)) return;
    this.#refused++;
    if (this.#mayLog.take(url) > 0) return;
    this.#options.log("warn", "dial.refused", { url: url.slice(0, urlCharsLogged), reason: error.reason });
  }

  /** What is under way there goes on: a client that is closed only begins nothing more. */
  #closeOldest(): void {
    for (const [name, client] of this.#clients) {
      if (name === "") continue;
      client.close();
      this.#clients.delete(name);
      for (const [url, { untilMs }] of this.#ways) {
        if (untilMs !== Infinity) this.#ways.delete(url);
      }
      return;
    }
  }

  #forgetOldest(): void {
    for (const url of this.#ways.keys()) return void this.#ways.delete(url);
  }
}

function refusedTo(url: string, reason: string): Promise<never> {
  return Promise.reject(new DialRefusedError(url, reason));
}

async function resolveByName(hostname: string): Promise<readonly string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}
