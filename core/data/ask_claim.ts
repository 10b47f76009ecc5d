import type { NodeRef } from "../node_ref.ts";
import type { PartitionRange } from "../partition.ts";
import type { Result } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";

/** A claim waits for writes in flight and for a disk; an answer that is lost leaves a partition with nobody. */
const claimTimeoutMs = 5_000;

/** Asks a node what it has of the partitions, which it passes on to us if it does not own them. */
export async function askClaim(
  member: RingMember,
  node: NodeRef,
  ranges: readonly PartitionRange[],
): Promise<Result<"partition.claim">> {
  const params = { claimant: member.self, ranges: ranges.map(({ first, last }) => ({ first, last })) };
  return await member.peers.call(node, "partition.claim", params, claimTimeoutMs);
}
