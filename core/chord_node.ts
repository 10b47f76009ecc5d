import type { NodeConfig } from "./config.ts";
import { Contact } from "./contact.ts";
import { ClockBound } from "./data/clock_bound.ts";
import { DataUpkeep } from "./data/data_upkeep.ts";
import { Keeper } from "./data/keeper.ts";
import { KeyRouter } from "./data/key_router.ts";
import { KeyService } from "./data/key_service.ts";
import { Replicas } from "./data/replicas.ts";
import { HybridClock } from "./data/version.ts";
import { WrongRingError } from "./errors.ts";
import { Handlers } from "./handlers.ts";
import { type Id, IdSpace } from "./id.ts";
import { Leaving } from "./leaving.ts";
import { clearNodeDocument, DocumentSaver, loadNodeDocument, type NodeDocument } from "./node_document.ts";
import { NodeIds } from "./node_ids.ts";
import { type NodeRef, sameNode } from "./node_ref.ts";
import { PartitionMap } from "./partition.ts";
import type { Ports } from "./ports.ts";
import type { MethodName, NodeInfo, Params, ParsedParams, Phase, Result } from "./protocol.ts";
import { Maintenance } from "./ring/maintenance.ts";
import { Membership } from "./ring/membership.ts";
import { RingMember } from "./ring/ring_member.ts";
import type { RingState } from "./ring/ring_state.ts";
import type {
  CallContext,
  Consistency,
  Hop,
  LookupResult,
  NodeService,
  ReadOutcome,
  Vitals,
  WriteOptions,
  WriteOutcome,
} from "./service.ts";
import { notReadyReason } from "./readiness.ts";
import { type Chore, type ChoreReport, Upkeep } from "./upkeep.ts";

/** How a node came to be a member. */
export type Start = "founded" | "joined" | "resumed";

/**
 * One Chord node: a place in the ring, the records that belong there, and the upkeep of both.
 *
 * It runs unchanged on Deno, in the simulator and in a browser; everything it needs comes through its ports.
 */
export class ChordNode implements NodeService {
  readonly space: IdSpace;
  readonly partitions: PartitionMap;
  readonly member: RingMember;
  readonly replicas: Replicas;
  readonly keeper: Keeper;
  readonly keys: KeyService;
  readonly maintenance: Maintenance;
  readonly data: DataUpkeep;
  /** Names the store of this node; another one after its disk was lost. */
  readonly disk: string;
  readonly #membership: Membership;
  readonly #router: KeyRouter;
  readonly #handlers: Handlers;
  readonly #saver: DocumentSaver;
  readonly #upkeep: Upkeep;
  readonly #leaving: Leaving;
  readonly #incarnation: number;
  readonly #startedAtMs: number;
  readonly #clockBound: ClockBound;
  readonly #contact: Contact;
  #isStopped = false;

  /** Opens the node over its store, with what it was in an earlier life if it had one. */
  static async open(
    self: NodeRef,
    config: NodeConfig,
    ports: Ports,
    vitals: () => Vitals = () => ({ cpu: null, memory: null }),
  ): Promise<ChordNode> {
    return new ChordNode(self, config, ports, vitals, await loadNodeDocument(ports.store));
  }

  private constructor(
    readonly self: NodeRef,
    readonly config: NodeConfig,
    readonly ports: Ports,
    readonly vitals: () => Vitals,
    readonly past: NodeDocument | null,
  ) {
    if (past !== null && past.self.url !== self.url) {
      throw new WrongRingError(`Cannot run ${self.url} on the data of ${past.self.url}`);
    }
    this.space = new IdSpace(config.bits, config.hash);
    this.partitions = new PartitionMap(this.space, config.partitions);
    this.disk = past?.disk ?? nameDisk(ports.random);
    const clock = new HybridClock(self.id, () => ports.clock.wallNow(), past?.clockBoundMs ?? 0);
    this.#clockBound = new ClockBound(clock, () => this.#saver.save());
    const ids = new NodeIds(this.space, config.cluster);
    this.member = new RingMember(self, config, this.space, ports, ids.isTrue);
    const replica = { ...self, disk: this.disk };
    this.replicas = new Replicas(replica, this.member, this.partitions, () => this.#saver.save(), {
      states: past?.states ?? [],
      forgotten: past?.forgotten ?? [],
    });
    this.keeper = new Keeper(this.replicas, clock, ports);
    this.keys = new KeyService(this.member, this.replicas, this.keeper, clock, ports);
    this.maintenance = new Maintenance(this.member);
    this.data = new DataUpkeep(this.member, this.replicas, this.keeper, clock, ports, {
      awayMs: past === null ? 0 : ports.clock.wallNow() - past.contactAtMs,
    });
    this.#membership = new Membership(this.member);
    this.#router = new KeyRouter(this.member, this.keys, this.#clockBound, ports);
    this.#handlers = new Handlers(this, this.#router, this.#membership);
    this.#saver = new DocumentSaver(ports.store, () => this.#document());
    this.#incarnation = (past?.incarnation ?? 0) + 1;
    this.#startedAtMs = ports.clock.now();
    this.#contact = new Contact(past?.contactAtMs ?? ports.clock.wallNow(), this.member, {
      isSettled: () => this.data.isSettled(),
      save: () => this.#saver.save(),
    });
    this.#upkeep = new Upkeep(this.member, this.maintenance, {
      views: () => this.#viewsRound(),
      data: () => this.data.dataRound(),
    });
    this.#leaving = new Leaving(this.member, this.data, this.#membership, this.#upkeep);
    this.member.onChange((before, after) => this.#changed(before, after));
    this.replicas.onChange(() => this.#upkeep.wake("data"));
    // What was true before a pause may not be any more: ring and views are looked at before anything else.
    this.member.peers.localHealth.onPause(() => {
      this.#upkeep.wake("ring");
      this.#upkeep.wake("views");
    });
    ports.store.onDamage((partition) => this.#damaged(partition));
  }

  get phase(): Phase {
    return this.member.phase;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  /**
   * Becomes a member: as the one it was, through one of the bootstraps, or as the first of a new ring.
   *
   * @param bootstraps addresses of members. A node with a past needs none.
   * @throws WrongRingError when the ring found is not the one this node was configured for.
   */
  async start(bootstraps: readonly string[] = []): Promise<Start> {
    const start = await this.#enter(bootstraps);
    if (this.#isStopped) return start;
    await this.#saver.save();
    this.ports.log("info", "started", { start, url: this.self.url, id: this.self.id });
    this.#upkeep.start();
    return start;
  }

  /** Stops the upkeep at once and leaves everything as it is, for a later life. */
  stop(): void {
    this.#isStopped = true;
    this.#upkeep.stop();
  }

  /** Says that it is back soon, so that nobody takes it for dead and moves its data, and stops. */
  async rest(backWithinMs = restMsMax): Promise<void> {
    if (this.phase === "member") await this.#membership.announceRestart(backWithinMs);
    this.stop();
  }

  /**
   * Leaves for good: hands everything over, then is gone. Says whether all of it found a taker; if not, the node
   * keeps the rest and may be started again to bring it.
   */
  async leave(): Promise<boolean> {
    if (this.phase !== "member") return this.phase === "left";
    const isHandedOver = await this.#leaving.run();
    this.stop();
    if (isHandedOver) await clearNodeDocument(this.ports.store);
    return isHandedOver;
  }

  async handle<M extends MethodName>(
    method: M,
    params: ParsedParams<M>,
    context: CallContext,
  ): Promise<Result<M>> {
    return await this.#handlers.handle(method, params, context);
  }

  async get(key: string, context: CallContext & { consistency?: Consistency }): Promise<ReadOutcome> {
    return await this.#router.get(key, context);
  }

  async put(
    key: string,
    value: Uint8Array,
    options: WriteOptions,
    context: CallContext,
  ): Promise<WriteOutcome> {
    return await this.#router.put(key, value, options, context);
  }

  async delete(key: string, options: WriteOptions, context: CallContext): Promise<WriteOutcome> {
    return await this.#router.delete(key, options, context);
  }

  lookup(target: Id, _context: CallContext): AsyncGenerator<Hop, LookupResult, undefined> {
    return this.member.lookup(target);
  }

  async callPeer<M extends MethodName>(
    peer: NodeRef,
    method: M,
    params: Params<M>,
    context: CallContext,
  ): Promise<Result<M>> {
    if (sameNode(peer, this.self)) return await this.handle(method, params as ParsedParams<M>, context);
    return await this.member.peers.call(peer, method, params, context.timeoutMs);
  }

  knownPeer(id: Id): NodeRef | null {
    return id === this.self.id ? this.self : this.member.peers.known.get(id);
  }

  partitionOf(key: string): number {
    return this.partitions.ofKey(key);
  }

  async info(): Promise<NodeInfo> {
    return await this.handle("node.info", {}, { timeoutMs: this.config.attemptTimeoutMs });
  }

  /** Does one of its chores now, at somebody's word; false when the node is no member and has none. */
  maintain(chore: Chore): boolean {
    if (this.phase !== "member" || this.#isStopped) return false;
    this.ports.log("info", "maintenanceAsked", { chore });
    if (chore === "data") this.data.antiEntropy.hasten();
    this.#upkeep.hurry(chore);
    return true;
  }

  /** How its chores went the last time. */
  upkeepReport(): ChoreReport[] {
    return this.#upkeep.report();
  }

  /** How long this life of the node has lasted. */
  uptimeMs(): number {
    return this.ports.clock.now() - this.#startedAtMs;
  }

  /** Why the node cannot vouch for its part of the ring yet; null when it can. */
  notReadyReason(): string | null {
    return notReadyReason(this);
  }

  async #enter(bootstraps: readonly string[]): Promise<Start> {
    if (this.past !== null) {
      for (const peer of [...this.past.peers].reverse()) this.member.peers.known.meet(peer);
      const { predecessor, successors, anchored } = this.past;
      this.#membership.resume({ self: this.self, predecessor, successors }, anchored);
      return "resumed";
    }
    // Records without the node's document are of another life that nobody can vouch for.
    await this.ports.store.clear();
    if (bootstraps.length > 0) {
      await this.#membership.join(bootstraps, () => this.#isStopped);
      return "joined";
    }
    this.#membership.found();
    await this.replicas.found();
    return "founded";
  }

  /** Rounds of the views go on while a node leaves: it is counted on until others have taken over. */
  async #viewsRound(): Promise<void> {
    await this.data.viewsRound();
    await this.#contact.note();
  }

  /** A record is lost here; until the others were asked, what we lack proves nothing. */
  #damaged(partition: number): void {
    this.ports.log("warn", "partitionDamaged", { partition });
    this.replicas.markDamaged(partition);
    this.#upkeep.wake("data");
  }

  #changed(before: RingState, after: RingState): void {
    this.ports.log("debug", "ringChanged", { predecessor: after.predecessor, successors: after.successors });
    if (this.#isStopped || this.phase !== "member") return;
    this.#saver.save().catch((error) => this.ports.log("error", "documentNotSaved", { error }));
    if (!sameNode(before.successors[0], after.successors[0])) this.#upkeep.wake("ring");
    this.#upkeep.wake("views");
  }

  #document(): NodeDocument {
    const { isAnchored, peers, state: { predecessor, successors } } = this.member;
    return {
      self: this.self,
      incarnation: this.#incarnation,
      predecessor,
      successors,
      anchored: isAnchored,
      peers: peers.known.all(),
      disk: this.disk,
      clockBoundMs: this.#clockBound.ms,
      contactAtMs: this.#contact.atMs,
      forgotten: this.replicas.givenUp.replicas,
      states: this.replicas.table.ranges(),
    };
  }
}

/** A planned restart that takes longer is no restart any more. */
const restMsMax = 60_000;

/** 64 bits of chance: two disks of one address never share a name. */
function nameDisk(random: Ports["random"]): string {
  const half = () => Math.floor(random.next() * 2 ** 32).toString(16).padStart(8, "0");
  return half() + half();
}
