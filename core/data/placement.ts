import type { RingMember } from "../ring/ring_member.ts";
import type { Replicas } from "./replicas.ts";
import { hasReplica, type Replica, type View } from "./view.ts";

/**
 * Who should keep the partitions on our arc: we and the members that follow us, R in all.
 *
 * A silent member stays until it counts as dead, and a dead one until somebody can stand in for it: fewer keepers
 * are never better than one that may come back. Who left, lost its disk, or was given up by an operator, goes at once.
 * Somebody new has to be reachable now; one that comes and goes is taken only where there is nobody else at all.
 *
 * Null while we cannot tell, because the disk of a member that should come in is not known yet.
 */
export function desiredMembers(
  member: RingMember,
  replicas: Replicas,
  view: View,
): readonly Replica[] | null {
  const wanted = member.config.replicas;
  const chosen: Replica[] = [replicas.self];
  const unsteady: Replica[] = [];
  for (const node of member.state.successors) {
    if (chosen.length === wanted) break;
    if (member.peers.isGone(node.id)) continue;
    const present = view.members.find(({ id }) => id === node.id);
    const disk = member.peers.diskOf(node.id) ?? present?.disk ?? null;
    if (disk === null) return null;
    const replica = { ...node, disk };
    const isKept = hasReplica(view.members, replica);
    const mayComeIn = member.peers.isUsable(node.id) && !replicas.givenUp.has(replica);
    if (isKept || (mayComeIn && member.peers.isSteady(node.id))) chosen.push(replica);
    else if (mayComeIn) unsteady.push(replica);
  }
  for (const replica of view.members) {
    if (chosen.length === wanted) break;
    const isHopeless = replicas.givenUp.has(replica) || replicas.givenUp.isReplaced(replica) ||
      member.peers.health(replica.id) === "left";
    const isThere = chosen.some(({ id }) => id === replica.id);
    if (!isHopeless && !isThere) chosen.push(replica);
  }
  return inRingOrder([...chosen, ...unsteady].slice(0, wanted));
}

/** Clockwise from the first, which is us. */
function inRingOrder(replicas: readonly Replica[]): Replica[] {
  const [first, ...rest] = replicas;
  if (first === undefined) return [];
  const isAfter = ({ id }: Replica) => id > first.id;
  const clockwise = (a: Replica, b: Replica) =>
    isAfter(a) !== isAfter(b) ? (isAfter(a) ? -1 : 1) : a.id < b.id ? -1 : 1;
  return [first, ...rest.sort(clockwise)];
}
