import { SeededRandom } from "../sim/random.ts";
import { FaultProxy, type LinkPlan } from "./fault_proxy.ts";
import { pause, Place, type PlacePlan, urlAt } from "./place.ts";
import { freePorts } from "./ports.ts";
import type { Ending, Program } from "./processes.ts";
import { FakeClock } from "./skew.ts";

const pollMs = 100;
/** Nobody on this machine takes longer to come up, unless something is wrong. */
const startMsMax = 60_000;
/** A supervisor restarts what died after so long. */
const restartMs = 1_000;
/** What a node says when its store cannot be read, has lost data or failed. */
const storeFailureExit = 70;

export interface RingOptions {
  readonly program: Program;
  /** Where the nodes' data and logs go. */
  readonly directory: string;
  readonly nodes: number;
  readonly seed: number;
  /** Path of libfaketime, when clocks are to be set; else null. */
  readonly faketime: string | null;
  readonly note: (line: string) => void;
}

/** A death that nobody had asked for. */
export interface Death {
  readonly url: string;
  readonly ending: Ending;
  /** The node refused a store that we had damaged. That is what it should do. */
  readonly isDue: boolean;
}

/** Nodes in processes of their own, with the faulty network between them. */
export class Ring {
  readonly places: readonly Place[];
  readonly proxy: FaultProxy;
  readonly deaths: Death[] = [];
  /** Places whose data we have damaged. */
  readonly damaged = new Set<Place>();
  #clockwise: readonly Place[] = [];

  constructor(readonly options: RingOptions) {
    const { nodes, seed, program } = options;
    const random = new SeededRandom(seed);
    const [nodePorts, links] = portsOf(nodes, random);
    this.proxy = new FaultProxy(links, seed);
    const plans = nodePorts.map((port, index) => this.#plan(port, index, links));
    this.places = plans.map((plan) =>
      new Place(plan, program, {
        listening: (place, isListening) => this.proxy.setListening(place.plan.index, isListening),
        died: (place, ending) => this.#died(place, ending),
      })
    );
  }

  /** The running nodes in the order of the ring. Places that joined later come last. */
  get clockwise(): readonly Place[] {
    return this.#clockwise;
  }

  get running(): Place[] {
    return this.places.filter(({ isRunning }) => isRunning);
  }

  get serving(): Place[] {
    return this.places.filter(({ isServing }) => isServing);
  }

  /** Starts the first `count` places, one after another. Resolves when they are one ring. */
  async form(count: number): Promise<void> {
    const [founder, ...others] = this.places.slice(0, count);
    if (founder === undefined) return;
    for (const place of [founder, ...others]) {
      await place.start(place === founder ? [] : [founder.url]);
      await this.#until(() => this.#flawAtStart(() => place.isServing ? null : `${place.url} is not ready`));
    }
    await this.#until(() => this.#flawAtStart(() => this.flaw()));
    this.#clockwise = await this.#walk(founder);
  }

  /**
   * Starts a node that knows nobody through one that is in the ring, so that nobody founds a second ring.
   *
   * @throws Error when there is none.
   */
  async startAnew(place: Place): Promise<void> {
    const others = this.running.filter((other) => other !== place);
    const doors = others.some(({ isServing }) => isServing)
      ? others.filter(({ isServing }) => isServing)
      : others;
    if (doors.length === 0) throw new Error(`Cannot start ${place.url} anew: there is no ring to join`);
    await place.start(doors.map(({ url }) => url));
  }

  async wipeAndStart(place: Place): Promise<void> {
    await place.wipe();
    await this.startAnew(place);
  }

  /** Starts again, on its data, whatever is down and not gone for good. */
  async startTheMissing(): Promise<void> {
    for (const place of this.places) {
      if (place.run?.isPaused) place.run.resume();
      if (place.run !== null && !place.isGone && !place.isRunning) await place.start();
    }
  }

  /** What keeps the nodes that should run from being one whole ring; null when they are. */
  async flaw(): Promise<string | null> {
    const places = this.places.filter(({ isGone, run }) => !isGone && run !== null);
    const asleep = places.find(({ run }) => run?.isAwake !== true);
    if (asleep !== undefined) return `${asleep.url} does not run`;
    const urls = places.map(({ url }) => url).sort().join();
    const flaws = await Promise.all(places.map((place) => flawSeenBy(place, urls)));
    return flaws.find((flaw) => flaw !== null) ?? null;
  }

  /** How long it took until the ring was whole, or null when the limit came first. */
  async heals(limitMs: number): Promise<number | null> {
    const startedMs = performance.now();
    try {
      await this.#until(() => this.flaw(), limitMs);
      return performance.now() - startedMs;
    } catch (error) {
      if (!(error instanceof RingFlawError)) throw error;
      this.options.note(error.message);
      return null;
    }
  }

  /** Ends every process. Never fails. */
  async end(): Promise<void> {
    await Promise.all(this.places.map(async (place) => {
      place.isGone = true;
      await place.run?.kill();
    }));
    await this.proxy.close();
  }

  /** @throws RingFlawError as soon as a node has died: waiting for it would not help. */
  async #flawAtStart(flaw: () => string | null | Promise<string | null>): Promise<string | null> {
    const [death] = this.deaths;
    if (death === undefined) return await flaw();
    const { url, ending } = death;
    throw new RingFlawError(`${url} ended with exit ${ending.code}; its log is in ${this.options.directory}`);
  }

  #plan(port: number, index: number, links: readonly LinkPlan[]): PlacePlan {
    const { directory, faketime } = this.options;
    const own = links.filter(({ from }) => from === index);
    return {
      index,
      port,
      directory: `${directory}/${port}`,
      logPath: `${directory}/${port}.log`,
      peerMap: own.map((link) => `${urlAt(link.targetPort)}=${urlAt(link.port)}`).join(),
      clock: faketime === null ? null : new FakeClock(faketime, `${directory}/${port}.clock`),
    };
  }

  async #died(place: Place, ending: Ending): Promise<void> {
    // While the ring is being formed there is nothing to restart for; `form` finds it.
    if (this.#clockwise.length === 0) return void this.deaths.push({ url: place.url, ending, isDue: false });
    const isDue = this.damaged.has(place) && ending.code === storeFailureExit;
    this.deaths.push({ url: place.url, ending, isDue });
    this.options.note(
      `${place.url} ended by itself: exit ${ending.code}${isDue ? ", as its store is damaged" : ""}`,
    );
    await pause(restartMs);
    if (place.isGone || place.isRunning) return;
    if (ending.code !== storeFailureExit) return await place.start();
    await this.wipeAndStart(place);
  }

  async #walk(from: Place): Promise<readonly Place[]> {
    const { nodes } = await from.client.ring();
    return nodes.flatMap(({ url }) => this.places.filter((place) => place.url === url));
  }

  async #until(flaw: () => Promise<string | null>, limitMs = startMsMax): Promise<void> {
    const untilMs = performance.now() + limitMs;
    for (;;) {
      const found = await flaw();
      if (found === null) return;
      if (performance.now() > untilMs) throw new RingFlawError(`after ${limitMs / 1_000} s ${found}`);
      await pause(pollMs);
    }
  }
}

export class RingFlawError extends Error {
  override readonly name = "RingFlawError";

  constructor(flaw: string) {
    super(`Cannot get a whole ring: ${flaw}`);
  }
}

async function flawSeenBy({ url, client }: Place, urls: string): Promise<string | null> {
  // Whatever goes wrong with these questions: there is no answer.
  const [readiness, ring] = await Promise.all([
    client.ready().catch(() => null),
    client.ring().catch(() => null),
  ]);
  if (readiness === null || ring === null) return `${url} does not answer`;
  if (!readiness.ready) return `${url} is not ready: ${readiness.reason}`;
  const seen = ring.nodes.map((node) => node.url).sort().join();
  if (seen !== urls) return `${url} sees a ring of ${ring.nodes.length}`;
  return ring.isClosed ? null : `${url} sees an open ring`;
}

function portsOf(nodes: number, random: SeededRandom): [nodePorts: number[], links: LinkPlan[]] {
  const ports = freePorts(nodes * nodes, random);
  const nodePorts = ports.slice(0, nodes);
  const ways = nodePorts.flatMap((_, from) => nodePorts.map((targetPort, to) => ({ from, to, targetPort })))
    .filter(({ from, to }) => from !== to);
  return [nodePorts, ways.map((way, i) => ({ ...way, port: ports[nodes + i] ?? 0 }))];
}
