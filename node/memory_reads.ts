import type { ChordNode } from "../core/chord_node.ts";
import { isLive } from "../core/data/record.ts";
import type { NodeStore } from "../storage/node_store.ts";
import type { Peek } from "../transport/key_routes.ts";

/**
 * Reads that need nobody: of keys that this node answers for, has all data of, and holds in memory. Everything else
 * goes through the node.
 */
export function readsFromMemory(
  { custody, partitions, ports }: Pick<ChordNode, "custody" | "partitions" | "ports">,
  store: Pick<NodeStore, "peek">,
): Peek {
  return (key) => {
    const partition = partitions.ofKey(key);
    const claim = custody.serving(partition);
    if (claim === null || claim.missing.length > 0) return undefined;
    const record = store.peek(partition, key);
    return record !== undefined && isLive(record, ports.clock.wallNow()) ? { record } : undefined;
  };
}
