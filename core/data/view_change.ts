import { ChordError } from "../errors.ts";
import type { Id } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import { type Partition, type PartitionRange, partitionsOf, toRanges } from "../partition.ts";
import type { Vote } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import type { BallotBox } from "./ballot_box.ts";
import type { PartitionState } from "./partition_state.ts";
import type { Replicas } from "./replicas.ts";
import { desiredMembers } from "./placement.ts";
import { distinctReplicas, hasReplica, type Replica, sameReplica, sameReplicas, type View } from "./view.ts";
import type { HybridClock, Version } from "./version.ts";
import { spreadViews } from "./view_news.ts";

/** A sealed copy waits this long for whoever is changing its view before it brings the change to an end itself. */
const stuckAfterMs = 2_000;
/** Votes wait for writes in flight and for a disk. */
const voteTimeoutMs = 2_000;

/** What a member said of a partition. */
interface Ballot {
  readonly voter: Replica;
  readonly vote: Vote;
}

type Ballots = Map<Partition, Ballot[]>;

/**
 * The proposer's half of changing a view: the owner by the ring sees to it that its partitions are kept by itself and
 * the members that follow it.
 *
 * Anybody may propose, and two owners of a torn ring do: the votes decide (core/data/ballot_box.ts).
 */
export class ViewChange {
  /** When each of the members after us was last asked about its disk, by the monotonic clock. */
  readonly #metAtMs = new Map<Id, number>();

  constructor(
    readonly member: RingMember,
    readonly replicas: Replicas,
    readonly box: BallotBox,
    readonly clock: HybridClock,
  ) {}

  /** One round over all partitions whose view is not what the ring asks for. */
  async run(): Promise<void> {
    const { member, replicas } = this;
    await this.#meetKeepers();
    // Ballots of a clock that is far off would be refused, and ours would keep others from changing anything.
    if (member.peers.clocks.refusesWrites()) return;
    const changes: Promise<void>[] = [];
    const own = member.isAnchored ? replicas.ownPartitions() : [];
    for (const [state, partitions] of replicas.table.group(own)) {
      if (state === null) continue;
      const desired = desiredMembers(member, replicas, state.view);
      const isPlaced = desired === null || sameReplicas(desired, state.view.members);
      if (!isPlaced) changes.push(this.#change(state, desired, partitions));
    }
    for (const [state, partitions] of replicas.table.group(replicas.stuck(stuckAfterMs))) {
      if (state !== null) changes.push(this.#change(state, state.view.members, partitions));
    }
    await Promise.all(changes);
  }

  /** Asks the members after us, which should keep our partitions with us, which disks they have these days. */
  async #meetKeepers(): Promise<void> {
    const { config, peers, ports: { clock }, state } = this.member;
    const isDue = ({ id }: NodeRef) =>
      clock.now() - (this.#metAtMs.get(id) ?? -Infinity) >= config.quietStabilizeMs ||
      peers.diskOf(id) === null;
    const candidates = state.successors.slice(0, config.replicas).filter(isDue);
    for (const { id } of candidates) this.#metAtMs.set(id, clock.now());
    await Promise.all(candidates.map((node) => peers.isMember(node)));
    for (const id of this.#metAtMs.keys()) {
      if (!state.successors.some((node) => node.id === id)) this.#metAtMs.delete(id);
    }
  }

  async #change(state: PartitionState, desired: readonly Replica[], partitions: Partition[]): Promise<void> {
    const { view } = state;
    if (!await this.#areThere(desired.filter((replica) => !hasReplica(view.members, replica)))) return;
    const ballot = this.clock.next();
    const ranges = toRanges(partitions);
    const promises = await this.#collect(view, ranges, (voter) => this.#prepare(voter, view, ballot, ranges));
    for (const { members, among } of this.#candidates(view, desired, promises)) {
      await this.#elect(view, ballot, members, among);
    }
  }

  /** Whether those that are to come in answer now: a view must not begin with members that have just died. */
  async #areThere(newcomers: readonly Replica[]): Promise<boolean> {
    const others = newcomers.filter((replica) => !this.#isSelf(replica));
    const answers = await Promise.all(others.map((replica) => this.member.peers.isMember(replica)));
    return answers.every(Boolean);
  }

  async #elect(
    view: View,
    ballot: Version,
    members: readonly Replica[],
    partitions: readonly Partition[],
  ): Promise<void> {
    const ranges = toRanges(partitions);
    const votes = await this.#collect(
      view,
      ranges,
      (voter) => this.#accept(voter, view, ballot, members, ranges),
    );
    const hasQuorum = this.#judge(view);
    const elected = partitions.filter((partition) => hasQuorum(votes.get(partition)));
    if (elected.length === 0) return;
    const next = { epoch: view.epoch + 1, members, previous: view.members };
    const decided = toRanges(elected);
    this.replicas.learn(decided, next);
    this.member.ports.log("info", "viewChanged", {
      partitions: elected.length,
      epoch: next.epoch,
      members: members.map(({ url }) => url),
    });
    await this.replicas.save();
    const audience = distinctReplicas(members, view.members);
    await spreadViews(this.member, audience, decided.map((range) => ({ ...range, view: next })));
  }

  /**
   * Whom to elect for which partitions: what was voted for with the highest ballot may have been decided already, so
   * it has to be proposed again; only where nobody has voted is the choice ours.
   */
  #candidates(
    view: View,
    desired: readonly Replica[],
    promises: Ballots,
  ): { members: readonly Replica[]; among: Partition[] }[] {
    const groups = new Map<string, { members: readonly Replica[]; among: Partition[] }>();
    const hasQuorum = this.#judge(view);
    for (const [partition, ballots] of promises) {
      if (!hasQuorum(ballots)) continue;
      const voted = ballots.flatMap(({ vote }) => vote.accepted ?? [])
        .reduce<Vote["accepted"]>((best, it) => (!best || it.ballot > best.ballot ? it : best), null);
      const members = voted?.members ?? desired;
      if (voted === null && sameReplicas(members, view.members)) continue;
      const name = members.map(({ id, disk }) => `${id}:${disk}`).join();
      const group = groups.get(name) ?? { members, among: [] };
      group.among.push(partition);
      groups.set(name, group);
    }
    return [...groups.values()];
  }

  /**
   * Tells for a partition of the view whether enough members said yes, and enough of those have all data: a view whose
   * data nobody could fetch would never be complete. Made once for thousands of partitions.
   */
  #judge(view: View): (ballots?: readonly Ballot[]) => boolean {
    const voters = this.replicas.voters(view);
    const needed = this.replicas.votesNeeded(view);
    const complete = Math.min(needed, this.replicas.sourcesNeeded(view));
    return (ballots = []) => {
      const yes = ballots.filter(({ voter, vote }) => vote.kind === "yes" && hasReplica(voters, voter));
      return yes.length >= needed && yes.filter(({ vote }) => vote.synced === true).length >= complete;
    };
  }

  /** Asks every member that counts, until enough have said yes everywhere; learns of later views on the way. */
  async #collect(
    view: View,
    ranges: readonly PartitionRange[],
    ask: (voter: Replica) => Promise<readonly Vote[]>,
  ): Promise<Ballots> {
    const ballots: Ballots = new Map([...partitionsOf(ranges)].map((partition) => [partition, []]));
    const voters = this.replicas.voters(view);
    const isEnough = () => [...ballots.values()].every(this.#judge(view));
    await new Promise<void>((resolve, reject) => {
      const counted = voters.map(async (voter) => {
        for (const vote of await this.#answers(voter, ask)) this.#count(ballots, voter, vote);
        if (isEnough()) resolve();
      });
      Promise.all(counted).then(() => resolve(), reject);
    });
    return new Map(ballots);
  }

  async #answers(
    voter: Replica,
    ask: (voter: Replica) => Promise<readonly Vote[]>,
  ): Promise<readonly Vote[]> {
    try {
      return await ask(voter);
    } catch (error) {
      if (error instanceof ChordError) return [];
      throw error;
    }
  }

  #count(ballots: Ballots, voter: Replica, vote: Vote): void {
    if (vote.kind === "no" && vote.promised) this.clock.next(vote.promised);
    if (vote.kind === "otherView") this.#heardOfOther(voter, vote);
    for (const partition of partitionsOf([vote])) ballots.get(partition)?.push({ voter, vote });
  }

  /** A member that may not vote knows a later view, or else it runs over another disk by now: that is asked about. */
  #heardOfOther(voter: Replica, vote: Vote): void {
    const isLater = vote.view && this.replicas.learn([vote], vote.view);
    if (!isLater && !this.#isSelf(voter)) void this.member.peers.isMember(voter);
  }

  async #prepare(voter: Replica, view: View, ballot: Version, ranges: PartitionRange[]): Promise<Vote[]> {
    const params = { view, ballot, ranges };
    const answer = this.#isSelf(voter)
      ? await this.box.prepare(params)
      : await this.member.peers.call(voter, "partition.prepare", params, voteTimeoutMs);
    return answer.votes;
  }

  async #accept(
    voter: Replica,
    { epoch }: View,
    ballot: Version,
    members: readonly Replica[],
    ranges: PartitionRange[],
  ): Promise<Vote[]> {
    const params = { epoch, ballot, members, ranges };
    const answer = this.#isSelf(voter)
      ? await this.box.accept(params)
      : await this.member.peers.call(voter, "partition.accept", params, voteTimeoutMs);
    return answer.votes;
  }

  #isSelf(voter: Replica): boolean {
    return sameNode(voter, this.member.self) && sameReplica(voter, this.replicas.self);
  }
}
