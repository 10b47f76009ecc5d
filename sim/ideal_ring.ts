import type { PartitionState } from "../core/data/partition_state.ts";
import type { StateRange } from "../core/data/partition_table.ts";
import { hasReplica, type Replica } from "../core/data/view.ts";
import { saveNodeDocument } from "../core/node_document.ts";
import type { SimHost, World } from "./world.ts";

/** Writes onto the hosts' empty disks what they would hold if they had been an ideal ring for long. */
export async function writeIdealRing(world: World, hosts: readonly SimHost[]): Promise<void> {
  const ring = [...hosts].sort((a, b) => (a.ref.id < b.ref.id ? -1 : 1));
  const states = ring.flatMap((_, at) => statesOfArc(world, clockwise(ring, at)));
  for (const [at, host] of ring.entries()) {
    const self = replicaOf(host);
    const others = clockwise(ring, at).slice(1).map(({ ref }) => ref);
    await saveNodeDocument(host.disk.store, {
      self: host.ref,
      incarnation: 1,
      disk: self.disk,
      clockBoundMs: 0,
      contactAtMs: world.wallNow(),
      predecessor: others.at(-1) ?? null,
      successors: others.slice(0, world.config.successors),
      anchored: true,
      peers: others,
      forgotten: [],
      states: states.filter(({ state }) => hasReplica(state.view.members, self)),
    });
  }
}

/** The ring as one of its members goes round it: itself first. */
function clockwise(ring: readonly SimHost[], at: number): SimHost[] {
  return [...ring.slice(at), ...ring.slice(0, at)];
}

/** Of the partitions on the arc of the first: it keeps them, and those that follow it. */
function statesOfArc(world: World, hosts: readonly SimHost[]): StateRange<PartitionState>[] {
  const [owner, predecessor] = [hosts[0], hosts.at(-1)];
  if (owner === undefined || predecessor === undefined) return [];
  const members = hosts.slice(0, world.config.replicas).map(replicaOf);
  const state: PartitionState = {
    view: { epoch: 1, members, previous: [] },
    isSynced: true,
    wasSynced: true,
    isDamaged: false,
    promised: null,
    accepted: null,
    removedAtMs: null,
  };
  const arc = { after: predecessor.ref.id, through: owner.ref.id };
  return world.partitions.rangesOn(arc).map((range) => ({ ...range, state }));
}

function replicaOf({ disk, ref }: SimHost): Replica {
  return { ...ref, disk: disk.name };
}
