import type { NodeConfig } from "../core/config.ts";
import { latestState } from "./calm.ts";
import { Checker } from "./checker.ts";
import { Clients, readEverything } from "./clients.ts";
import { DataOracle } from "./data_oracle.ts";
import { SeededRandom } from "./random.ts";
import { assertionNames, isIdeal, snapshotOf } from "./ring_assertions.ts";
import { finish, type RunOptions, type RunReport } from "./run.ts";
import { type SimHost, World } from "./world.ts";

/**
 * A run inside the conditions of Zave's proof: at least r+1 members from the start, no lost messages, and a member
 * fails or leaves only while every other keeps a live successor, r+1 principals remain, and every partition has a
 * quorum of complete copies without it.
 *
 * Every assertion must hold after every event that changed the ring, no answer may be a lie at any time, and at the
 * end every acknowledged value can be read.
 */
export async function guardedRun(seed: number, options: RunOptions): Promise<RunReport> {
  const random = new SeededRandom(seed);
  const config: Partial<NodeConfig> = {
    successors: options.successors ?? random.integer(2, 4),
    bits: random.pick([24, 32, 160]),
    partitions: random.pick([16, 64]),
  };
  const world = new World(seed, config, {
    latencyMsMin: 0.5,
    latencyMsMax: random.pick([2, 20, 80]),
    loss: 0,
  });
  const checker = new Checker(world, new Set(options.isChecked ? assertionNames : []));
  const oracle = new DataOracle();
  const clients = new Clients(world, checker, oracle, random.fork(), { keys: 20, judgesReads: true });
  const scenario = new GuardedScenario(world, random, options.nodes, world.config.successors);
  await world.startIdeal(Math.max(world.config.successors + 1, 3));
  await advance(2_000);
  for (let step = 0; step < 60; step++) {
    scenario.step();
    for (let i = random.integer(1, 6); i > 0; i--) clients.act();
    await advance(random.between(5, 1_500));
  }
  await advance(60_000);
  if (!isIdeal(snapshotOf(world.members), world.config.successors)) {
    checker.fail("the quiet ring is not ideal (Q2)");
  }
  const calm = await readEverything(world, clients, advance);
  if (calm.readable < calm.expected) {
    checker.fail(`${calm.readable} of ${calm.expected} acknowledged values can be read at the end`);
  }
  return finish({ seed, regime: "guarded", options, world, checker, operations: oracle.counts, calm });

  async function advance(ms: number): Promise<void> {
    await world.scheduler.runUntil(world.scheduler.nowMs + ms, () => {
      if (options.isChecked) checker.afterEvent();
    });
  }
}

/** Joins, failures and leaves that the base allows. */
class GuardedScenario {
  constructor(
    readonly world: World,
    readonly random: SeededRandom,
    readonly nodesMax: number,
    readonly successorsMax: number,
  ) {}

  step(): void {
    const dice = this.random.next();
    if (dice < 0.45) this.#join();
    else if (dice < 0.6) this.#fail("crash");
    else if (dice < 0.7) this.#fail("leave");
  }

  #join(): void {
    const { random, world } = this;
    const running = world.hosts.filter(({ life }) => life !== null);
    if (running.length >= this.nodesMax) return;
    const bootstrap = random.pick(world.members).self.url;
    const host = world.addHost();
    if (world.hosts.some((other) => other !== host && other.ref.id === host.ref.id)) world.removeHost(host);
    else world.launch(host, [bootstrap]);
  }

  #fail(how: "crash" | "leave"): void {
    const { random, world } = this;
    const candidates = world.hosts.filter((host) =>
      host.life?.node?.phase === "member" && this.#mayFail(host) && this.#areCopiesLeft(host)
    );
    if (candidates.length === 0) return;
    const host = random.pick(candidates);
    if (how === "crash") world.crash(host);
    else world.watch(world.leave(host));
  }

  /** Zave's condition on failures: every list keeps a live entry, and r+1 principals are left. */
  #mayFail(host: SimHost): boolean {
    if (this.#isBeingAdopted(host)) return false;
    const members = this.world.members;
    const live = new Set(members.map(({ self }) => self.id));
    live.delete(host.ref.id);
    const keepsSuccessors = members.every((node) =>
      node.self.id === host.ref.id || node.member.state.successors.some(({ id }) => live.has(id))
    );
    const { principals } = snapshotOf(members);
    const left = principals.size - (principals.has(host.ref.id) ? 1 : 0);
    return keepsSuccessors && left >= this.successorsMax + 1;
  }

  /**
   * Whether every partition keeps a quorum of complete copies without the host, so that what was acknowledged stays
   * readable although nobody comes back.
   */
  #areCopiesLeft(host: SimHost): boolean {
    const { config, members, partitions } = this.world;
    for (let partition = 0; partition < partitions.count; partition++) {
      const latest = latestState(members, partition);
      const isChanging = members.some(({ replicas }) => (replicas.get(partition)?.accepted ?? null) !== null);
      if (latest === null || isChanging) return false;
      const complete = members.filter(({ self, replicas }) => {
        const state = replicas.get(partition);
        return self.id !== host.ref.id && state?.view.epoch === latest.view.epoch && state.isSynced &&
          replicas.isMember(state);
      });
      if (complete.length < config.writeQuorum) return false;
    }
    return true;
  }

  /**
   * Whether an answer of the node is still on its way. By the proof the asker's list counts as changed from the
   * moment of the answer, so the condition would have to be judged on a list that nobody has yet.
   */
  #isBeingAdopted(host: SimHost): boolean {
    const { network, scheduler } = this.world;
    const toldAtMs = network.toldNeighborsAtMs.get(host.ref.url) ?? -Infinity;
    return scheduler.nowMs - toldAtMs <= network.options.latencyMsMax;
  }
}
