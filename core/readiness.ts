import type { Replicas } from "./data/replicas.ts";
import type { Partition } from "./partition.ts";
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
  if (elsewhere > 0) return `${countOf(elsewhere)} still with other nodes`;
  const unsynced = replicas.unsynced();
  if (unsynced.length === 0) return null;
  return `${countOf(unsynced.length)} incomplete, waiting for ${sourcesOf(replicas, unsynced)}`;
}

/** Nodes named in a reason at most. */
const namesMax = 5;

/** Whom the copies here are to be completed from. */
function sourcesOf(replicas: Replicas, unsynced: readonly Partition[]): string {
  const states = [...replicas.table.group(unsynced).keys()].filter((state) => state !== null);
  const sources = states.flatMap((state) => replicas.sourcesOf(state).replicas.map(({ url }) => url));
  const names = [...new Set(sources)].sort();
  if (names.length === 0) return "other nodes";
  const more = names.length - namesMax;
  return names.slice(0, namesMax).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function countOf(partitions: number): string {
  return partitions === 1 ? "1 partition is" : `${partitions} partitions are`;
}
