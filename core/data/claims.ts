import type { Id } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { Partition, PartitionRange } from "../partition.ts";
import { partitionsOf } from "../partition.ts";
import { type Version, versionZero } from "./version.ts";

/**
 * A node's word on a partition: "everything acknowledged for it is in my store, or in the stores of `missing`".
 *
 * Ring pointers say who *should* answer for a partition; the claim says who *can*. A node answers for the
 * partitions of its arc that it has a claim on and has not passed on. With nobody missing it is *synced*, and an
 * absence is a fact; else an absence has to be checked with every node named (docs/decisions/0003).
 */
export interface Claim {
  readonly missing: readonly NodeRef[];
  /** Nodes that have been fetched from since the claim was made; they cannot go missing again. */
  readonly fetched: readonly Id[];
  /**
   * When the claim was made. Records from here on were written under it, so no missing node can hold newer ones. Of
   * two nodes that claim a partition, the one with the later moment had it last.
   */
  readonly since: Version;
  /** Who took the partition over from us; until it confirms our records one by one, we keep them. */
  readonly passedTo: NodeRef | null;
  /** What we lacked in our earlier time as owner: "it lacks us" means this to us. Null if there was none. */
  readonly prior: readonly NodeRef[] | null;
  /**
   * The next owner has fetched all there was, and we hold nothing any more. The claim is kept as a memory: without
   * it, somebody who had the partition before us could give it to us again.
   */
  readonly isReleased: boolean;
}

/** Consecutive partitions with one and the same claim, as it is stored. */
export interface ClaimRange extends PartitionRange {
  readonly claim: Claim;
}

/**
 * A claim on what `sources` had: they passed the partition on to us, or were found dead.
 *
 * @param past what we ourselves lacked of it in an earlier time as its owner; null when we never were.
 */
export function claimAfter(
  sources: readonly NodeRef[],
  since: Version,
  past: readonly NodeRef[] | null,
): Claim {
  return { missing: sources, fetched: [], since, passedTo: null, prior: past, isReleased: false };
}

/** All that the holder of the claim lacks, in this time as owner and in earlier ones: its full word to others. */
export function lackedBy(claim: Claim): readonly NodeRef[] {
  const lacked = [...claim.missing];
  for (const node of claim.prior ?? []) {
    const isHere = claim.fetched.includes(node.id) || lacked.some((other) => sameNode(other, node));
    if (!isHere) lacked.push(node);
  }
  return lacked;
}

/** All whom somebody has to ask beside the holder: those it lacks, and the one who had the partition after it. */
export function wordOf(claim: Claim): NodeRef[] {
  return claim.passedTo === null ? [...lackedBy(claim)] : [...lackedBy(claim), claim.passedTo];
}

/** The claim after a time in which `lost` may have answered for the partition: what it wrote then is missing. */
export function withLost(claim: Claim, lost: readonly NodeRef[], since: Version): Claim {
  const missing = [...claim.missing, ...lost.filter((node) => !lacks(claim, node))];
  return { ...claim, missing, fetched: [], since, prior: lackedBy(claim) };
}

/** With one more node to fetch from: two rings met and both had claims. */
export function withSource(claim: Claim, source: NodeRef): Claim {
  if (lacks(claim, source)) return claim;
  return {
    ...claim,
    missing: [...claim.missing, source],
    fetched: claim.fetched.filter((id) => id !== source.id),
    prior: lackedBy(claim),
  };
}

/**
 * After all of `source`'s records were fetched: what it lacked is what we lack now, unless it is here.
 *
 * A source that lacks itself has lost what others think it has; fetching does not bring that back.
 */
export function withFetched(
  claim: Claim,
  source: NodeRef,
  itsMissing: readonly NodeRef[],
  self: NodeRef,
): Claim {
  if (itsMissing.some((node) => sameNode(node, source))) return claim;
  return replaced({ ...claim, fetched: [...claim.fetched, source.id] }, source, itsMissing, self);
}

/**
 * After `node` turned out never to have had the partition, or to have left for good, and `hints` should know instead.
 *
 * With no better idea it stays in place: a trail that ends nowhere, or goes in a circle, is no proof that there was
 * nothing.
 */
export function withHint(claim: Claim, node: NodeRef, hints: readonly NodeRef[], self: NodeRef): Claim {
  const isKnown = (hint: NodeRef) => claim.fetched.includes(hint.id) || sameNode(hint, self);
  const leadsNowhere = (hint: NodeRef) => claim.prior === null && isKnown(hint);
  const isDeadEnd = hints.length === 0 || hints.some(leadsNowhere);
  return isDeadEnd ? claim : replaced(claim, node, hints, self);
}

/** The claim with others in the place of one missing node. Of what others think is ours alone we lack our past. */
function replaced(claim: Claim, node: NodeRef, instead: readonly NodeRef[], self: NodeRef): Claim {
  const lacking = instead.flatMap((other) => sameNode(other, self) ? claim.prior ?? [other] : [other]);
  const missing: NodeRef[] = [];
  for (const other of [...claim.missing.filter((it) => !sameNode(it, node)), ...lacking]) {
    const isHere = claim.fetched.includes(other.id) || missing.some((it) => sameNode(it, other));
    if (!isHere) missing.push(other);
  }
  return settled({ ...claim, missing });
}

/** With nothing missing any more, how it came to that is of no interest. */
function settled(claim: Claim): Claim {
  return claim.missing.length === 0 ? { ...claim, fetched: [], prior: null } : claim;
}

export function lacks(claim: Claim, node: NodeRef): boolean {
  return claim.missing.some((other) => sameNode(other, node));
}

export function withoutMissing(claim: Claim, id: Id): Claim {
  if (!claim.missing.some((node) => node.id === id)) return claim;
  const missing = claim.missing.filter((node) => node.id !== id);
  return settled({ ...claim, missing });
}

/** The claim once its partition has come home to `owner`. */
export function released(claim: Claim, owner: NodeRef): Claim {
  return { ...claim, missing: [], fetched: [], prior: null, passedTo: owner, isReleased: true };
}

/** The claim of someone who has everything, as the maker of a ring does. */
export const full: Claim = {
  missing: [],
  fetched: [],
  since: versionZero,
  passedTo: null,
  prior: null,
  isReleased: false,
};

/** The claims of one node. Partitions with equal histories share one claim, so 4,096 of them cost little. */
export class Claims {
  /** Counts the changes, so that whoever saves knows whether there is anything new. */
  revision = 0;
  readonly #claims = new Map<Partition, Claim>();

  constructor(ranges: Iterable<ClaimRange> = []) {
    for (const { first, last, claim } of ranges) this.update([{ first, last }], () => claim);
  }

  get(partition: Partition): Claim | null {
    return this.#claims.get(partition) ?? null;
  }

  get size(): number {
    return this.#claims.size;
  }

  /** Replaces each claim (null: none) by what `next` makes of it; says whether anything changed. */
  update(ranges: Iterable<PartitionRange>, next: (claim: Claim | null) => Claim | null): boolean {
    const made = new Map<Claim | null, Claim | null>();
    const revision = this.revision;
    for (const partition of partitionsOf(ranges)) {
      const before = this.get(partition);
      if (!made.has(before)) made.set(before, next(before));
      const after = made.get(before) ?? null;
      if (after === before) continue;
      this.revision++;
      if (after === null) this.#claims.delete(partition);
      else this.#claims.set(partition, after);
    }
    return this.revision !== revision;
  }

  /** The partitions for which the claim (null: none) fits, out of the given ranges. */
  *matching(
    ranges: Iterable<PartitionRange>,
    fits: (claim: Claim | null) => boolean,
  ): Generator<Partition> {
    for (const partition of partitionsOf(ranges)) {
      if (fits(this.get(partition))) yield partition;
    }
  }

  /** All claims as ranges, in ring order. */
  ranges(): ClaimRange[] {
    const ranges: { first: number; last: number; claim: Claim }[] = [];
    const partitions = [...this.#claims.keys()].sort((a, b) => a - b);
    for (const partition of partitions) {
      const claim = this.#claims.get(partition) as Claim;
      const open = ranges.at(-1);
      const continues = open !== undefined && open.last + 1 === partition && isSameClaim(open.claim, claim);
      if (continues) open.last = partition;
      else ranges.push({ first: partition, last: partition, claim });
    }
    return ranges;
  }
}

function isSameClaim(a: Claim, b: Claim): boolean {
  return a === b || (a.since === b.since && JSON.stringify(a) === JSON.stringify(b));
}
