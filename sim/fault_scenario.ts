import type { FaultProfile, Trouble } from "./fault_profile.ts";
import type { SeededRandom } from "./random.ts";
import { DiskTroubles } from "./troubles/disk_troubles.ts";
import { NetworkTroubles } from "./troubles/network_troubles.ts";
import { NodeTroubles } from "./troubles/node_troubles.ts";
import { Spells } from "./troubles/spells.ts";
import type { SimHost, World } from "./world.ts";

/** Clocks that are not skewed from the beginning jump by at most this. */
const jumpMsMax = 250;

/** Faults of the kinds that the profile has, overlapping as they like, each with its end. */
export class FaultScenario {
  readonly #spells: Spells;
  readonly #nodes: NodeTroubles;
  readonly #network: NetworkTroubles;
  readonly #disks: DiskTroubles;

  constructor(
    readonly world: World,
    readonly random: SeededRandom,
    readonly profile: FaultProfile,
    nodesMax: number,
  ) {
    this.#spells = new Spells(world);
    this.#nodes = new NodeTroubles(world, random, this.#spells, { nodesMax, ...profile });
    this.#network = new NetworkTroubles(world, random, this.#spells, profile);
    this.#disks = new DiskTroubles(world, random, this.#spells);
  }

  /** An ideal ring, whose clocks may differ. */
  async found(): Promise<void> {
    const { nodes, skewMsMax } = this.profile;
    await this.world.startIdeal(nodes);
    if (skewMsMax > 0) { for (const host of this.world.hosts) this.#nodes.jump(host, "skew", skewMsMax); }
  }

  /** Begins one fault, if it is possible now. */
  async step(): Promise<void> {
    const trouble = this.#draw();
    const { running } = this.#nodes;
    if (running.length > 0) await this.#begin(trouble, this.random.pick(running));
  }

  /** Ends all faults, and brings everybody back who is down. */
  endAll(): void {
    this.world.journal.note("all faults end");
    this.#spells.endAll();
    this.#nodes.restartAll();
  }

  #draw(): Trouble {
    const entries = [...this.profile.weights];
    let dice = this.random.between(0, entries.reduce((sum, [, weight]) => sum + weight, 0));
    const chosen = entries.find(([, weight]) => (dice -= weight) < 0) ?? entries[0];
    if (chosen === undefined) throw new RangeError("Cannot draw from no troubles");
    return chosen[0];
  }

  /** Who leaves for good takes a disk away, so it counts as a loss while another one is being made up for. */
  async #leave(): Promise<void> {
    if (!await this.#disks.isRepairing()) this.#nodes.leave();
  }

  #begin(trouble: Trouble, host: SimHost): void | Promise<void> {
    switch (trouble) {
      case "crash":
        return this.#nodes.crash(host);
      case "powerCut":
        return this.#nodes.powerCut();
      case "flap":
        return this.#nodes.flap(host);
      case "leave":
        return this.#leave();
      case "join":
        return this.#nodes.join();
      case "pause":
      case "longPause":
        return this.#nodes.pause(host, trouble);
      case "clockJump":
        return this.#nodes.jump(host, "clockJump", this.profile.skewMsMax || jumpMsMax);
      case "slowNode":
        return this.#network.slow(host);
      case "loss":
      case "replyLoss":
      case "repeats":
      case "delays":
        return this.#network.weather(trouble);
      case "partition":
      case "oneWay":
        return this.#network.partition(trouble);
      case "cutAtChange":
        return this.#network.cutAtChange();
      case "diskLoss":
        return this.#disks.lose(host, () => this.#nodes.restart(host));
      case "bitRot":
        return this.#disks.rot(host);
      case "slowDisk":
        return this.#disks.slow(host);
      case "fullDisk":
        return this.#disks.fill(host);
    }
  }
}
