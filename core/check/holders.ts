import { ChordError } from "../errors.ts";
import { type Partition, type PartitionRange, partitionsOf, toRanges } from "../partition.ts";
import type { View } from "../data/view.ts";
import type { Result } from "../protocol.ts";
import { type Ask, eachOf, orSilence } from "./ask.ts";
import type { CheckedMember } from "./ring_check.ts";

/** What a node holds of a partition. */
export interface Copy {
  /** Of the node's view; 0 for none. */
  readonly epoch: number;
  readonly isSynced: boolean;
  /** Fingerprint of its records; see core/data/digest.ts. */
  readonly digest: string;
}

/** What one member says of one partition. */
export interface Said {
  readonly member: CheckedMember;
  /** The latest view that it has heard of. */
  readonly view: View | null;
  /** Null when it does not answer. */
  readonly copy: Copy | null;
}

/** What one member says of many partitions, in the order in which they were asked about. */
interface Holder {
  readonly member: CheckedMember;
  readonly views: readonly (View | null)[];
  readonly copies: readonly (Copy | null)[];
}

/** Asks all members about the partitions, which are ascending, and gives what everybody says, one by one. */
export async function* askHolders(
  ask: Ask,
  members: readonly CheckedMember[],
  partitions: readonly Partition[],
  onAnswered: () => void,
): AsyncGenerator<[partition: Partition, said: Said[]]> {
  const ranges = toRanges(partitions);
  const places = new Map(partitions.map((partition, place) => [partition, place]));
  const holders = await eachOf(members, async (member) => {
    const holder = await askHolder(ask, member, ranges, places);
    onAnswered();
    return holder;
  });
  for (const [place, partition] of partitions.entries()) {
    yield [
      partition,
      holders.map(({ member, views, copies }) => {
        return { member, view: views[place] ?? null, copy: copies[place] ?? null };
      }),
    ];
  }
}

/** Views first: a copy may then be of a later view than the one it is judged by, and never of an earlier one. */
async function askHolder(
  ask: Ask,
  member: CheckedMember,
  ranges: PartitionRange[],
  places: ReadonlyMap<Partition, number>,
): Promise<Holder> {
  const known = await orSilence(ask(member, "partition.views", { ranges }));
  const held = await orSilence(ask(member, "partition.digest", { ranges }));
  if (known instanceof ChordError || held instanceof ChordError) return { member, views: [], copies: [] };
  return {
    member,
    views: spread(known.views, places, ({ view }) => view),
    copies: spread(held.digests, places, copyAt),
  };
}

/** A value for each partition asked about; undefined for those that the answers leave out. */
function spread<A extends PartitionRange, T>(
  answers: readonly A[],
  places: ReadonlyMap<Partition, number>,
  valueAt: (answer: A, offset: number) => T,
): T[] {
  const values: T[] = [];
  for (const answer of answers) {
    for (const partition of partitionsOf([answer])) {
      const place = places.get(partition);
      if (place !== undefined) values[place] = valueAt(answer, partition - answer.first);
    }
  }
  return values;
}

function copyAt(answer: Result<"partition.digest">["digests"][number], offset: number): Copy | null {
  const digest = answer.digests[offset];
  return digest === undefined ? null : { epoch: answer.epoch, isSynced: answer.synced, digest };
}
