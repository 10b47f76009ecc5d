import { between, type Id } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { Partition, PartitionMap } from "../partition.ts";
import type { Holding } from "../protocol.ts";
import { type Claim, lackedBy } from "./claims.ts";

/** What a node says of one partition. */
export type PartitionHolding = Omit<Holding, "first" | "last">;

/** The word of a node that answers for the partition itself. */
export function servingHolding(claim: Claim | null): PartitionHolding {
  return { serving: true, holds: claim !== null, since: null, passedTo: null, missing: [] };
}

/** The word of a node that has, or had, a claim: its data, and whom to ask for the rest. */
export function heldHolding(claim: Claim, claimant: NodeRef): PartitionHolding {
  const isTheirs = claim.passedTo === null || sameNode(claim.passedTo, claimant);
  const passedTo = isTheirs ? null : claim.passedTo;
  return { serving: false, holds: true, since: claim.since, passedTo, missing: [...lackedBy(claim)] };
}

/** The word of a node that never had the partition. */
export function strangeHolding(hints: NodeRef[]): PartitionHolding {
  return { serving: false, holds: false, since: null, passedTo: null, missing: hints };
}

/**
 * Who should know of a partition that the node never had. It lies before the node: the predecessor, or, if that is the
 * claimant, the one before it. Nobody, when that would point past the partition: then the node itself should know.
 */
export function hintFor(
  partition: Partition,
  claimant: NodeRef,
  place: {
    readonly partitions: PartitionMap;
    readonly self: Id;
    readonly predecessor: NodeRef | null;
    readonly earlierPredecessor: NodeRef | null;
  },
): NodeRef[] {
  const { earlierPredecessor: earlier, predecessor } = place;
  const position = place.partitions.position(partition);
  const isOnTheWay = (node: NodeRef | null): node is NodeRef =>
    node !== null && (node.id === position || between(position, node.id, place.self));
  const isNews = predecessor?.id === claimant.id && earlier?.id !== claimant.id && isOnTheWay(earlier);
  const hint = isNews ? earlier : predecessor;
  return isOnTheWay(hint) ? [hint] : [];
}

/** Adds the partition to the last range if that says the same, else begins another. */
export function appendHolding(holdings: Holding[], partition: Partition, next: PartitionHolding): void {
  const open = holdings.at(-1);
  if (open !== undefined && open.last + 1 === partition && isSameHolding(open, next)) open.last = partition;
  else holdings.push({ first: partition, last: partition, ...next });
}

function isSameHolding(a: PartitionHolding, b: PartitionHolding): boolean {
  return a.serving === b.serving && a.holds === b.holds && a.since === b.since &&
    sameNode(a.passedTo, b.passedTo) && a.missing.length === b.missing.length &&
    a.missing.every((node, i) => sameNode(node, b.missing[i]));
}
