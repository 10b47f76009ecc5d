import { type Arc, arcContains, isWholeCircle } from "./arc.ts";
import type { Id, IdSpace } from "./id.ts";

/** Number of one of the Q equal slices of the circle, 0..Q-1, in ring order. */
export type Partition = number;

/** Consecutive partitions `[first, last]`; it never wraps (a wrapping arc is two ranges). */
export interface PartitionRange {
  readonly first: Partition;
  readonly last: Partition;
}

/** The most partitions a ring may have: one page of the protocol can name them all. */
export const partitionsMax = 65_536;

/**
 * Cuts the circle into Q equal partitions, the units of ownership, handoff and repair.
 *
 * A key sits at the *end* of its partition, so a join or a leave moves whole partitions and no range is ever
 * split. Q is a power of two and fixed when the ring is made.
 */
export class PartitionMap {
  readonly #positions: readonly Id[];
  readonly #bitsPerPartition: bigint;

  /** @throws RangeError unless `count` is a power of two in 1..min(65536, 2^bits). */
  constructor(readonly space: IdSpace, readonly count: number) {
    if (
      !Number.isInteger(count) || !Number.isInteger(Math.log2(count)) || count > partitionsMax ||
      Math.log2(count) > space.bits
    ) {
      throw new RangeError(
        `Cannot cut the circle into ${count} partitions: it takes a power of two up to ${
          Math.min(partitionsMax, 2 ** space.bits)
        }`,
      );
    }
    this.#bitsPerPartition = BigInt(space.bits - Math.log2(count));
    this.#positions = Array.from(
      { length: count },
      (_, partition) => space.fromNumber((BigInt(partition + 1) << this.#bitsPerPartition) - 1n),
    );
  }

  /** The partition that a point of the circle falls in. */
  of(point: Id): Partition {
    return Number(this.space.toNumber(point) >> this.#bitsPerPartition);
  }

  ofKey(key: string): Partition {
    return this.of(this.space.hashId(key));
  }

  /**
   * Where the ring looks for the partition: its last point.
   *
   * @throws RangeError for a number that is no partition of this ring.
   */
  position(partition: Partition): Id {
    const position = this.#positions[partition];
    if (position === undefined) throw new RangeError(`Cannot place partition ${partition} of ${this.count}`);
    return position;
  }

  /** The partitions whose position lies on the arc, as at most two ranges. */
  rangesOn(arc: Arc): PartitionRange[] {
    const last = this.count - 1;
    if (isWholeCircle(arc)) return [{ first: 0, last }];
    const first = this.#firstAtOrAfterNext(arc.after);
    const end = this.#firstAtOrAfterNext(arc.through) - 1;
    if (arc.after < arc.through) return first <= end ? [{ first, last: end }] : [];
    const ranges: PartitionRange[] = [];
    if (end >= 0) ranges.push({ first: 0, last: end });
    if (first <= last) ranges.push({ first, last });
    return ranges;
  }

  /** The ranges without what is no partition of this ring. */
  within(ranges: Iterable<PartitionRange>): PartitionRange[] {
    const cut = Array.from(ranges, ({ first, last }) => ({ first, last: Math.min(last, this.count - 1) }));
    return cut.filter(({ first, last }) => first <= last);
  }

  isOn(arc: Arc, partition: Partition): boolean {
    return arcContains(arc, this.position(partition));
  }

  /** The first partition that ends strictly after `point`; `count` when none does. */
  #firstAtOrAfterNext(point: Id): number {
    const partition = this.of(point);
    return this.position(partition) === point ? partition + 1 : partition;
  }
}

/** Each partition of the ranges, in order. */
export function* partitionsOf(ranges: Iterable<PartitionRange>): Generator<Partition> {
  for (const { first, last } of ranges) {
    for (let partition = first; partition <= last; partition++) yield partition;
  }
}

/** The ascending partitions as the fewest ranges. */
export function toRanges(partitions: Iterable<Partition>): PartitionRange[] {
  const ranges: { first: Partition; last: Partition }[] = [];
  for (const partition of partitions) {
    const open = ranges.at(-1);
    if (open !== undefined && open.last + 1 === partition) open.last = partition;
    else ranges.push({ first: partition, last: partition });
  }
  return ranges;
}
