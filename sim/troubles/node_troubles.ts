import type { SeededRandom } from "../random.ts";
import type { SimHost, World } from "../world.ts";
import type { Spells } from "./spells.ts";

/** Fewer members than this do not let another go. */
const membersMin = 4;

/** Nodes that die, come back, stand still, say goodbye or come in. */
export class NodeTroubles {
  constructor(
    readonly world: World,
    readonly random: SeededRandom,
    readonly spells: Spells,
    readonly options: {
      /** Hosts in all. */
      readonly nodesMax: number;
      readonly longPauseMsMax: number;
    },
  ) {}

  get running(): SimHost[] {
    return this.world.hosts.filter(({ life }) => life !== null);
  }

  /** Everybody who did not leave for good comes back with the disk it has. */
  restartAll(): void {
    for (const host of this.world.hosts) {
      this.world.resume(host);
      if (!host.hasLeft) this.restart(host);
    }
  }

  /** A node that never got in, or lost its disk, needs somebody to join through; one with a past does not. */
  restart(host: SimHost): void {
    if (host.life !== null) return;
    const others = this.world.hosts.filter((other) => other !== host);
    this.world.launch(host, others.map(({ ref }) => ref.url));
  }

  crash(host: SimHost): void {
    this.spells.hit("crash");
    this.world.crash(host);
    const isSoon = this.random.chance(0.6);
    this.spells.hit(isSoon ? "restartSoon" : "restartLate");
    const ms = isSoon ? this.random.between(50, 3_000) : this.random.between(8_000, 40_000);
    this.spells.during(ms, () => this.restart(host));
  }

  powerCut(): void {
    this.spells.hit("powerCut");
    for (const host of this.running) if (this.random.chance(0.8)) this.crash(host);
  }

  flap(host: SimHost, times = this.random.integer(2, 5)): void {
    this.spells.hit("flap");
    this.world.crash(host);
    const downMs = this.random.between(500, 3_000);
    this.spells.during(downMs, () => this.restart(host));
    if (times === 1) return;
    this.spells.later(downMs + this.random.between(1_000, 4_000), () => this.flap(host, times - 1));
  }

  pause(host: SimHost, kind: "pause" | "longPause"): void {
    const { life } = host;
    if (life === null || life.isPaused) return;
    this.spells.hit(kind);
    this.world.pause(host);
    const [min, max] = kind === "pause" ? [50, 3_000] : [4_000, this.options.longPauseMsMax];
    this.spells.during(this.random.between(min, max), () => {
      if (host.life === life) this.world.resume(host);
    });
  }

  leave(): void {
    const ready = this.running.filter(({ life }) => life?.node?.phase === "member" && !life.isPaused);
    if (this.world.members.length < membersMin || ready.length === 0) return;
    this.spells.hit("leave");
    this.world.watch(this.#leave(this.random.pick(ready)));
  }

  /** Whoever could not hand everything over in time is brought back, to do it another time. */
  async #leave(host: SimHost): Promise<void> {
    if (await this.world.leave(host)) return;
    this.world.scheduler.after(this.random.between(100, 5_000), () => this.restart(host));
  }

  /** Somebody who has left comes again, or somebody new. */
  join(): void {
    const gone = this.world.hosts.filter(({ hasLeft }) => hasLeft);
    if (gone.length === 0 && this.world.hosts.length >= this.options.nodesMax) return;
    const host = gone.length > 0 ? this.random.pick(gone) : this.world.addHost();
    const isTaken = this.world.hosts.some((other) => other !== host && other.ref.id === host.ref.id);
    if (isTaken) return this.world.removeHost(host);
    this.spells.hit("join");
    this.restart(host);
  }

  /** The wall clock jumps, to at most `msMax` off. */
  jump(host: SimHost, kind: "skew" | "clockJump", msMax: number): void {
    this.spells.hit(kind);
    this.world.skew(host, this.random.between(-msMax, msMax));
  }
}
