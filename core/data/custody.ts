import { DrainingError } from "../errors.ts";
import { between, type Id } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import {
  type Partition,
  type PartitionMap,
  type PartitionRange,
  partitionsOf,
  toRanges,
} from "../partition.ts";
import type { Departure, Holding, Result } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { ownArc, type RingState } from "../ring/ring_state.ts";
import {
  type Claim,
  claimAfter,
  type ClaimRange,
  Claims,
  full,
  lacks,
  withHint,
  withLost,
  withoutMissing,
  withSource,
  wordOf,
} from "./claims.ts";
import { Bequests } from "./bequests.ts";
import { Departures } from "./departures.ts";
import {
  appendHolding,
  heldHolding,
  hintFor,
  type PartitionHolding,
  servingHolding,
  strangeHolding,
} from "./holdings.ts";
import type { HybridClock } from "./version.ts";

/**
 * Which partitions this node answers for, and on whose word.
 *
 * Ownership follows the ring, but moves by agreement: whoever answered for a partition stops, lets its writes in
 * flight end, makes that durable, and only then says so to the one who asks (`partition.claim`). So no two nodes of
 * one ring ever answer for the same partition, and a crash in between leaves it with nobody rather than with two.
 * Only a node found dead is succeeded without its word, and then what it alone had is *missing*.
 */
export class Custody {
  readonly claims: Claims;
  readonly departures: Departures;
  readonly bequests: Bequests;
  /**
   * False from a restart, or from the moment our successor was seen to follow somebody behind us, until it was asked
   * whether it took over our partitions meanwhile.
   */
  isChecked = false;
  #savedRevision = 0;
  readonly #inFlight = new Map<Partition, number>();
  /** The predecessor before the present one, for a claimant who cannot know it. */
  #earlierPredecessor: NodeRef | null = null;

  /**
   * @param lastPredecessor of the life before this one; null for a store that has no past.
   * @param persist makes the claims durable, as they are when it is called.
   */
  constructor(
    readonly member: RingMember,
    readonly partitions: PartitionMap,
    readonly clock: HybridClock,
    readonly persist: () => Promise<void>,
    readonly past: {
      readonly claims: Iterable<ClaimRange>;
      readonly departed: Iterable<Departure>;
      readonly lastPredecessor: NodeRef | null;
    },
  ) {
    this.claims = new Claims(past.claims);
    this.departures = new Departures(partitions, past.departed);
    this.bequests = new Bequests(() => member.ports.clock.now());
    this.#earlierPredecessor = past.lastPredecessor;
    member.onChange((before, after) => this.#follow(before, after));
  }

  get self(): NodeRef {
    return this.member.self;
  }

  /**
   * Returns once every change of a claim so far is durable. A write is acknowledged, and a partition passed on, only
   * after it: what a restarted node believes must not be older than what others were told.
   */
  async save(): Promise<void> {
    const { revision } = this.claims;
    if (revision <= this.#savedRevision) return;
    await this.persist();
    this.#savedRevision = Math.max(this.#savedRevision, revision);
  }

  /** The partitions that the ring says are ours; none once we are leaving. */
  ownRanges(): PartitionRange[] {
    return this.member.phase === "member" ? this.partitions.rangesOn(ownArc(this.member.state)) : [];
  }

  isOwn(partition: Partition): boolean {
    return this.member.phase === "member" && this.partitions.isOn(ownArc(this.member.state), partition);
  }

  /** The claim under which this node answers for the partition now, or null: somebody else does, or nobody. */
  serving(partition: Partition): Claim | null {
    if (!this.isChecked || !this.member.isAnchored || !this.isOwn(partition)) return null;
    const claim = this.claims.get(partition);
    return claim !== null && claim.passedTo === null ? claim : null;
  }

  /** Makes the ring: everything is ours and nothing is anywhere else. */
  async found(): Promise<void> {
    this.claims.update([{ first: 0, last: this.partitions.count - 1 }], () => full);
    this.isChecked = true;
    await this.save();
  }

  /**
   * Comes back with the claims of the life before. What was not ours then was somebody else's, whatever we still
   * hold of it.
   */
  resume(): void {
    const own = this.ownRanges();
    const ours = new Set(partitionsOf(own));
    const { predecessor } = this.member.state;
    const others = toRanges(this.#held().filter((partition) => !ours.has(partition)));
    this.claims.update(
      others,
      (claim) => claim === null ? null : { ...claim, passedTo: claim.passedTo ?? predecessor },
    );
    if (this.member.isAlone) this.isChecked = true;
  }

  /** Runs a write so that the partition is not passed on until it has ended. The caller has checked `serving`. */
  async writing<T>(partition: Partition, write: () => Promise<T>): Promise<T> {
    this.#inFlight.set(partition, (this.#inFlight.get(partition) ?? 0) + 1);
    try {
      return await write();
    } finally {
      const left = (this.#inFlight.get(partition) ?? 1) - 1;
      if (left === 0) this.#inFlight.delete(partition);
      else this.#inFlight.set(partition, left);
    }
  }

  /**
   * Answers a claimant: what we have of the partitions, and that we do not answer for them (any more).
   *
   * @throws DrainingError to a claimant that is this node, which only a confused peer would be.
   */
  async answerClaim(
    claimant: NodeRef,
    ranges: readonly PartitionRange[],
  ): Promise<Result<"partition.claim">> {
    if (sameNode(claimant, this.self)) throw new DrainingError();
    const holdings: Holding[] = [];
    for (const partition of partitionsOf(ranges)) {
      if (partition >= this.partitions.count) break;
      appendHolding(holdings, partition, this.#holdingFor(claimant, partition));
    }
    const passed = holdings.filter((holding) => holding.holds && !holding.serving);
    const isChanged = this.claims.update(
      passed,
      (claim) => claim === null || claim.passedTo !== null ? claim : { ...claim, passedTo: claimant },
    );
    if (isChanged) await this.save();
    return { holdings, departed: this.departures.all() };
  }

  /**
   * Takes over what `source` said it passed on to us, or holds as a ring's other half.
   *
   * What the source passed to somebody else, or had before we had it ourselves, is not the source's to give.
   */
  accept(holdings: readonly Holding[], source: NodeRef): void {
    for (const holding of holdings) {
      const { holds, serving, since } = holding;
      if (!holds || serving || since === null) continue;
      this.clock.observe(since);
      const now = this.clock.next();
      this.#renew([holding], (claim, past) => {
        if (claim !== null && claim.passedTo === null && this.isChecked) return withSource(claim, source);
        const isOutdated = holding.passedTo !== null || (claim !== null && claim.since >= since);
        return isOutdated ? claim : claimAfter([source], now, past);
      });
    }
  }

  /** Claims partitions whose holders are gone: what they had is missing until they are back. */
  acceptLost(ranges: readonly PartitionRange[], holders: readonly NodeRef[]): void {
    const since = this.clock.next();
    this.#renew(ranges, (_, past) => claimAfter(holders, since, past));
    this.member.ports.log("warn", "partitionsTakenOver", { ranges, from: holders.map(({ url }) => url) });
  }

  /** A holder that is about to let go tells what it lacked. If we lack anything ourselves, it may be that. */
  learnMissing(range: PartitionRange, missing: readonly NodeRef[]): void {
    const isNews = (claim: Claim, node: NodeRef) =>
      !sameNode(node, this.self) && !claim.fetched.includes(node.id);
    this.claims.update([range], (claim) => {
      if (claim === null || claim.missing.length === 0) return claim;
      return missing.filter((node) => isNews(claim, node)).reduce(withSource, claim);
    });
  }

  /** Keeps claims from before, but for what `lost` may have done with the partitions meanwhile. */
  suspectLost(ranges: readonly PartitionRange[], lost: readonly NodeRef[]): void {
    const since = this.clock.next();
    this.claims.update(ranges, (claim) => claim === null ? null : withLost(claim, lost, since));
  }

  /** Updates claims, telling `next` what we lacked in our own past with the partition: this life's, or the last's. */
  #renew(
    ranges: readonly PartitionRange[],
    next: (claim: Claim | null, past: readonly NodeRef[] | null) => Claim | null,
  ): void {
    const { lastPredecessor } = this.past;
    const update = (partitions: readonly PartitionRange[], past: readonly NodeRef[] | null) =>
      this.claims.update(partitions, (claim) => next(claim, claim === null ? past : wordOf(claim)));
    if (lastPredecessor === null) return void update(ranges, null);
    const beforeUs = { after: this.self.id, through: lastPredecessor.id };
    const isBefore = (partition: Partition) => this.partitions.isOn(beforeUs, partition);
    const partitions = [...partitionsOf(ranges)];
    update(toRanges(partitions.filter(isBefore)), [lastPredecessor]);
    update(toRanges(partitions.filter((partition) => !isBefore(partition))), null);
  }

  /** An operator says, or the node itself said, that nothing of it is waited for. Gives the partitions concerned. */
  forget(id: Id): number {
    const everything = [{ first: 0, last: this.partitions.count - 1 }];
    let count = 0;
    for (const _ of this.claims.matching(everything, (claim) => hasMissing(claim, id))) count++;
    this.claims.update(everything, (claim) => claim === null ? null : withoutMissing(claim, id));
    return count;
  }

  /**
   * A node has left, and its heirs have all it had. What it never had lay before it, so for that its predecessor is
   * asked instead.
   */
  depart(departure: Departure): void {
    const { node } = departure;
    if (this.#isBack(node)) return this.departures.remove(node.id);
    if (!this.departures.has(node.id)) this.claims.revision++;
    this.departures.add(departure);
    this.bequests.dropUnknownOf(node);
    for (const { first, last, claim } of this.claims.ranges()) {
      if (!lacks(claim, node)) continue;
      for (const partition of partitionsOf([{ first, last }])) {
        const next = withHint(claim, node, this.departures.insteadOf(node, partition), this.self);
        this.claims.update([{ first: partition, last: partition }], () => next);
      }
    }
  }

  /** Whether a node that once departed answers again, in another life with data of its own. */
  #isBack(node: NodeRef): boolean {
    const health = this.member.peers.health(node.id);
    return health === "alive" || health === "suspect";
  }

  /** Partitions of ours without a claim we may use. */
  unclaimed(): Partition[] {
    const isUnclaimed = (claim: Claim | null) => claim === null || claim.passedTo !== null;
    return [...this.claims.matching(this.ownRanges(), isUnclaimed)];
  }

  /** Partitions of ours whose data is not all here. */
  unsynced(): Partition[] {
    return [
      ...this.claims.matching(this.ownRanges(), (claim) => claim === null || claim.missing.length > 0),
    ];
  }

  /** Partitions we hold a claim on. */
  #held(): Partition[] {
    return [...partitionsOf(this.claims.ranges())];
  }

  #holdingFor(claimant: NodeRef, partition: Partition): PartitionHolding {
    const claim = this.claims.get(partition);
    if (this.isOwn(partition) || this.#inFlight.has(partition)) return servingHolding(claim);
    if (claim !== null) return heldHolding(claim, claimant);
    const { partitions, self } = this;
    const { predecessor } = this.member.state;
    const earlierPredecessor = this.#earlierPredecessor;
    const place = { partitions, self: self.id, predecessor, earlierPredecessor };
    return strangeHolding(hintFor(partition, claimant, place));
  }

  /** Follows the ring: remembers whom it displaced, and what a predecessor that is gone leaves to us. */
  #follow(before: RingState, after: RingState): void {
    this.#noteLost(before, after);
    const gone = before.predecessor;
    if (gone === null || sameNode(gone, after.predecessor)) return;
    this.#earlierPredecessor = gone;
    const end = after.predecessor;
    const isGrowth = end === null || !between(gone.id, end.id, this.self.id);
    const gained = { after: (end ?? this.self).id, through: gone.id };
    if (isGrowth) this.bequests.add(gone, this.partitions.rangesOn(gained));
  }

  #noteLost(before: RingState, after: RingState): void {
    if (this.isChecked && this.unclaimed().length === 0) return;
    for (const node of before.successors) {
      const isDropped = !after.successors.some((other) => sameNode(other, node));
      if (isDropped && this.member.peers.isGone(node.id)) this.bequests.add(node, null);
    }
  }
}

function hasMissing(claim: Claim | null, id: Id): boolean {
  return claim !== null && claim.missing.some((node) => node.id === id);
}
