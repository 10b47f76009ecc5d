import { defaultConfig } from "../core/config.ts";
import { type Id, IdSpace } from "../core/id.ts";
import { nodeIdOf, type NodeRef } from "../core/node_ref.ts";
import { type Partition, PartitionMap } from "../core/partition.ts";
import type { MethodName, NodeInfo, Params, Result } from "../core/protocol.ts";
import type { Hop, LookupResult, NodeService, ReadOutcome, WriteOutcome } from "../core/service.ts";
import { softwareVersion } from "../core/software_version.ts";

const space = new IdSpace(defaultConfig.bits);
const partitions = new PartitionMap(space, defaultConfig.partitions);
const { cluster, successors, replicas } = defaultConfig;

/** What pages ask of a node. */
type Answers = {
  readonly [M in "node.info" | "node.fingers" | "node.peers" | "node.status" | "chord.neighbors"]: () =>
    Result<
      M
    >;
};

/** A ring that stands still, and whose nodes are only what they would say of themselves. */
export class SyntheticRing {
  /** By id, so each one's successor follows it. */
  readonly nodes: readonly SyntheticNode[];

  constructor(readonly urls: readonly string[]) {
    const refs = urls.map((url): NodeRef => ({ id: nodeIdOf(space, cluster, url), url }));
    this.nodes = refs.sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((self, place) => new SyntheticNode(self, this, place));
  }

  /** The ref that stands `place` from 0, going round. */
  at(place: number): NodeRef {
    const node = this.nodes.at(place % this.nodes.length);
    if (node === undefined) throw new RangeError("Cannot find a node in an empty ring");
    return node.self;
  }

  ownerOf(point: Id): NodeRef {
    return this.nodes.find(({ self }) => self.id >= point)?.self ?? this.at(0);
  }

  byUrl(url: string): SyntheticNode | null {
    return this.nodes.find(({ self }) => self.url === url) ?? null;
  }

  byId(id: Id): SyntheticNode | null {
    return this.nodes.find(({ self }) => self.id === id) ?? null;
  }
}

/** One node of it, with no keys to give, but with counts of them to tell. */
export class SyntheticNode implements NodeService {
  readonly config = defaultConfig;
  readonly space = space;
  readonly partitions = partitions;
  readonly phase = "member";
  readonly #answers: Answers = {
    "node.info": () => this.#info(),
    "chord.neighbors": () => this.#neighbors(),
    "node.fingers": () => this.#fingers(),
    "node.peers": () => this.#peers(),
    "node.status": () => ({ refusals: [], differences: 0, fetched: 0, pushed: 0, collected: 0 }),
  };

  constructor(readonly self: NodeRef, readonly ring: SyntheticRing, readonly place: number) {}

  handle<M extends MethodName>(method: M): Promise<Result<M>> {
    const answer = (this.#answers as Partial<Record<MethodName, () => unknown>>)[method];
    if (answer === undefined) return Promise.reject(new TypeError(`Cannot answer ${method}`));
    return Promise.resolve(answer() as Result<M>);
  }

  callPeer<M extends MethodName>({ id }: NodeRef, method: M, _params: Params<M>): Promise<Result<M>> {
    const peer = this.ring.byId(id);
    if (peer === null) return Promise.reject(new RangeError(`Cannot ask ${id}: it is not in the ring`));
    return peer.handle(method);
  }

  knownPeer(id: Id): NodeRef | null {
    return this.ring.byId(id)?.self ?? null;
  }

  info(): Promise<NodeInfo> {
    return Promise.resolve(this.#info());
  }

  partitionOf(key: string): Partition {
    return partitions.ofKey(key);
  }

  get(): Promise<ReadOutcome> {
    return Promise.reject(new TypeError("Cannot read: a synthetic node has no keys"));
  }

  put(): Promise<WriteOutcome> {
    return Promise.reject(new TypeError("Cannot write: a synthetic node has no keys"));
  }

  delete(): Promise<WriteOutcome> {
    return Promise.reject(new TypeError("Cannot write: a synthetic node has no keys"));
  }

  // deno-lint-ignore require-yield -- the owner is known without asking anybody
  async *lookup(target: Id): AsyncGenerator<Hop, LookupResult, undefined> {
    const owner = await Promise.resolve(this.ring.ownerOf(target));
    return { owner, successors: [], namedBy: this.self, hops: 0 };
  }

  #info(): NodeInfo {
    const { bits, hash, writeQuorum, readQuorum } = this.config;
    const keyCount = 500 + (this.place * 337) % 1_000;
    return {
      ...this.self,
      ...{ cluster, bits, hash, replicas, writeQuorum, readQuorum, partitions: partitions.count },
      protocol: 1,
      incarnation: 1,
      phase: "member",
      ready: true,
      reason: null,
      keyCount,
      recordCount: keyCount * replicas,
      partitionsOwned: 8,
      partitionsHeld: 8 * replicas,
      partitionsUnsynced: 0,
      uptimeMs: performance.now(),
      version: softwareVersion,
      cpu: (this.place % 10) / 20,
      memory: 80_000_000 + this.place * 10_000,
    };
  }

  #neighbors(): Result<"chord.neighbors"> {
    const others = this.ring.nodes.length - 1;
    const after = Array.from({ length: Math.min(successors, others) }, (_, i) => i + 1);
    return {
      predecessor: this.ring.at(this.place + others),
      successors: after.map((by) => this.ring.at(this.place + by)),
      phase: "member",
      anchored: true,
    };
  }

  #fingers(): Result<"node.fingers"> {
    const starts = Array.from({ length: space.bits }, (_, index) => space.addPowerOfTwo(this.self.id, index));
    return { entries: starts.map((start, index) => ({ index, start, node: this.ring.ownerOf(start) })) };
  }

  /** All the others, seen a moment ago, as nodes of a ring that has run for a while know each other. */
  #peers(): Result<"node.peers"> {
    const lastSeenMs = Date.now();
    const peers = this.ring.nodes.filter((node) => node !== this)
      .map(({ self }) => ({ node: self, health: "alive" as const, lastSeenMs, rttMs: 1 }));
    return { peers };
  }
}
