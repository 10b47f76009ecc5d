import type { ChordNode } from "../core/chord_node.ts";
import { isLive } from "../core/data/record.ts";
import type { NodeStore } from "../storage/node_store.ts";
import type { Peek } from "../transport/key_routes.ts";

/**
 * Reads that need nobody: of keys that this node alone keeps, and holds in memory. Everything else goes through the
 * node, which asks the other keepers.
 */
export function readsFromMemory(
  { member, partitions, replicas }: Pick<ChordNode, "member" | "partitions" | "replicas">,
  store: Pick<NodeStore, "peek">,
): Peek {
  return (key) => {
    const partition = partitions.ofKey(key);
    const state = replicas.serving(partition);
    if (state === null || !state.isSynced || state.view.members.length > 1) return undefined;
    const record = store.peek(partition, key);
    return record !== undefined && isLive(record, member.peers.clocks.expiryNow()) ? { record } : undefined;
  };
}
