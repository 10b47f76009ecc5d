import type { NodeConfig } from "./config.ts";
import { Acquisition } from "./data/acquisition.ts";
import { Custody } from "./data/custody.ts";
import { Homing } from "./data/homing.ts";
import { KeyRouter } from "./data/key_router.ts";
import { KeyService } from "./data/key_service.ts";
import { Succession } from "./data/succession.ts";
import { HybridClock } from "./data/version.ts";
import { ChordError, WrongRingError } from "./errors.ts";
import { Handlers } from "./handlers.ts";
import { type Id, IdSpace } from "./id.ts";
import { clearNodeDocument, DocumentSaver, loadNodeDocument, type NodeDocument } from "./node_document.ts";
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
import { Ticker } from "./ticker.ts";

/** How a node came to be a member. */
export type Start = "founded" | "joined" | "resumed";

/** Rounds without a change after which the ring counts as quiet. */
const quietRounds = 5;

/**
 * One Chord node: a place in the ring, the records that belong there, and the upkeep of both.
 *
 * It runs unchanged on Deno, in the simulator and in a browser; everything it needs comes through its ports.
 */
export class ChordNode implements NodeService {
  readonly space: IdSpace;
  readonly partitions: PartitionMap;
  readonly member: RingMember;
  readonly custody: Custody;
  readonly keys: KeyService;
  readonly maintenance: Maintenance;
  readonly succession: Succession;
  readonly acquisition: Acquisition;
  readonly homing: Homing;
  readonly #membership: Membership;
  readonly #router: KeyRouter;
  readonly #handlers: Handlers;
  readonly #saver: DocumentSaver;
  readonly #tickers: readonly Ticker[];
  readonly #incarnation: number;
  readonly #startedAtMs: number;
  #isStopped = false;
  #lastExchangeAtMs = -Infinity;
  #lastProbeAtMs: number;

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
    const clock = new HybridClock(self.id, () => ports.clock.wallNow());
    this.member = new RingMember(self, config, this.space, ports);
    this.custody = new Custody(this.member, this.partitions, clock, () => this.#saver.save(), {
      claims: past?.claims ?? [],
      departed: past?.departed ?? [],
      lastPredecessor: past?.predecessor ?? null,
    });
    this.keys = new KeyService(this.member, this.custody, clock, ports);
    this.maintenance = new Maintenance(this.member, () => this.#recheck());
    this.succession = new Succession(this.member, this.custody, (node) => this.#meet(node));
    this.acquisition = new Acquisition(this.member, this.custody, ports.store, clock);
    this.homing = new Homing(this.member, this.custody, ports.store);
    this.#membership = new Membership(this.member);
    this.#router = new KeyRouter(this.member, this.keys, ports);
    this.#handlers = new Handlers(this, this.#router, this.#membership);
    this.#saver = new DocumentSaver(ports.store, () => this.#document());
    this.#incarnation = (past?.incarnation ?? 0) + 1;
    this.#startedAtMs = ports.clock.now();
    this.#lastProbeAtMs = this.#startedAtMs;
    this.#tickers = [
      new Ticker("ring", config.stabilizeMs, () => this.#ringRound(), ports),
      new Ticker("fingers", config.stabilizeMs, () => this.maintenance.fixFinger(), ports),
      new Ticker("data", config.stabilizeMs, () => this.#dataRound(), ports),
    ];
    this.member.onChange((before, after) => this.#changed(before, after));
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
    for (const ticker of this.#tickers) ticker.start();
    this.#wake("ring", "data");
    return start;
  }

  /** Stops the upkeep at once and leaves everything as it is, for a later life. */
  stop(): void {
    this.#isStopped = true;
    for (const ticker of this.#tickers) ticker.stop();
  }

  /**
   * Leaves for good: hands everything over, then is gone. Says whether all of it found a taker; if not, the node
   * keeps the rest and may be started again to bring it.
   */
  async leave(): Promise<boolean> {
    const { homing, member, ports } = this;
    if (member.phase !== "member") return member.phase === "left";
    const deadlineMs = ports.clock.now() + this.config.leaveTimeoutMs;
    const isComplete = await this.#completeClaims(deadlineMs);
    homing.releaseOwn();
    member.phase = "leaving";
    ports.log("info", "leaving", { url: this.self.url });
    for (const ticker of this.#tickers) ticker.stop();
    await this.#saver.save();
    await this.#membership.announceLeave(null);
    const isEmpty = await this.#handOver(deadlineMs) && isComplete;
    if (isEmpty) {
      await this.#membership.announceLeave(homing.heirs);
      await clearNodeDocument(ports.store);
    }
    member.phase = "left";
    this.stop();
    ports.log("info", "left", { url: this.self.url, handedOver: isEmpty });
    return isEmpty;
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

  /** How long this life of the node has lasted. */
  uptimeMs(): number {
    return this.ports.clock.now() - this.#startedAtMs;
  }

  /** Why the node cannot vouch for its part of the ring yet; null when it can. */
  notReadyReason(): string | null {
    if (this.phase !== "member") return `the node is ${this.phase}`;
    const unsynced = this.custody.unsynced().length;
    if (!this.custody.isChecked || this.custody.unclaimed().length > 0) return "waiting for the ring's word";
    if (unsynced > 0) return `${unsynced} partitions wait for data of other nodes`;
    return null;
  }

  async #enter(bootstraps: readonly string[]): Promise<Start> {
    if (this.past !== null) {
      for (const peer of [...this.past.peers].reverse()) this.member.peers.known.meet(peer);
      const { predecessor, successors, anchored } = this.past;
      this.#membership.resume({ self: this.self, predecessor, successors }, anchored);
      this.custody.resume();
      return "resumed";
    }
    if (bootstraps.length > 0) {
      await this.#membership.join(bootstraps, () => this.#isStopped);
      return "joined";
    }
    this.#membership.found();
    await this.custody.found();
    return "founded";
  }

  /** A full exchange while the ring moves, a cheap look at the neighbours while it does not. */
  async #ringRound(): Promise<void> {
    const nowMs = this.ports.clock.now();
    const { stabilizeMs, quietStabilizeMs, probeMs } = this.config;
    const isQuiet = nowMs - this.member.changedAtMs > quietRounds * stabilizeMs && this.custody.isChecked;
    if (isQuiet && nowMs - this.#lastExchangeAtMs < quietStabilizeMs) {
      await this.maintenance.probeNeighbours();
    } else {
      this.#lastExchangeAtMs = nowMs;
      await this.maintenance.stabilize();
    }
    const isUnsettled = nowMs - this.member.changedAtMs < unsettledMs;
    const probeAfterMs = this.member.isAlone ? stabilizeMs : isUnsettled ? quietStabilizeMs : probeMs;
    if (nowMs - this.#lastProbeAtMs < probeAfterMs) return;
    this.#lastProbeAtMs = nowMs;
    await this.#probeStranger();
  }

  /** Asks one peer that we have no part of the ring with, in case it is in another one. */
  async #probeStranger(): Promise<void> {
    const { peers, state } = this.member;
    const near = [state.predecessor, ...state.successors];
    const strangers = peers.known.all().filter((peer) => !near.some((node) => sameNode(node, peer)));
    const stranger = strangers[Math.floor(this.ports.random.next() * strangers.length)];
    if (stranger !== undefined) await this.maintenance.probeRingOf(stranger);
  }

  async #dataRound(): Promise<void> {
    await this.succession.run();
    await this.acquisition.run();
    await this.homing.run();
  }

  /** A node that has not heard yet what its arc holds would take that question along. Waits a part of the time. */
  async #completeClaims(deadlineMs: number): Promise<boolean> {
    const { clock } = this.ports;
    const untilMs = clock.now() + (deadlineMs - clock.now()) / 4;
    while (!this.custody.isChecked || this.custody.unclaimed().length > 0) {
      if (this.phase !== "member" || clock.now() >= untilMs) return false;
      this.#wake("data");
      await clock.sleep(handOverPauseMs);
    }
    return true;
  }

  /** Sends home all we hold until nothing is left or the time is up. */
  async #handOver(deadlineMs: number): Promise<boolean> {
    const { clock } = this.ports;
    while (this.homing.astray().length > 0) {
      if (this.member.head === null || clock.now() >= deadlineMs) return false;
      await this.homing.run().catch((error) => {
        if (!(error instanceof ChordError)) throw error;
      });
      await clock.sleep(handOverPauseMs);
    }
    return true;
  }

  /** Our successor follows somebody behind us. Whether it took over is not known until it says. */
  #recheck(): void {
    if (this.custody.isChecked) this.ports.log("info", "bypassed", { url: this.self.url });
    this.custody.isChecked = false;
    this.#wake("data");
  }

  #changed(before: RingState, after: RingState): void {
    this.ports.log("debug", "ringChanged", { predecessor: after.predecessor, successors: after.successors });
    if (this.#isStopped || this.phase !== "member") return;
    this.#saver.save().catch((error) => this.ports.log("error", "documentNotSaved", { error }));
    if (!sameNode(before.successors[0], after.successors[0])) this.#wake("ring");
    this.#wake("data");
  }

  #meet(node: NodeRef): void {
    this.maintenance.notified(node, "predecessor").catch((error) => {
      this.ports.log("error", "taskFailed", { what: "meet", error });
    });
  }

  #wake(...names: string[]): void {
    for (const ticker of this.#tickers) if (names.includes(ticker.name)) ticker.wake();
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
      departed: this.custody.departures.all(),
      claims: this.custody.claims.ranges(),
    };
  }
}

/** After a change of the ring others may be astray too: for so long, strangers are looked up more often. */
const unsettledMs = 60_000;

/** Between two rounds of handing over: time for the new owner to fetch. */
const handOverPauseMs = 50;
