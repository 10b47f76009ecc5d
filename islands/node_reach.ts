import type { Reach } from "../components/ring/snapshot.ts";
import {
  type Fetch,
  type PeerOptions,
  realTiming,
  RondoClient,
  RondoError,
  type Timing,
} from "../client/mod.ts";
import type { NodeRef } from "../core/node_ref.ts";

/** An answer, and how it came. */
export interface Reached<T> {
  readonly answer: T;
  readonly reach: Reach;
  readonly rttMs: number;
}

/** Asks one thing of a node, or of a peer of it that it passes the question on to. */
export type Question<T> = (client: RondoClient, peer: PeerOptions) => Promise<T>;

export interface NodeReachOptions {
  /** Origin from which the page came: the serving node, or what stands before it. */
  readonly ownUrl: string;
  readonly fetch?: Fetch;
  readonly timing?: Timing;
  /** What other nodes than the serving one ask for; null: they would let nobody in. Without it they ask for nothing. */
  readonly ticket?: (() => Promise<string | null>) | undefined;
}

/** A node on the next desk answers in milliseconds; waiting longer would hold up the whole walk. */
const directTimeoutMs = 1_500;
/** The serving node has time limits of its own, and needs some of this to try a dead peer. */
const ownTimeoutMs = 5_000;
/** A browser that could not reach a node will not in the next seconds either. */
const directAgainAfterMs = 30_000;

/**
 * How a page in a browser asks nodes: each by itself, and where that fails through the node that serves the page.
 *
 * A firewall, another network or the page's policy may stand between a browser and a node that is well; the serving
 * node stands inside.
 */
export class NodeReach {
  readonly #own: RondoClient;
  readonly #options: Omit<NodeReachOptions, "ownUrl" | "ticket">;
  readonly #ticket: NodeReachOptions["ticket"];
  readonly #timing: Timing;
  readonly #clients = new Map<string, RondoClient>();
  /** Nodes that gave the browser no answer, and until when they are left alone. */
  readonly #blocked = new Map<string, number>();
  #selfId: string | null = null;

  constructor({ ownUrl, ticket, ...options }: NodeReachOptions) {
    this.#ticket = ticket;
    this.#options = options;
    this.#timing = options.timing ?? realTiming;
    this.#own = new RondoClient({ ...options, url: ownUrl, timeoutMs: ownTimeoutMs, attemptsMax: 1 });
  }

  /** Asks the node that serves the page. @throws RondoError */
  async askOwn<T>(question: Question<T>): Promise<Reached<T>> {
    return await this.#timed("own", () => question(this.#own, {}));
  }

  /** Tells which of the nodes serves the page: its address may not be the one in the browser. */
  knowSelf(id: string): void {
    this.#selfId = id;
  }

  /** Directly if possible, else relayed. @throws RondoError of the relay when neither way leads to an answer. */
  async ask<T>(node: NodeRef, question: Question<T>): Promise<Reached<T>> {
    if (node.id === this.#selfId) return await this.askOwn(question);
    if (!this.#isBlocked(node) && await this.#isLetIn()) {
      try {
        return await this.askDirectly(node, question);
      } catch (error) {
        if (!(error instanceof RondoError)) throw error;
        this.#blocked.set(node.id, this.#timing.now() + directAgainAfterMs);
      }
    }
    return await this.#timed("relayed", () => question(this.#own, { peer: node.id }));
  }

  /** For questions that nobody passes on. @throws RondoError */
  async askDirectly<T>(node: NodeRef, question: Question<T>): Promise<Reached<T>> {
    if (node.id === this.#selfId) return await this.askOwn(question);
    return await this.#timed("direct", () => question(this.#clientOf(node), {}));
  }

  /** A question without a ticket would be refused. */
  async #isLetIn(): Promise<boolean> {
    return this.#ticket === undefined || await this.#ticket() !== null;
  }

  #isBlocked({ id }: NodeRef): boolean {
    return (this.#blocked.get(id) ?? -Infinity) > this.#timing.now();
  }

  #clientOf({ url }: NodeRef): RondoClient {
    let client = this.#clients.get(url);
    if (client === undefined) {
      client = new RondoClient({
        ...this.#options,
        url,
        token: this.#ticket,
        timeoutMs: directTimeoutMs,
        attemptsMax: 1,
      });
      this.#clients.set(url, client);
    }
    return client;
  }

  async #timed<T>(reach: Reach, ask: () => Promise<T>): Promise<Reached<T>> {
    const askedAtMs = this.#timing.now();
    const answer = await ask();
    return { answer, reach, rttMs: this.#timing.now() - askedAtMs };
  }
}
