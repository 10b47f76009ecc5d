import { DeadlineError } from "../core/errors.ts";
import { type NodeRef, sameNode } from "../core/node_ref.ts";
import type { Cursor } from "../core/ports.ts";
import type { WireRecord } from "../core/protocol.ts";
import type { NodeService } from "../core/service.ts";
import { pause } from "./pause.ts";
import { isLive } from "./record_life.ts";
import { RecordWalk } from "./record_walk.ts";

/** A key of the ring, as one node finds it. */
export interface FoundKey {
  readonly key: string;
  readonly bytes: number;
  readonly version: string;
  readonly expiresAtMs: number | null;
  /** Of the node that was asked. */
  readonly role: "owner" | "replica" | "none";
  readonly owner: NodeRef;
}

export interface FoundKeys {
  readonly keys: readonly FoundKey[];
  /** Where to go on; null: there is no more. */
  readonly next: Cursor | null;
  /** How much of the ring is done. */
  readonly searched: number;
}

export interface SearchOptions {
  readonly prefix: string;
  readonly limit: number;
  readonly after: Cursor | null;
  /** What the caller's time is; a ring that is out of reach for longer is an error. */
  readonly timeoutMs: number;
  readonly now?: () => number;
  readonly wallNow?: () => number;
}

/** A search for a rare prefix goes through everything; after so long its caller hears how far it is. */
const searchMsMax = 1_000;

/**
 * Keys of the ring with a prefix, from where the last search stopped.
 *
 * Read from enough copies to miss no acknowledged write, but it is no snapshot: what is written during a search may be
 * in it or not.
 */
export async function findInRing(node: NodeService, options: SearchOptions): Promise<FoundKeys> {
  const { prefix, limit, after, timeoutMs, now = () => performance.now(), wallNow = Date.now } = options;
  const beganAtMs = now();
  const walk = new RecordWalk(node, {
    scope: "ring",
    pause: (ms) => {
      if (now() + ms - beganAtMs > timeoutMs) throw new DeadlineError("search the ring", true);
      return pause(ms);
    },
  });
  const keys: FoundKey[] = [];
  let place: Cursor | null = after ?? { partition: 0, key: "" };
  for await (
    const { records, keepers, next } of walk.pages(place)
  ) {
    place = next;
    const wallMs = wallNow();
    for (const record of records) {
      if (!record.key.startsWith(prefix) || !isLive(record, wallMs)) continue;
      if (keys.length === limit) return pageOf(node, keys, placeOf(node, keys.at(-1)));
      keys.push(foundKey(node, record, keepers));
    }
    if (keys.length === limit || now() - beganAtMs > searchMsMax) break;
  }
  return pageOf(node, keys, place);
}

function placeOf(node: NodeService, last: FoundKey | undefined): Cursor | null {
  return last === undefined ? null : { partition: node.partitionOf(last.key), key: last.key };
}

function pageOf(node: NodeService, keys: readonly FoundKey[], next: Cursor | null): FoundKeys {
  return { keys, next, searched: next === null ? 1 : next.partition / node.partitions.count };
}

function foundKey(node: NodeService, record: WireRecord, keepers: readonly NodeRef[]): FoundKey {
  const { key, value, version, expiresAtMs } = record;
  const [owner = node.self] = keepers;
  const place = keepers.findIndex((keeper) => sameNode(keeper, node.self));
  return {
    key,
    bytes: value === null ? 0 : Uint8Array.fromBase64(value).length,
    version,
    expiresAtMs,
    role: place === -1 ? "none" : place === 0 ? "owner" : "replica",
    owner: { id: owner.id, url: owner.url },
  };
}
