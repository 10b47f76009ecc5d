import { RondoClient } from "../client/mod.ts";
import { getJson, isAccepting } from "./asking.ts";
import { type Ending, NodeRun, type Program } from "./processes.ts";
import type { FakeClock } from "./skew.ts";

/** What a client waits for one operation. */
export const clientTimeoutMs = 2_000;
const pollMs = 25;

export interface PlacePlan {
  /** In the order of the ports; what the proxy calls it. */
  readonly index: number;
  readonly port: number;
  readonly directory: string;
  readonly logPath: string;
  /** For each peer's url the port of our own link to it. */
  readonly peerMap: string;
  readonly clock: FakeClock | null;
}

/** Whom a place tells of what happens to its node. */
export interface PlaceObserver {
  listening(place: Place, isListening: boolean): void;
  /** It ended, and nobody had asked it to. */
  died(place: Place, ending: Ending): void;
}

/** An address and a directory, in which a node runs or not. */
export class Place {
  readonly url: string;
  /** One attempt at each call: what comes of it is what we want to know. */
  readonly client: RondoClient;
  run: NodeRun | null = null;
  /** Taken out for the rest of the scenario: nothing is to come up here again. */
  isGone = false;
  #isReady = false;

  constructor(readonly plan: PlacePlan, readonly program: Program, readonly observer: PlaceObserver) {
    this.url = urlAt(plan.port);
    this.client = new RondoClient({ url: this.url, timeoutMs: clientTimeoutMs, attemptsMax: 1 });
  }

  get isRunning(): boolean {
    return this.run !== null && this.run.ending === null;
  }

  /** Where a load balancer would send clients: it was ready once in this run, and is not known to be off. */
  get isServing(): boolean {
    return this.#isReady && this.run?.isAwake === true && !this.run.isExpectedToEnd;
  }

  /** Starts a node on whatever the last one left here. Resolves when it is a process; the rest shows later. */
  async start(bootstraps: readonly string[] = []): Promise<void> {
    // A supervisor and the nemesis may both want it; one node is enough.
    if (this.isRunning) return;
    const { port, directory, logPath, peerMap, clock } = this.plan;
    const settings = [
      `--port=${port}`,
      `--data-dir=${directory}`,
      `--bootstrap=${bootstraps.join(",")}`,
      ...(peerMap === "" ? [] : [`--peer-map=${peerMap}`]),
    ];
    const run = await NodeRun.start(this.program, {
      dataDirectory: directory,
      logPath,
      args: settings,
      env: clock?.env ?? {},
    });
    this.run = run;
    this.#isReady = false;
    run.ended.then((ending) => this.#ended(run, ending));
    this.#comesUp(run);
  }

  /** Deletes all that is kept here. Must not be called while a node runs. */
  async wipe(): Promise<void> {
    const { directory } = this.plan;
    // The directory itself may be where a file system is mounted.
    for await (const { name } of Deno.readDir(directory)) {
      await Deno.remove(`${directory}/${name}`, { recursive: true });
    }
  }

  async #comesUp(run: NodeRun): Promise<void> {
    while (run.ending === null && !await isAccepting(this.plan.port)) await pause(pollMs);
    if (run.ending !== null) return;
    this.observer.listening(this, true);
    while (run.ending === null && await getJson(`${this.url}/ready`) === null) await pause(pollMs);
    this.#isReady = run.ending === null;
  }

  #ended(run: NodeRun, ending: Ending): void {
    if (this.run === run) this.observer.listening(this, false);
    if (!run.isExpectedToEnd) this.observer.died(this, ending);
  }
}

export function urlAt(port: number): string {
  return `http://127.0.0.1:${port}`;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
