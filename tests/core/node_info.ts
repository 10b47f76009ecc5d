import type { Id } from "../../core/id.ts";
import type { NodeInfo } from "../../core/protocol.ts";

/** What a node that is well says of itself. */
export function infoOf(over: Partial<NodeInfo> = {}): NodeInfo {
  return {
    id: "40" as Id,
    url: "http://127.0.0.1:8440",
    cluster: "test",
    protocol: 1,
    bits: 8,
    hash: "sha256",
    partitions: 64,
    replicas: 3,
    writeQuorum: 2,
    readQuorum: 2,
    incarnation: 1,
    phase: "member",
    ready: true,
    reason: null,
    keyCount: 5_131,
    recordCount: 15_200,
    partitionsOwned: 16,
    partitionsHeld: 48,
    partitionsUnsynced: 0,
    uptimeMs: 60_000,
    version: "0.1.0",
    cpu: 0.07,
    memory: 1_048_576,
    ...over,
  };
}
