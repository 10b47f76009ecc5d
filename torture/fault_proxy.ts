import { SeededRandom } from "../sim/random.ts";
import { drawFate, type LinkFaults, soundLink } from "./link_faults.ts";
import { close, isEndOfConnection, LinkConnection, type LinkSide } from "./link_connection.ts";

/** One direction between two nodes: a port on which `from` reaches `to`. */
export interface LinkPlan {
  readonly from: number;
  readonly to: number;
  readonly port: number;
  readonly targetPort: number;
}

/**
 * The network between the nodes of a ring, as a port for each way from one node to another.
 *
 *     node A --peer-map--> port of A->B ~~ faults of A->B ~~> node B
 *
 * It speaks HTTP/1.1 to know whole requests and answers. What it does with them follows from the seed: the n-th
 * request over a link meets the n-th throw of that link's dice.
 */
export class FaultProxy {
  readonly links: readonly Link[];

  constructor(plans: readonly LinkPlan[], seed: number) {
    const random = new SeededRandom(seed);
    this.links = plans.map((plan) => new Link(plan, random.fork()));
  }

  /** @throws RangeError when there is no such link. */
  link(from: number, to: number): Link {
    const link = this.links.find(({ plan }) => plan.from === from && plan.to === to);
    if (link === undefined) throw new RangeError(`Cannot find a link from ${from} to ${to}`);
    return link;
  }

  /** Whether the node listens. A port at which nobody answers must refuse, as the node's own would. */
  setListening(node: number, isListening: boolean): void {
    for (const link of this.links) if (link.plan.to === node) link.setListening(isListening);
  }

  heal(): void {
    for (const link of this.links) link.setFaults(soundLink);
  }

  /** Requests that met each fate, and those that were delivered, over all links. */
  tally(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { tally } of this.links) {
      for (const [fate, count] of tally) sums.set(fate, (sums.get(fate) ?? 0) + count);
    }
    return sums;
  }

  async close(): Promise<void> {
    await Promise.all(this.links.map((link) => link.close()));
  }
}

/** A link with whatever is wrong with it at the moment. */
export class Link {
  readonly tally = new Map<string, number>();
  #faults: LinkFaults = soundLink;
  #isListening = false;
  #listener: Deno.TcpListener | null = null;
  readonly #pairs = new Set<LinkConnection>();
  readonly #pauses = new Set<() => void>();
  #isClosed = false;
  readonly #running = new Set<Promise<void>>();
  readonly #side: LinkSide;

  constructor(readonly plan: LinkPlan, random: SeededRandom) {
    this.#side = {
      targetPort: plan.targetPort,
      draw: () => {
        const draw = drawFate(this.#faults, random);
        const name = draw.fate ?? (draw.delayMs > 0 ? "delay" : "delivered");
        this.tally.set(name, (this.tally.get(name) ?? 0) + 1);
        return draw;
      },
      pause: (ms) => this.#pause(ms),
      spawn: (deed) => this.#track(untilConnectionEnds(deed)),
    };
  }

  setFaults(faults: LinkFaults): void {
    this.#faults = faults;
    this.#settle();
  }

  setListening(isListening: boolean): void {
    this.#isListening = isListening;
    this.#settle();
  }

  /** Resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.setListening(false);
    for (const end of [...this.#pauses]) end();
    while (this.#running.size > 0) {
      this.#closePairs();
      await Promise.all(this.#running);
    }
  }

  #settle(): void {
    const shouldListen = this.#isListening && this.#faults.isCut !== true;
    if (shouldListen && this.#listener === null) {
      const listener = this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.plan.port });
      this.#track(untilConnectionEnds(() => this.#accept(listener)));
    }
    if (shouldListen || this.#listener === null) return;
    close(this.#listener);
    this.#listener = null;
    this.#closePairs();
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    for (;;) {
      const caller = await listener.accept();
      this.#track(this.#serve(caller));
    }
  }

  async #serve(caller: Deno.TcpConn): Promise<void> {
    let pair: LinkConnection | null = null;
    await LinkConnection.serve(this.#side, caller, (opened) => {
      this.#pairs.add(pair = opened);
      // The link may have been cut while the node was called.
      if (this.#listener === null) opened.close();
    });
    if (pair !== null) this.#pairs.delete(pair);
  }

  #closePairs(): void {
    for (const pair of this.#pairs) pair.close();
  }

  #pause(ms: number): Promise<boolean> {
    if (this.#isClosed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#pauses.delete(end);
        resolve(!this.#isClosed);
      };
      const timer = setTimeout(end, ms);
      this.#pauses.add(end);
    });
  }

  #track(running: Promise<void>): void {
    const tracked = running.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

async function untilConnectionEnds(deed: () => Promise<void>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    if (!isEndOfConnection(error)) throw error;
  }
}
