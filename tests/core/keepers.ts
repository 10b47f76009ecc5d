import type { ChordNode } from "../../core/chord_node.ts";
import type { PartitionState } from "../../core/data/partition_state.ts";
import { sameReplica } from "../../core/data/view.ts";
import { type Partition, type PartitionRange, toRanges } from "../../core/partition.ts";
import type { World } from "../../sim/world.ts";

/** What those who have heard of the latest view of the partition know of it; null when nobody knows any. */
export function latestState({ running }: World, partition: Partition): PartitionState | null {
  return running.map(({ replicas }) => replicas.get(partition)).reduce(
    (latest, state) =>
      latest === null || (state !== null && state.view.epoch > latest.view.epoch) ? state : latest,
    null,
  );
}

/** The running nodes of the latest view, its owner first. */
export function keepersOf(world: World, partition: Partition): ChordNode[] {
  const members = latestState(world, partition)?.view.members ?? [];
  return members.flatMap((replica) =>
    world.running.find((node) => sameReplica(node.replicas.self, replica)) ?? []
  );
}

/** In words: the partitions that are not with the first members at and after them, or not whole there. */
export function keepingProblems(world: World, ring: readonly ChordNode[]): string[] {
  const problems = new Map<string, Partition[]>();
  for (let partition = 0; partition < world.partitions.count; partition++) {
    const problem = problemWith(world, ring, partition);
    if (problem !== null) problems.set(problem, [...problems.get(problem) ?? [], partition]);
  }
  const textOf = ({ first, last }: PartitionRange) => `${first}-${last}`;
  return [...problems].map(([problem, which]) => `${toRanges(which).map(textOf).join(" ")}: ${problem}`);
}

function problemWith(world: World, ring: readonly ChordNode[], partition: Partition): string | null {
  const state = latestState(world, partition);
  if (state === null) return "known to nobody";
  const { epoch, members } = state.view;
  const [are, should] = [namesOf(members), namesOf(wantedKeepers(world, ring, partition))];
  if (are !== should) return `with ${are}, not with ${should}`;
  const keepers = keepersOf(world, partition);
  if (keepers.length < members.length) return "with a disk that is lost";
  const isWhole = ({ replicas }: ChordNode) => {
    const theirs = replicas.serving(partition);
    return theirs?.view.epoch === epoch && theirs.isSynced;
  };
  const late = keepers.filter((node) => !isWhole(node)).map(({ self }) => self);
  return late.length === 0 ? null : `not whole at ${namesOf(late)}`;
}

function wantedKeepers({ config, partitions }: World, ring: readonly ChordNode[], partition: Partition) {
  const position = partitions.position(partition);
  const first = Math.max(0, ring.findIndex(({ self }) => self.id >= position));
  const clockwise = [...ring.slice(first), ...ring.slice(0, first)];
  return clockwise.slice(0, config.replicas).map(({ self }) => self);
}

function namesOf(nodes: readonly { readonly url: string }[]): string {
  return nodes.map(({ url }) => url).join(" ");
}
