import { ChordNode } from "../core/chord_node.ts";
import { defaultConfig, type NodeConfig } from "../core/config.ts";
import { full } from "../core/data/claims.ts";
import { IdSpace } from "../core/id.ts";
import { nodeIdOf, type NodeRef } from "../core/node_ref.ts";
import { PartitionMap } from "../core/partition.ts";
import type { Clock, Ports } from "../core/ports.ts";
import type { ParsedParams } from "../core/protocol.ts";
import { MemoryStore } from "../storage/memory_store.ts";
import { saveNodeDocument } from "../core/node_document.ts";
import { SeededRandom } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import { type Callee, type NetworkOptions, SimNetwork } from "./sim_network.ts";
import { SimStore } from "./sim_store.ts";
import { Trace } from "./trace.ts";

/** Wall time at which every simulated run begins. */
const epochMs = Date.UTC(2026, 0, 1);

/** One life of a simulated node; a restart begins another over the same disk. */
export class SimLife implements Callee {
  isAlive = true;
  /** Null until its store has been read. */
  node: ChordNode | null = null;

  constructor(readonly ref: NodeRef) {}

  handle: Callee["handle"] = async (method, params, context) => {
    if (this.node === null) throw new Error("Cannot call a node that is not open yet");
    return await this.node.handle(method, params as ParsedParams<typeof method>, context);
  };
}

/** A machine: it has an address and a disk, and at most one life at a time. */
export interface SimHost {
  readonly ref: NodeRef;
  disk: MemoryStore;
  life: SimLife | null;
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
  /** Set by every change of ring state; the checker clears it. */
  hasRingChanged = false;
  /** Members that failed or left since the checker last looked. */
  readonly failedSinceCheck: NodeRef[] = [];
  /** Errors that no code path expected: bugs. */
  readonly crashes: unknown[] = [];
  #hostCount = 0;
  readonly #hostsByUrl = new Map<string, SimHost>();

  constructor(seed: number, config: Partial<NodeConfig>, network: NetworkOptions) {
    this.random = new SeededRandom(seed);
    this.config = { ...defaultConfig, partitions: 64, ...config };
    this.space = new IdSpace(this.config.bits, this.config.hash);
    this.partitions = new PartitionMap(this.space, this.config.partitions);
    this.network = new SimNetwork(this.scheduler, this.random.fork(), this.trace, (url) => {
      const life = this.#hostsByUrl.get(url)?.life ?? null;
      return life === null || life.node === null ? null : life;
    }, network);
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
    const host: SimHost = {
      ref: { id: nodeIdOf(this.space, this.config.cluster, url), url },
      disk: new MemoryStore(),
      life: null,
    };
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
    const node = await ChordNode.open(host.ref, this.config, this.#portsOf(host, life));
    if (!life.isAlive) return;
    life.node = node;
    node.member.onChange(() => {
      this.hasRingChanged = true;
    });
    this.hasRingChanged = true;
    await node.start(bootstraps);
    this.hasRingChanged = true;
  }

  /** Starts without waiting; whatever goes wrong that should not is kept for the report. */
  launch(host: SimHost, bootstraps: readonly string[] = []): void {
    this.watch(this.start(host, bootstraps));
  }

  /** Power off: nothing more happens in this life. Its disk stays. */
  crash(host: SimHost): void {
    if (host.life === null) return;
    if (host.life.node?.phase === "member") this.failedSinceCheck.push(host.ref);
    host.life.node?.stop();
    host.life.isAlive = false;
    host.life = null;
    this.hasRingChanged = true;
  }

  /** A graceful leave; the process ends when it is done. */
  leave(host: SimHost): void {
    const life = host.life;
    if (life === null || life.node === null) return;
    this.failedSinceCheck.push(host.ref);
    this.hasRingChanged = true;
    this.watch(
      life.node.leave().then(() => {
        if (host.life === life) this.crash(host);
      }),
    );
  }

  /** Writes an ideal ring of `count` members onto their disks, as if it had run for long, and starts them. */
  async startIdeal(count: number): Promise<void> {
    const hosts = Array.from({ length: count }, () => this.addHost());
    const refs = hosts.map(({ ref }) => ref).sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const host of hosts) {
      const at = refs.indexOf(host.ref);
      const others = Array.from({ length: count - 1 }, (_, i) => refs[(at + 1 + i) % count] as NodeRef);
      const predecessor = others.at(-1) ?? null;
      const own = this.partitions.rangesOn({ after: (predecessor ?? host.ref).id, through: host.ref.id });
      await saveNodeDocument(host.disk, {
        self: host.ref,
        incarnation: 1,
        predecessor,
        successors: others.slice(0, this.config.successors),
        anchored: true,
        peers: others,
        departed: [],
        claims: own.map((range) => ({ ...range, claim: full })),
      });
    }
    for (const host of hosts) this.launch(host);
  }

  /** Keeps an error that nobody expected, so that the run fails with it. */
  watch(task: Promise<unknown>): void {
    task.catch((error) => this.crashes.push(error));
  }

  wallNow(): number {
    return epochMs + this.scheduler.nowMs;
  }

  #portsOf(host: SimHost, life: SimLife): Ports {
    const isAlive = () => life.isAlive;
    return {
      clock: this.#clockOf(isAlive),
      random: this.random.fork(),
      transport: this.network.transportOf(host.ref, isAlive),
      store: new SimStore(host.disk, this.scheduler, isAlive),
      log: (level, event, fields) => {
        if (level === "error") {
          this.crashes.push(new Error(`${event} at ${host.ref.url}`, { cause: fields?.error }));
        }
      },
    };
  }

  #clockOf(isAlive: () => boolean): Clock {
    const after = (ms: number, callback: () => void) =>
      this.scheduler.after(ms, () => {
        if (isAlive()) callback();
      });
    return {
      now: () => this.scheduler.nowMs,
      wallNow: () => this.wallNow(),
      after,
      sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    };
  }
}
