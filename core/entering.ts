import type { ChordNode } from "./chord_node.ts";
import type { Membership } from "./ring/membership.ts";

/** How a node came to be a member. */
export type Start = "founded" | "joined" | "resumed";

/** Makes the node a member: as the one it was, through one of the bootstraps, or as the first of a new ring. */
export async function enter(
  { member, past, ports, replicas, self }: ChordNode,
  membership: Membership,
  bootstraps: readonly string[],
  isStopped: () => boolean,
): Promise<Start> {
  if (past !== null) {
    for (const peer of [...past.peers].reverse()) member.peers.known.meet(peer);
    const { anchored, predecessor, successors } = past;
    membership.resume({ self, predecessor, successors }, anchored);
    return "resumed";
  }
  // Records without the node's document are of another life that nobody can vouch for.
  await ports.store.clear();
  if (bootstraps.length > 0) {
    await membership.join(bootstraps, isStopped);
    return "joined";
  }
  membership.found();
  await replicas.found();
  return "founded";
}
