import type { NodeRef } from "../node_ref.ts";
import { type Partition, type PartitionMap, type PartitionRange, partitionsOf } from "../partition.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { ownArc } from "../ring/ring_state.ts";
import { GivenUp } from "./given_up.ts";
import {
  afterDamage,
  afterLearning,
  afterSync,
  foundingState,
  type PartitionState,
  type Sources,
  sourcesOf,
} from "./partition_state.ts";
import { LongAbsence } from "./long_absence.ts";
import { PartitionTable, type StateRange } from "./partition_table.ts";
import {
  hasReplica,
  type QuorumConfig,
  type Replica,
  sourcesNeeded,
  type View,
  votesNeeded,
  writesNeeded,
} from "./view.ts";
import { WritesUnderWay } from "./writes_under_way.ts";

/** No ring changes hands so often. Beyond it, a liar's epoch could have no exact next one. */
export const epochMax = 2 ** 52;

/** What a node must not forget over a restart about the partitions it keeps. */
export interface ReplicasPast {
  readonly states: Iterable<StateRange<PartitionState>>;
  /** Replicas that an operator gave up for good. */
  readonly forgotten: readonly Replica[];
}

/**
 * The partitions that this node keeps, or has heard of: in which view, and how complete.
 *
 * The ring's pointers say who *should* keep a partition; its view says who *does*. Everything in here is durable
 * before another node acts on it (`save`).
 */
export class Replicas {
  readonly table: PartitionTable<PartitionState>;
  /** What an operator gave up. */
  readonly givenUp: GivenUp;
  readonly quorums: QuorumConfig;
  readonly writes = new WritesUnderWay();
  readonly absence = new LongAbsence(this);
  /** When each sealed partition was sealed, by the monotonic clock of this life. */
  readonly #sealedAtMs = new Map<Partition, number>();
  readonly #keptSinceMs = new Map<Partition, number>();
  readonly #bornAtMs: number;
  /** Times that a record of a partition was found damaged, in this life. */
  readonly #damages = new Map<Partition, number>();
  #savedRevision = 0;
  readonly #listeners: (() => void)[] = [];

  /** @param persist makes everything in here durable, as it is when it is called. */
  constructor(
    readonly self: Replica,
    readonly member: RingMember,
    readonly partitions: PartitionMap,
    readonly persist: () => Promise<void>,
    past: ReplicasPast,
  ) {
    this.table = new PartitionTable(past.states);
    this.givenUp = new GivenUp(self, member.peers, past.forgotten);
    this.quorums = member.config;
    this.#bornAtMs = member.ports.clock.wallNow();
  }

  get(partition: Partition): PartitionState | null {
    return this.table.get(partition);
  }

  isMember(state: PartitionState | null): state is PartitionState {
    return state !== null && hasReplica(state.view.members, this.self);
  }

  /** The state under which this node reads and writes the partition now; null: others do, or a change is under way. */
  serving(partition: Partition): PartitionState | null {
    const state = this.get(partition);
    return this.isMember(state) && state.accepted === null ? state : null;
  }

  /** Told of every view that was learned, and of damage. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Returns once every change so far is durable. */
  async save(): Promise<void> {
    const { revision } = this.table;
    if (revision <= this.#savedRevision) return;
    await this.persist();
    this.#savedRevision = Math.max(this.#savedRevision, revision);
  }

  /** Makes the ring: everything is kept here, and nowhere else. */
  async found(): Promise<void> {
    this.table.update([this.everything], () => foundingState(this.self));
    // Nothing was anywhere before, so whatever this copy never had was never written.
    for (const partition of partitionsOf([this.everything])) this.#keptSinceMs.set(partition, -Infinity);
    await this.save();
  }

  get everything(): PartitionRange {
    return { first: 0, last: this.partitions.count - 1 };
  }

  /** The partitions that the ring says this node owns; none before it is a member of the ring, or while it leaves. */
  ownPartitions(): Partition[] {
    if (this.member.phase !== "member") return [];
    return [...partitionsOf(this.partitions.rangesOn(ownArc(this.member.state)))];
  }

  isOwn(partition: Partition): boolean {
    return this.member.phase === "member" && this.partitions.isOn(ownArc(this.member.state), partition);
  }

  /**
   * Hears of a decided view; says whether it was news for any of the partitions.
   *
   * A peer may name partitions that the ring has not: a state of those would be kept for ever, and stop all upkeep.
   */
  learn(told: Iterable<PartitionRange>, view: View): boolean {
    if (view.epoch > epochMax) return false;
    const { clock } = this.member.ports;
    const ranges = this.partitions.within(told);
    const about = { self: this.self, quorums: this.quorums, nowMs: clock.wallNow() };
    if (hasReplica(view.members, this.self)) this.#noteBeginning(ranges, about.nowMs);
    const isNews = this.table.update(ranges, (state) => afterLearning(state, view, about));
    if (isNews) {
      this.absence.noteComplete(ranges);
      this.#giveUp(view);
      this.#changed();
    }
    return isNews;
  }

  /** Since when this life of the node has kept the partition without a break, by the wall clock. */
  keptSinceMs(partition: Partition): number {
    return this.#keptSinceMs.get(partition) ?? this.#bornAtMs;
  }

  #noteBeginning(ranges: Iterable<PartitionRange>, nowMs: number): void {
    for (const partition of partitionsOf(ranges)) {
      if (!this.isMember(this.get(partition))) this.#keptSinceMs.set(partition, nowMs);
    }
  }

  /** All that could be missing of the partitions was fetched while they were in this view. */
  markSynced(partitions: Iterable<PartitionRange>, epoch: number): void {
    const isSame = (state: PartitionState) => state.view.epoch === epoch && this.isMember(state);
    const update = this.table.update(
      partitions,
      (state) => state !== null && isSame(state) && !state.isSynced ? afterSync(state) : state,
    );
    if (!update) return;
    this.absence.noteComplete(partitions);
    this.#changed();
  }

  markDamaged(partition: Partition): void {
    this.#damages.set(partition, this.damagesOf(partition) + 1);
    const range = { first: partition, last: partition };
    if (this.table.update([range], (state) => state === null ? null : afterDamage(state))) this.#changed();
  }

  /** Whoever fills a copy up and finds that this has grown meanwhile may have fetched the lost record too early. */
  damagesOf(partition: Partition): number {
    return this.#damages.get(partition) ?? 0;
  }

  /** Members of the partitions' views that are not synced here, by their state. */
  unsynced(): Partition[] {
    return this.table.matching((state) => this.isMember(state) && !state.isSynced);
  }

  sourcesOf(state: PartitionState): Sources {
    return sourcesOf(state, this.self, this.quorums, (replica) => this.givenUp.has(replica));
  }

  /**
   * The other members of the view as sources: together they make up for whatever we have forgotten of it, and each
   * that is complete for all before it. An older disk may ask for what the members before have long dropped. Null when
   * there are too few.
   */
  matesOf(state: PartitionState): Sources | null {
    const mates = this.sourcesOf({ ...state, isDamaged: true });
    return mates.replicas.length < sourcesNeeded(state.view.members.length, this.quorums) ? null : mates;
  }

  /** Members that still count: those an operator gave up neither vote nor are waited for. */
  countedMembers({ members }: View): readonly Replica[] {
    return members.filter((replica) => !this.givenUp.has(replica));
  }

  /**
   * Who can change the view: the members that count, without lost disks as long as those are too few to have decided
   * anything, or to hold an acknowledged write, by themselves. So one of two copies may go for good and the other goes
   * on, with all there is.
   */
  voters(view: View): readonly Replica[] {
    const { length } = view.members;
    const counted = this.countedMembers(view);
    const left = counted.filter((replica) => !this.givenUp.isReplaced(replica));
    const bearable = Math.min(votesNeeded(length, this.quorums), writesNeeded(length, this.quorums)) - 1;
    return length - left.length <= bearable ? left : counted;
  }

  votesNeeded(view: View): number {
    return Math.min(votesNeeded(view.members.length, this.quorums), this.voters(view).length);
  }

  /** Voters with all data that a change of the view needs, so that new members find everything with them. */
  sourcesNeeded(view: View): number {
    return Math.min(sourcesNeeded(view.members.length, this.quorums), this.voters(view).length);
  }

  /**
   * Gives up every replica of the node, in views heard of later too; says how many partitions counted on it.
   *
   * @param isDiskOnly the node is there, but what it had before its present disk is lost.
   */
  forget(node: NodeRef["id"], isDiskOnly = false): number {
    if (isDiskOnly) this.givenUp.addLostDisks(node);
    else this.givenUp.addNode(node);
    const concerned = this.table.matching(({ view }) => [...view.members, ...view.previous].some(isOf(node)));
    let partitions = 0;
    for (const [state, ofState] of this.table.group(concerned)) {
      if (state === null) continue;
      this.#giveUp(state.view);
      const isConcerned = [...state.view.members, ...state.view.previous].filter(isOf(node))
        .some((replica) => this.givenUp.has(replica));
      if (isConcerned) partitions += ofState.length;
    }
    return partitions;
  }

  /** A node that is back after all is given up no longer: its disk may keep data again, like that of any newcomer. */
  remember(node: NodeRef["id"]): void {
    if (this.givenUp.returned(node)) this.#noteGivenUp();
  }

  giveUp(replica: Replica): void {
    if (this.givenUp.add(replica)) this.#noteGivenUp();
  }

  #giveUp({ members, previous }: View): void {
    if (this.givenUp.isAny && this.givenUp.consider([...members, ...previous])) this.#noteGivenUp();
  }

  #noteGivenUp(): void {
    this.table.revision++;
    this.#changed();
  }

  /** Seals the partitions: no read or write of their views begins here any more. */
  seal(partitions: Iterable<Partition>): void {
    const nowMs = this.member.ports.clock.now();
    for (const partition of partitions) this.#sealedAtMs.set(partition, nowMs);
  }

  /** Sealed for so long that whoever wanted the change must have given up. */
  stuck(afterMs: number): Partition[] {
    const nowMs = this.member.ports.clock.now();
    return this.table.matching((state) => this.isMember(state) && state.accepted !== null)
      .filter((partition) => nowMs - (this.#sealedAtMs.get(partition) ?? -Infinity) >= afterMs);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function isOf(node: NodeRef["id"]): (replica: Replica) => boolean {
  return ({ id }) => id === node;
}
