import { type Partition, type PartitionRange, partitionsOf } from "../partition.ts";
import type { ParsedParams, Result, Vote } from "../protocol.ts";
import { afterPromise, afterVote, type PartitionState } from "./partition_state.ts";
import type { Replicas } from "./replicas.ts";
import type { HybridClock } from "./version.ts";
import type { View } from "./view.ts";

type Said = Omit<Vote, "first" | "last">;

/**
 * The voter's half of changing a view: single-decree Paxos for each epoch of each partition (Lamport 2001), with the
 * members of the present view as acceptors.
 *
 * A vote seals the copy: writes that had begun end first, none begins afterwards. So a quorum of votes means that no
 * further write of this view can be acknowledged, and that the voters together hold every one that was.
 */
export class BallotBox {
  constructor(readonly replicas: Replicas, readonly clock: HybridClock) {}

  async prepare(
    { view, ballot, ranges }: ParsedParams<"partition.prepare">,
  ): Promise<Result<"partition.prepare">> {
    this.clock.observe(ballot);
    this.replicas.learn(ranges, view);
    const votes = this.#each(ranges, view.epoch, (state) => {
      const next = afterPromise(state, ballot);
      return next === null ? refusal(state) : { next, said: promise(state) };
    });
    await this.replicas.save();
    return { votes };
  }

  async accept(
    { epoch, ballot, members, ranges }: ParsedParams<"partition.accept">,
  ): Promise<Result<"partition.accept">> {
    this.clock.observe(ballot);
    const sealed: Partition[] = [];
    const votes = this.#each(ranges, epoch, (state) => {
      const next = afterVote(state, ballot, members);
      return next === null ? refusal(state) : { next, said: { kind: "yes", synced: state.isSynced } };
    }, (partition) => sealed.push(partition));
    this.replicas.seal(sealed);
    await this.replicas.writes.drained(ranges);
    await this.replicas.save();
    return { votes };
  }

  /** Lets each state of the right epoch decide, and gathers what is said by runs of partitions. */
  #each(
    ranges: readonly PartitionRange[],
    epoch: View["epoch"],
    decide: (state: PartitionState) => { next: PartitionState; said: Said } | Said,
    onYes: (partition: Partition) => void = () => {},
  ): Vote[] {
    const votes: Vote[] = [];
    const decided = new Map<PartitionState | null, { next: PartitionState | null; said: Said }>();
    for (const partition of partitionsOf(ranges)) {
      const state = this.replicas.get(partition);
      let outcome = decided.get(state);
      if (outcome === undefined) decided.set(state, outcome = this.#outcome(state, epoch, decide));
      const { next, said } = outcome;
      if (said.kind === "yes") onYes(partition);
      if (next !== state) this.replicas.table.update([{ first: partition, last: partition }], () => next);
      append(votes, partition, said);
    }
    return votes;
  }

  #outcome(
    state: PartitionState | null,
    epoch: View["epoch"],
    decide: (state: PartitionState) => { next: PartitionState; said: Said } | Said,
  ): { next: PartitionState | null; said: Said } {
    const isVoter = this.replicas.isMember(state) && state.view.epoch === epoch;
    if (!isVoter) return { next: state, said: { kind: "otherView", view: state?.view ?? null } };
    const decision = decide(state);
    return "next" in decision ? decision : { next: state, said: decision };
  }
}

function promise({ accepted, isSynced }: PartitionState): Said {
  const voted = accepted === null ? null : { ballot: accepted.ballot, members: [...accepted.members] };
  return { kind: "yes", synced: isSynced, accepted: voted };
}

function refusal({ promised }: PartitionState): Said {
  return { kind: "no", promised };
}

/** Adds the partition to the last run if that says the same, else begins another. */
function append(votes: Vote[], partition: Partition, said: Said): void {
  const open = votes.at(-1);
  const continues = open !== undefined && open.last + 1 === partition &&
    JSON.stringify({ ...open, first: 0, last: 0 }) === JSON.stringify({ first: 0, last: 0, ...said });
  if (continues) open.last = partition;
  else votes.push({ first: partition, last: partition, ...said });
}
