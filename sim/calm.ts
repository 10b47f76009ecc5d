import type { ChordNode } from "../core/chord_node.ts";
import type { PartitionState } from "../core/data/partition_state.ts";
import { isForgettable, type StoredRecord } from "../core/data/record.ts";
import type { Replica } from "../core/data/view.ts";
import type { Partition } from "../core/partition.ts";
import { isIdeal, snapshotOf } from "./ring_assertions.ts";
import type { SimHost, World } from "./world.ts";

const everything = { recordsMax: 10_000, bytesMax: Infinity };

/**
 * Why the world is not as it should be when nothing has gone wrong for a while; null when it is: everybody is up and
 * ready, the ring is ideal, and each partition is kept by the members that it should be kept by, who hold the same
 * records (promise G3), and by nobody else.
 */
export async function unrest(world: World): Promise<string | null> {
  return unrestOfNodes(world) ?? await unrestOfData(world);
}

function unrestOfNodes(world: World): string | null {
  for (const { hasLeft, life, ref } of world.hosts) {
    if (hasLeft) continue;
    if (life === null || life.node === null) return `${ref.url} is down`;
    if (life.isPaused) return `${ref.url} is paused`;
    const reason = life.node.notReadyReason();
    if (reason !== null) return `${ref.url} is not ready: ${reason}`;
  }
  return isIdeal(snapshotOf(world.members), world.config.successors) ? null : "the ring is not ideal (Q2)";
}

async function unrestOfData(world: World): Promise<string | null> {
  const { members, partitions } = world;
  for (let partition = 0; partition < partitions.count; partition++) {
    const state = latestState(members, partition);
    if (state === null) return `nobody knows partition ${partition}`;
    const reason = unrestOfView(world, partition, state) ??
      await divergence(world, partition, state.view.members);
    if (reason !== null) return reason;
  }
  return null;
}

/** The state of whoever knows of the highest epoch. */
export function latestState(members: readonly ChordNode[], partition: Partition): PartitionState | null {
  let latest: PartitionState | null = null;
  for (const { replicas } of members) {
    const state = replicas.get(partition);
    if (state !== null && (latest === null || state.view.epoch > latest.view.epoch)) latest = state;
  }
  return latest;
}

function unrestOfView(
  { config, hosts, members }: World,
  partition: Partition,
  latest: PartitionState,
): string | null {
  const { view } = latest;
  const wanted = Math.min(config.replicas, members.length);
  if (view.members.length !== wanted) {
    return `partition ${partition} has ${view.members.length} of ${wanted} keepers`;
  }
  for (const replica of view.members) {
    const state = hostOf(hosts, replica)?.life?.node?.replicas.get(partition) ?? null;
    if (state === null) return `${replica.url} does not keep partition ${partition}, though it should`;
    if (state.view.epoch !== view.epoch) {
      return `${replica.url} has not heard of the view of partition ${partition}`;
    }
    if (state.accepted !== null) return `the view of partition ${partition} is about to change`;
    if (!state.isSynced) return `${replica.url} has not all data of partition ${partition}`;
  }
  return null;
}

/** What the disks of the keepers differ in, and what others still hold, in words; null for nothing. */
async function divergence(
  world: World,
  partition: Partition,
  keepers: readonly Replica[],
): Promise<string | null> {
  const { config, hosts } = world;
  const range = { first: partition, last: partition };
  const holders = keepers.flatMap((replica) => hostOf(hosts, replica) ?? []);
  const stray = hosts.find((host) =>
    !host.hasLeft && !holders.includes(host) && host.disk.store.count(range) > 0
  );
  if (stray !== undefined) return `${stray.ref.url} still holds records of partition ${partition}`;
  const digests = new Set(holders.map(({ disk }) => disk.store.digest(partition)));
  if (digests.size <= 1) return null;
  const isKept = (record: StoredRecord) => !isForgettable(record, world.wallNow(), config.tombstoneGraceMs);
  const listings = await Promise.all(holders.map(async ({ disk, ref }) => {
    const { records } = await disk.store.page(range, null, everything);
    return { ref, text: records.filter(isKept).map(({ key, version }) => `${key}@${version}`).join(" ") };
  }));
  const [first] = listings;
  const other = listings.find(({ text }) => text !== first?.text);
  if (first === undefined || other === undefined) return null;
  return `partition ${partition} differs: ${first.ref.url} holds ${first.text}; ${other.ref.url} ${other.text}`;
}

function hostOf(hosts: readonly SimHost[], { disk, url }: Replica): SimHost | undefined {
  return hosts.find((host) => host.ref.url === url && host.life?.node?.disk === disk);
}
