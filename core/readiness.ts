import type { Replicas } from "./data/replicas.ts";
import type { Ports } from "./ports.ts";
import type { RingMember } from "./ring/ring_member.ts";

interface Parts {
  readonly member: RingMember;
  readonly replicas: Replicas;
  readonly ports: Pick<Ports, "store">;
}

/** Why a node cannot vouch for its part of the ring yet; null when it can. */
export function notReadyReason({ member, replicas, ports }: Parts): string | null {
  if (member.phase !== "member") return `the node is ${member.phase}`;
  if (!member.isAnchored) return "waiting for the ring to lead here";
  if (!ports.store.isWritable()) return "the store cannot be written: no room, or a failing disk";
  if (ports.store.isCrowded()) return "the room for data is nearly used up: clients may only read and delete";
  if (member.peers.clocks.refusesWrites()) return "the clock is far from those of the peers";
  const elsewhere = replicas.ownPartitions().filter((partition) => {
    return !replicas.isMember(replicas.get(partition));
  }).length;
  if (elsewhere > 0) return `${elsewhere} partitions are still with other nodes`;
  const unsynced = replicas.unsynced().length;
  if (unsynced > 0) return `${unsynced} partitions wait for data of other nodes`;
  return null;
}
