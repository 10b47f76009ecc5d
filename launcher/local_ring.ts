import { RondoClient } from "../client/mod.ts";
import type { NodeInfo } from "../core/protocol.ts";
import { type Ending, NodeProcess } from "./node_process.ts";
import { NodeObserver, type NodeView } from "./node_view.ts";
import type { PlannedNode } from "./ring_plan.ts";

/** A node that has not ended by then is killed. */
const haltMs = 10_000;
/** A local node that is well answers in a millisecond. */
const answerMs = 1_000;

/** The processes of a ring on this machine. Only ever signals what it started itself. */
export class LocalRing {
  readonly #members: readonly { process: NodeProcess; observer: NodeObserver; client: RondoClient }[];

  /** @param token what the nodes ask for; undefined where they ask for none. */
  constructor(plan: readonly PlannedNode[], token?: string) {
    this.#members = plan.map((node) => ({
      process: new NodeProcess(node),
      observer: new NodeObserver(node.url),
      client: new RondoClient({ url: node.url, token, timeoutMs: answerMs, attemptsMax: 1 }),
    }));
  }

  /** How the first of those ended through whom all others come in, once none of them is left; until then null. */
  get doorsEnding(): Ending | null {
    const doors = this.#members.filter(({ process }) => process.plan.isDoor).map(({ process }) => process);
    return doors.every(({ ending }) => ending !== null) ? doors[0]?.ending ?? null : null;
  }

  /** Resolves when no node runs any more. */
  async allEnded(): Promise<void> {
    await Promise.all(this.#members.map(({ process }) => process.ended));
  }

  /** Asks every node how it is. */
  async look(): Promise<NodeView[]> {
    return await Promise.all(this.#members.map(async ({ process, observer, client }) => {
      observer.observed(await askInfo(client));
      return observer.view(process.ending, process.lastWords);
    }));
  }

  /** Stops all nodes and leaves their data where it is. Says whether all of them did so in time. */
  async halt(): Promise<boolean> {
    for (const { process } of this.#members) process.halt();
    const { promise: outOfTime, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), haltMs);
    const inTime = await Promise.race([this.allEnded().then(() => true), outOfTime]);
    clearTimeout(timer);
    if (!inTime) this.kill();
    return inTime;
  }

  kill(): void {
    for (const { process } of this.#members) process.kill();
  }
}

async function askInfo(client: RondoClient): Promise<NodeInfo | null> {
  // Whatever goes wrong with the question, there is no answer; the table shows that.
  return await client.info().catch(() => null);
}
