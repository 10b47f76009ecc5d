import { ChordNode } from "../core/chord_node.ts";
import { defaultConfig, type NodeConfig } from "../core/config.ts";
import { ChordError } from "../core/errors.ts";
import { IdSpace } from "../core/id.ts";
import { nodeIdOf, type NodeRef } from "../core/node_ref.ts";
import { PartitionMap } from "../core/partition.ts";
import { Faults } from "./faults.ts";
import { writeIdealRing } from "./ideal_ring.ts";
import { Journal } from "./journal.ts";
import { SeededRandom } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import { SimDisk } from "./sim_disk.ts";
import { SimLife } from "./sim_life.ts";
import { type NetworkOptions, SimNetwork } from "./sim_network.ts";
import { portsOf } from "./sim_ports.ts";
import { Trace } from "./trace.ts";
import { ViewRegistry } from "./view_registry.ts";

/** Wall time at which every simulated run begins. */
const epochMs = Date.UTC(2026, 0, 1);

/** A process that could not start is started again after so long. */
const supervisorMs = 3_000;

/** A machine: it has an address, a clock and a disk, and at most one life at a time. */
export interface SimHost {
  readonly ref: NodeRef;
  disk: SimDisk;
  life: SimLife | null;
  /** How far its wall clock is ahead. */
  skewMs: number;
  /** It has said goodbye, handed everything over and gone: nobody waits for it. */
  hasLeft: boolean;
}

/** Nodes, network and disks in virtual time. It does what a scenario says; it decides nothing itself. */
export class World {
  readonly scheduler = new Scheduler();
  readonly trace = new Trace();
  readonly random: SeededRandom;
  readonly network: SimNetwork;
  readonly config: NodeConfig;
  readonly space: IdSpace;
  readonly partitions: PartitionMap;
  readonly hosts: SimHost[] = [];
  readonly faults = new Faults();
  readonly journal: Journal;
  readonly views = new ViewRegistry();
  /** Told, once, of the next view that is decided, before any message says so: the worst moment for a fault. */
  onDecided: ((proposer: SimHost) => void) | null = null;
  /** Set by every change of ring state or of views; the checker clears it. */
  hasRingChanged = false;
  /** Members that failed or left since the checker last looked. */
  readonly failedSinceCheck: NodeRef[] = [];
  /** Errors that no code path expected: bugs. */
  readonly crashes: unknown[] = [];
  #hostCount = 0;
  #diskCount = 0;
  readonly #hostsByUrl = new Map<string, SimHost>();

  constructor(seed: number, config: Partial<NodeConfig>, network: NetworkOptions) {
    this.random = new SeededRandom(seed);
    this.config = { ...defaultConfig, partitions: 64, ...config };
    this.space = new IdSpace(this.config.bits, this.config.hash);
    this.partitions = new PartitionMap(this.space, this.config.partitions);
    this.journal = new Journal(this.scheduler, this.trace);
    this.network = new SimNetwork(
      this.scheduler,
      this.random.fork(),
      this.trace,
      (url) => this.#answering(url),
      network,
      this.faults,
    );
  }

  /** Nodes that run, in whatever phase, in the order their hosts were made. */
  get running(): ChordNode[] {
    return this.hosts.flatMap(({ life }) => life?.node ?? []);
  }

  /** Nodes that are members of a ring; a leaving node counts as failed. */
  get members(): ChordNode[] {
    return this.running.filter((node) => node.phase === "member");
  }

  addHost(): SimHost {
    const url = `http://n${++this.#hostCount}`;
    const ref = { id: nodeIdOf(this.space, this.config.cluster, url), url };
    const host = { ref, disk: this.#newDisk(), life: null, skewMs: 0, hasLeft: false };
    this.hosts.push(host);
    this.#hostsByUrl.set(url, host);
    return host;
  }

  /** Takes back a host that was never started, as when its id is taken. */
  removeHost(host: SimHost): void {
    this.hosts.splice(this.hosts.indexOf(host), 1);
    this.#hostsByUrl.delete(host.ref.url);
  }

  /** Begins a life on the host. Ends when the node is a member, or never, if it dies first. */
  async start(host: SimHost, bootstraps: readonly string[] = []): Promise<void> {
    const life = new SimLife(host.ref);
    host.life = life;
    host.hasLeft = false;
    const node = await ChordNode.open(host.ref, this.config, portsOf(this, host, life));
    if (!life.isAlive) return;
    life.node = node;
    node.member.onChange(() => this.#changed(node));
    node.replicas.onChange(() => this.#changed(node));
    this.#changed(node);
    await node.start(bootstraps);
    this.#changed(node);
  }

  /**
   * Starts without waiting; whatever goes wrong that should not is kept for the report. A start that the world made
   * impossible, as by a full disk, is tried again, as a supervisor would.
   */
  launch(host: SimHost, bootstraps: readonly string[] = []): void {
    this.journal.note("start", host.ref.url);
    const life = this.start(host, bootstraps).catch((error) => {
      if (!(error instanceof ChordError)) throw error;
      this.journal.note("start failed", host.ref.url, error.message);
      this.crash(host);
      this.scheduler.after(supervisorMs, () => {
        if (host.life === null && !host.hasLeft) this.launch(host, bootstraps);
      });
    });
    this.watch(life);
  }

  /** Power off: nothing more happens in this life. Its disk stays. */
  crash(host: SimHost): void {
    if (host.life === null) return;
    this.journal.note("crash", host.ref.url);
    if (host.life.node?.phase === "member") this.failedSinceCheck.push(host.ref);
    host.life.node?.stop();
    host.life.isAlive = false;
    host.life = null;
    host.disk.unplug();
    this.hasRingChanged = true;
  }

  /** A crash from which the host comes back with nothing but its address. */
  loseDisk(host: SimHost): void {
    this.crash(host);
    this.journal.note("disk lost", host.ref.url);
    host.disk = this.#newDisk();
  }

  /** A graceful leave; the process ends when it is done. Says whether everything was handed over. */
  async leave(host: SimHost): Promise<boolean> {
    const life = host.life;
    if (life === null || life.node === null) return false;
    this.journal.note("leave", host.ref.url);
    this.failedSinceCheck.push(host.ref);
    this.hasRingChanged = true;
    const isHandedOver = await life.node.leave().catch((error) => {
      if (error instanceof ChordError) return false;
      throw error;
    });
    if (host.life === life) this.crash(host);
    host.hasLeft = isHandedOver;
    this.journal.note(isHandedOver ? "left" : "left with data", host.ref.url);
    return isHandedOver;
  }

  /** The node runs no event until it is resumed; nothing of it is lost. */
  pause({ life, ref }: SimHost): void {
    this.journal.note("pause", ref.url);
    life?.pause();
  }

  /** Everything that came meanwhile happens now. */
  resume({ life, ref }: SimHost): void {
    if (life === null || !life.isPaused) return;
    this.journal.note("resume", ref.url);
    for (const event of life.resume(this.random.chance(0.5))) {
      this.scheduler.after(0, () => life.run("timer", event));
    }
  }

  /** No message passes from one side to the other, and back only if it is `oneWay`. Gives what ends it. */
  partition(from: readonly SimHost[], to: readonly SimHost[], { oneWay = false } = {}): () => void {
    const names = (hosts: readonly SimHost[]) => hosts.map(({ ref }) => ref.url);
    const [here, there] = [new Set(names(from)), new Set(names(to))];
    this.journal.note(oneWay ? "cut one way" : "cut", [...here].join(" "), "from", [...there].join(" "));
    const ends = [this.network.links.cut(here, there)];
    if (!oneWay) ends.push(this.network.links.cut(there, here));
    return () => {
      this.journal.note("healed", [...here].join(" "));
      for (const end of ends) end();
    };
  }

  /** Sets the host's wall clock ahead, or behind. */
  skew(host: SimHost, ms: number): void {
    this.journal.note("clock", host.ref.url, `${Math.round(ms)} ms ahead`);
    host.skewMs = ms;
  }

  /** Writes an ideal ring of `count` members onto their disks, as if it had run for long, and starts them. */
  async startIdeal(count: number): Promise<void> {
    const hosts = Array.from({ length: count }, () => this.addHost());
    await writeIdealRing(this, hosts);
    for (const host of hosts) this.launch(host);
  }

  /** Keeps an error that nobody expected, so that the run fails with it. */
  watch(task: Promise<unknown>): void {
    task.catch((error) => this.crashes.push(error));
  }

  /** The time of day as it really is. */
  wallNow(): number {
    return epochMs + this.scheduler.nowMs;
  }

  #answering(url: string): SimLife | null {
    const life = this.#hostsByUrl.get(url)?.life ?? null;
    return life === null || life.node === null ? null : life;
  }

  #newDisk(): SimDisk {
    return new SimDisk(`disk-${++this.#diskCount}`);
  }

  #changed(node: ChordNode): void {
    this.hasRingChanged = true;
    this.views.note(node);
  }
}
