import type { Id } from "../../../core/id.ts";
import type { RingItem } from "../../../core/live/topics.ts";
import type { NodeInfo } from "../../../core/protocol.ts";

/** On a circle of 8 bits, so that ids are two digits and shares can be seen. */
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

export function item(id: string, over: Partial<RingItem> = {}): RingItem {
  return {
    id: id as Id,
    url: `http://127.0.0.1:84${id}`,
    state: "alive",
    isSelf: false,
    isPredecessor: false,
    successorIndex: null,
    rttMs: 1,
    lastSeenMs: 9_000,
    ...over,
  };
}

export function itemsOf(...items: RingItem[]): Record<string, RingItem> {
  return Object.fromEntries(items.map((each) => [each.id, each]));
}

/** A node at 40 between 10 and 80, with c0 behind that. */
export function smallRing(over: Partial<Record<string, Partial<RingItem>>> = {}): Record<string, RingItem> {
  return itemsOf(
    item("40", { isSelf: true, lastSeenMs: 10_000, ...over["40"] }),
    item("10", { isPredecessor: true, successorIndex: 2, ...over["10"] }),
    item("80", { successorIndex: 0, ...over["80"] }),
    item("c0", { successorIndex: 1, ...over["c0"] }),
  );
}
