import type { NodeConfig } from "../core/config.ts";
import { Checker } from "./checker.ts";
import { Clients, readEverything } from "./clients.ts";
import { DataOracle } from "./data_oracle.ts";
import { SeededRandom } from "./random.ts";
import { type AssertionName, isIdeal, snapshotOf } from "./ring_assertions.ts";
import { finish, type RunOptions, type RunReport } from "./run.ts";
import { type SimHost, World } from "./world.ts";

/** The ring has this long, from the last fault, to become one again. */
const healMs = 60_000;

/** Holds in any weather: a list is well-formed whatever its entries have become, and no two quorums disagree. */
const always: readonly AssertionName[] = ["A6", "A7", "V1"];
/** Holds again once the weather has been calm for a while. */
const eventually: readonly AssertionName[] = ["A1", "A2", "A3", "A4", "A5", "A8", "A9"];

/**
 * A run outside the proof: a ring that grows from one node, loses messages, and whose nodes fail and come back as
 * they like, many at a time too.
 *
 * Lists stay well-formed throughout. Once everybody is back and the network delivers, the ring is ideal within a
 * minute, and no answer from then on is a lie.
 */
export async function wildRun(seed: number, options: RunOptions): Promise<RunReport> {
  const random = new SeededRandom(seed ^ 0x5eed);
  const config: Partial<NodeConfig> = {
    successors: options.successors ?? random.integer(2, 8),
    bits: random.pick([24, 32, 160]),
    partitions: random.pick([16, 64]),
  };
  const clear = { latencyMsMin: 0.5, latencyMsMax: random.pick([2, 20, 80]), loss: 0 };
  const world = new World(seed, config, clear);
  const checker = new Checker(world, new Set(options.isChecked ? always : []));
  const oracle = new DataOracle();
  const clients = new Clients(world, checker, oracle, random.fork(), { keys: 20, judgesReads: false });
  const scenario = new WildScenario(world, random, options.nodes);
  scenario.found();
  await advance(500);
  for (let step = 0; step < 60; step++) {
    scenario.step(step);
    world.network.options = { ...clear, loss: scenario.loss };
    for (let i = random.integer(1, 6); i > 0; i--) clients.act();
    await advance(random.between(5, 2_000));
  }
  world.network.options = clear;
  scenario.restartAll();
  await advance(healMs);
  judgeCalm();
  clients.options.judgesReads = true;
  const calm = await readEverything(world, clients, advance);
  return finish({ seed, regime: "wild", options, world, checker, operations: oracle.counts, calm });

  async function advance(ms: number): Promise<void> {
    await world.scheduler.runUntil(world.scheduler.nowMs + ms, () => {
      if (options.isChecked) checker.afterEvent();
    });
  }

  function judgeCalm(): void {
    if (!isConnected(world)) return;
    const { held } = checker.look();
    for (const name of eventually) {
      if (!held[name]) {
        checker.fail(`assertion ${name} does not hold ${healMs / 1_000} s after the last fault`);
      }
    }
    if (!isIdeal(snapshotOf(world.members), world.config.successors)) {
      checker.fail(`the ring is not ideal (Q2) ${healMs / 1_000} s after the last fault`);
    }
  }
}

/** Faults of every kind, in no order. */
class WildScenario {
  /** Share of requests that are lost at present. */
  loss = 0;

  constructor(readonly world: World, readonly random: SeededRandom, readonly nodesMax: number) {}

  found(): void {
    this.world.launch(this.world.addHost());
  }

  step(number: number): void {
    const dice = this.random.next();
    if (number % 10 === 9) this.loss = this.random.pick([0, 0, 0.01, 0.05, 0.2]);
    if (dice < 0.4) this.#join();
    else if (dice < 0.52) this.#crash();
    else if (dice < 0.7) this.#restart();
    else if (dice < 0.75) this.#leave();
    else if (dice < 0.78) this.#massCrash();
  }

  /** Everybody who did not leave for good comes back with the disk they had. */
  restartAll(): void {
    for (const host of this.world.hosts) {
      if (host.life === null) this.#start(host);
    }
  }

  #join(): void {
    const { random, world } = this;
    if (this.#running().length >= this.nodesMax || world.members.length === 0) return;
    const bootstrap = random.pick(world.members).self.url;
    const host = world.addHost();
    if (world.hosts.some((other) => other !== host && other.ref.id === host.ref.id)) world.removeHost(host);
    else world.launch(host, [bootstrap]);
  }

  #crash(): void {
    const running = this.#running();
    if (running.length > 1) this.world.crash(this.random.pick(running));
  }

  #massCrash(): void {
    const running = this.#running();
    for (const host of running) {
      if (this.random.chance(0.6) && this.#running().length > 1) this.world.crash(host);
    }
  }

  #leave(): void {
    const running = this.#running();
    if (running.length > 2) this.world.watch(this.world.leave(this.random.pick(running)));
  }

  #restart(): void {
    const down = this.world.hosts.filter(({ life }) => life === null);
    if (down.length > 0) this.#start(this.random.pick(down));
  }

  /** A node that had left, or never got in, needs somebody to join through; one with a past does not. */
  #start(host: SimHost): void {
    const others = this.world.hosts.filter((other) => other !== host);
    this.world.launch(host, others.map(({ ref }) => ref.url));
  }

  #running(): SimHost[] {
    return this.world.hosts.filter(({ life }) => life !== null);
  }
}

/** Whether what the members know of each other connects them all; rings that share no memory cannot become one. */
function isConnected({ members }: World): boolean {
  const knows = new Map(members.map(({ self, member: { peers, state } }) => {
    const named = [state.predecessor, ...state.successors, ...peers.known.all()];
    return [self.url, named.flatMap((node) => node?.url ?? [])];
  }));
  const [first] = members;
  const reached = new Set<string>();
  const toVisit = first === undefined ? [] : [first.self.url];
  for (let url = toVisit.pop(); url !== undefined; url = toVisit.pop()) {
    if (reached.has(url) || !knows.has(url)) continue;
    reached.add(url);
    toVisit.push(...knows.get(url) ?? []);
    for (const [other, named] of knows) if (named.includes(url)) toVisit.push(other);
  }
  return reached.size === members.length;
}
