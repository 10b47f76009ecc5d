import { hasReplica, type QuorumConfig, type Replica, sourcesNeeded, type View } from "./view.ts";
import type { Version } from "./version.ts";

/** Orders the attempts at changing one view; a `Version`, so it is unique and above all that was seen. */
export type Ballot = Version;

/** What one node knows of a partition, and what it has promised about it. Durable before anybody hears of it. */
export interface PartitionState {
  /** The latest view this node has heard of, whether or not it is a member. */
  readonly view: View;
  /** Member: whatever was acknowledged in earlier views is in our store, so an absence here counts. */
  readonly isSynced: boolean;
  /** The same was true of the view before, and the data is still here: new members may fetch it from us. */
  readonly wasSynced: boolean;
  /** A record was found damaged: what we lack is with the other members of this very view. */
  readonly isDamaged: boolean;
  /** The highest attempt at the next view that we have agreed to hear out. */
  readonly promised: Ballot | null;
  /** The next view as we have voted for it. From that vote on this view is sealed here: no reads or writes. */
  readonly accepted: { readonly ballot: Ballot; readonly members: readonly Replica[] } | null;
  /** Wall-clock moment at which we learned that we are no member any more; null for a member. */
  readonly removedAtMs: number | null;
}

/** The state of the one who makes the ring. */
export function foundingState(self: Replica): PartitionState {
  return {
    view: { epoch: 1, members: [self], previous: [] },
    isSynced: true,
    wasSynced: true,
    isDamaged: false,
    promised: null,
    accepted: null,
    removedAtMs: null,
  };
}

/**
 * After hearing of a decided view. An older one, or the present one, changes nothing.
 *
 * What holds of every view: as many synced members as new ones have to fetch from, together, have all that was
 * acknowledged in earlier views. So a member that goes on from a view it was synced in stays so at once if the new
 * view asks for no fewer sources than the old one; that many old members together had it already. All others fetch
 * first. (A view of two asks for one source: whoever goes on into it from a view of three has to fetch.)
 */
export function afterLearning(
  state: PartitionState | null,
  view: View,
  { self, quorums, nowMs }: { self: Replica; quorums: QuorumConfig; nowMs: number },
): PartitionState {
  if (state !== null && state.view.epoch >= view.epoch) return state;
  const isMember = hasReplica(view.members, self);
  const wasSynced = state !== null && hasReplica(view.previous, self) &&
    wasSyncedBefore(state, view, quorums);
  const staysSynced = wasSynced && asksForAsMany(view.members, view.previous, quorums);
  return {
    view,
    isSynced: isMember && staysSynced,
    wasSynced,
    isDamaged: false,
    promised: null,
    accepted: null,
    removedAtMs: isMember ? null : state?.removedAtMs ?? nowMs,
  };
}

/**
 * Whether a member of `view.previous` had all data of that view, as its state from then or from the view before tells.
 *
 * Who has missed one view in which it was a member went on into it unknowingly: it acknowledged nothing in it, and
 * lacks no more than others that went on.
 */
function wasSyncedBefore(state: PartitionState, view: View, quorums: QuorumConfig): boolean {
  if (!state.isSynced) return false;
  const missed = view.epoch - 1 - state.view.epoch;
  return missed === 0 || (missed === 1 && asksForAsMany(view.previous, state.view.members, quorums));
}

/** Whether a view of these members asks for as many sources as the one before it did. */
function asksForAsMany(
  members: readonly Replica[],
  before: readonly Replica[],
  quorums: QuorumConfig,
): boolean {
  return sourcesNeeded(members.length, quorums) >= sourcesNeeded(before.length, quorums);
}

/** Promises to hear no attempt below the ballot; null when a higher one was promised. */
export function afterPromise(state: PartitionState, ballot: Ballot): PartitionState | null {
  if (state.promised !== null && ballot < state.promised) return null;
  return { ...state, promised: ballot };
}

/** Votes for the next view; null when a higher ballot was promised. */
export function afterVote(
  state: PartitionState,
  ballot: Ballot,
  members: readonly Replica[],
): PartitionState | null {
  if (state.promised !== null && ballot < state.promised) return null;
  return { ...state, promised: ballot, accepted: { ballot, members } };
}

/** After everything that could be missing was fetched. */
export function afterSync(state: PartitionState): PartitionState {
  return { ...state, isSynced: true, isDamaged: false };
}

/** After a record was lost: our absences prove nothing until the other members were asked. */
export function afterDamage(state: PartitionState): PartitionState {
  return { ...state, isSynced: false, wasSynced: false, isDamaged: state.removedAtMs === null };
}

/** Whom a member that is not synced has to fetch from, how many of them, and by what right they answer. */
export interface Sources {
  readonly replicas: readonly Replica[];
  readonly needed: number;
  /** `previous`: as synced members of the view before this one; `current`: of this one. */
  readonly as: "previous" | "current";
}

/** @param isForgotten an operator's word that the replica will never answer again. */
export function sourcesOf(
  { isDamaged, view, wasSynced }: PartitionState,
  self: Replica,
  quorums: QuorumConfig,
  isForgotten: (replica: Replica) => boolean,
): Sources {
  const keepers = isDamaged ? view.members : view.previous;
  const others = keepers.filter((replica) => !hasReplica([self], replica) && !isForgotten(replica));
  const wanted = sourcesNeeded(keepers.length, quorums) - (wasSynced && !isDamaged ? 1 : 0);
  return {
    replicas: others,
    needed: Math.min(wanted, others.length),
    as: isDamaged ? "current" : "previous",
  };
}
