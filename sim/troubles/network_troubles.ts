import type { SeededRandom } from "../random.ts";
import type { NetworkOptions } from "../sim_network.ts";
import type { SimHost, World } from "../world.ts";
import type { Spells } from "./spells.ts";

/** A cut that waits for a view to change waits no longer than this. */
const armedMs = 20_000;

/** Messages that are lost, late, doubled, or cut off. */
export class NetworkTroubles {
  /** The network as it is when nothing is wrong with it. */
  readonly #clear: NetworkOptions;

  constructor(
    readonly world: World,
    readonly random: SeededRandom,
    readonly spells: Spells,
    readonly options: { readonly repeatMsMax: number },
  ) {
    this.#clear = world.network.options;
  }

  /** One kind of weather at a time: a later one takes the place of an earlier. */
  weather(kind: "loss" | "replyLoss" | "repeats" | "delays"): void {
    this.spells.hit(kind);
    const { network } = this.world;
    const options = {
      ...this.#clear,
      [kind]: this.random.pick([0.02, 0.1, 0.3]),
      repeatMsMax: this.options.repeatMsMax,
      delayMsMax: this.random.pick([300, 3_000]),
    };
    network.options = options;
    this.spells.during(this.random.between(1_000, 15_000), () => {
      if (network.options === options) network.options = this.#clear;
    });
  }

  /** The next view that is decided, if there is one soon, is known to the proposer's side of a cut only. */
  cutAtChange(): void {
    const { world } = this;
    world.onDecided = (proposer) => {
      world.onDecided = null;
      this.partition("cutAtChange", proposer);
    };
    this.spells.during(armedMs, () => void (world.onDecided = null));
  }

  partition(kind: "partition" | "oneWay" | "cutAtChange", withUs?: SimHost): void {
    const here = this.world.hosts.filter((host) => host === withUs || this.random.chance(0.4));
    const there = this.world.hosts.filter((host) => !here.includes(host));
    if (here.length === 0 || there.length === 0) return;
    this.spells.hit(kind);
    const heal = this.world.partition(here, there, { oneWay: kind === "oneWay" });
    const isShort = this.random.chance(0.5);
    this.spells.during(isShort ? this.random.between(500, 4_000) : this.random.between(5_000, 30_000), heal);
  }

  slow({ ref }: SimHost): void {
    const { links } = this.world.network;
    this.spells.hit("slowNode", ref.url);
    links.slow(ref.url, 10);
    this.spells.during(this.random.between(2_000, 20_000), () => links.slow(ref.url, 1));
  }
}
