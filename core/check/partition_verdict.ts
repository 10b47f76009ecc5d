import { emptyDigest } from "../data/digest.ts";
import { type Replica, sameReplicas, type View } from "../data/view.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { Copy, Said } from "./holders.ts";
import type { CheckedMember } from "./ring_check.ts";

/** What can be wrong with a partition, the gravest first. */
export const shortfalls = [
  "conflicting", // two views of one epoch: must never be
  "unknown", // no member has heard of any view
  "underReplicated", // a member of the view is not there, or the view has too few
  "misplaced", // kept by other members than those that follow it in the ring
  "outdated", // somebody takes itself for a member of an older view
  "unsynced", // a member's copy is not complete, or is of another epoch
  "divergent", // complete copies that differ
  "orphans", // records held by nodes that are no members of the view
] as const;

export type Shortfall = typeof shortfalls[number];

/** One thing that is wrong with a partition, and with whom. */
export interface Finding {
  readonly shortfall: Shortfall;
  /** Those to look at. Never empty, unless there is no member at all. */
  readonly nodes: readonly NodeRef[];
}

/** A copy that counts: of a member of the view, who is there with the disk that the view names. */
interface Kept extends CheckedMember {
  readonly copy: Copy;
}

/**
 * What is wrong with a partition, by what all members of the ring say of it.
 *
 * A node that is no member of the latest view may well have heard of an older one only: it is told of the change that
 * drops it, and of none after that. What matters is that it does not take itself for a member.
 *
 * @param wanted who should keep it: the first min(R, N) members at and after its position.
 */
export function verdictOn(said: readonly Said[], wanted: readonly NodeRef[]): Finding[] {
  const view = latestView(said);
  if (view === null) {
    const unknown: Finding = { shortfall: "unknown", nodes: wanted.slice(0, 1) };
    return [unknown, ...found({ orphans: said.filter(hasRecords).map(memberOf) })];
  }
  const kept = keptCopies(view, said);
  const others = said.filter(({ member }) => !isNamed(view, member));
  return found({
    conflicting: said.filter((one) => contradicts(one.view, view)).map(memberOf),
    underReplicated: missing(view, kept, wanted),
    misplaced: misplaced(view, kept, wanted),
    outdated: others.filter((one) => one.view !== null && isNamed(one.view, one.member)).map(memberOf),
    unsynced: kept.filter((keeper) => !isComplete(keeper, view)),
    divergent: differing(kept.filter((keeper) => isComplete(keeper, view))),
    orphans: others.filter(hasRecords).map(memberOf),
  });
}

function found(nodesBy: Partial<Record<Shortfall, readonly NodeRef[]>>): Finding[] {
  return shortfalls.map((shortfall) => ({ shortfall, nodes: nodesBy[shortfall] ?? [] }))
    .filter(({ nodes }) => nodes.length > 0);
}

function latestView(said: readonly Said[]): View | null {
  let latest: View | null = null;
  for (const { view } of said) {
    if (view !== null && (latest === null || view.epoch > latest.epoch)) latest = view;
  }
  return latest;
}

function contradicts(view: View | null, latest: View): boolean {
  return view !== null && view !== latest && view.epoch === latest.epoch &&
    !sameReplicas(view.members, latest.members);
}

function isNamed({ members }: View, member: CheckedMember): boolean {
  return members.some((replica) => isReplica(member, replica));
}

/** A node with another disk is another replica. One that does not say which it has is taken at its id. */
function isReplica({ id, disk }: CheckedMember, replica: Replica): boolean {
  return id === replica.id && (disk === null || disk === replica.disk);
}

/** In the order of the view, each node once. */
function keptCopies({ members }: View, said: readonly Said[]): Kept[] {
  const kept = new Map<string, Kept>();
  for (const replica of members) {
    const one = said.find(({ member }) => isReplica(member, replica));
    if (one !== undefined && one.copy !== null) kept.set(replica.id, { ...one.member, copy: one.copy });
  }
  return [...kept.values()];
}

/** Members of the view without a copy that counts, and whoever should be in a view that has too few. */
function missing({ members }: View, kept: readonly Kept[], wanted: readonly NodeRef[]): NodeRef[] {
  const gone = members.filter((replica, i) => {
    const isSecond = members.slice(0, i).some((other) => sameNode(other, replica));
    return isSecond || !has(kept, replica);
  });
  const absent = members.length < wanted.length ? wanted.filter((node) => !has(members, node)) : [];
  return [...gone.map(({ id, url }) => ({ id, url })), ...absent];
}

/** Those who should keep it in place of others; or who keep it too; or the owner, whose place is first. */
function misplaced({ members }: View, kept: readonly Kept[], wanted: readonly NodeRef[]): readonly NodeRef[] {
  if (isInOrder(kept, wanted)) return [];
  const absent = wanted.filter((node) => !has(members, node));
  if (absent.length > 0) return absent;
  const strange = kept.filter((keeper) => !has(wanted, keeper));
  return strange.length > 0 ? strange : wanted.slice(0, 1);
}

/** Whether all that is kept is kept where it should be; that something is missing is another matter. */
function isInOrder(kept: readonly NodeRef[], wanted: readonly NodeRef[]): boolean {
  const places = kept.map((keeper) => wanted.findIndex((node) => sameNode(node, keeper)));
  return places.every((place, i) => place > (places[i - 1] ?? -1));
}

function isComplete({ copy }: Kept, { epoch }: View): boolean {
  return copy.isSynced && copy.epoch === epoch;
}

/** Those whose copy is not what most have; all of them, when no copy is had by more than others are. */
function differing(kept: readonly Kept[]): readonly NodeRef[] {
  const byDigest = Map.groupBy(kept, ({ copy }) => copy.digest);
  if (byDigest.size < 2) return [];
  const [most = [], next = []] = [...byDigest.values()].sort((a, b) => b.length - a.length);
  return most.length === next.length ? kept : kept.filter((keeper) => !most.includes(keeper));
}

function hasRecords({ copy }: Said): boolean {
  return copy !== null && copy.digest !== emptyDigest;
}

function has(nodes: readonly NodeRef[], node: NodeRef): boolean {
  return nodes.some((other) => sameNode(other, node));
}

function memberOf({ member }: Said): NodeRef {
  return member;
}
