import type { RondoClient } from "../../client/mod.ts";
import { ringItems } from "../../core/live/ring_items.ts";
import type { RingItem } from "../../core/live/topics.ts";
import type { NodeInfo } from "../../core/protocol.ts";

/** What the shell knows of the node in the first HTML, before anything is heard live. */
export interface FirstLook {
  readonly info: NodeInfo;
  readonly ring: readonly RingItem[];
  /** By the clock of the node. */
  readonly atMs: number;
}

/** Null when the node has no answer: a page says so rather than not being there. */
export async function takeFirstLook(client: RondoClient, atMs: number): Promise<FirstLook | null> {
  try {
    const [info, successors, predecessor, peers] = await Promise.all([
      client.info(),
      client.successors(),
      client.predecessor(),
      client.peers(),
    ]);
    const self = { id: info.id, url: info.url };
    const ring = ringItems({ self, phase: info.phase, successors, predecessor, peers, wallMs: atMs });
    return { info, ring: [...ring.values()], atMs };
  } catch {
    return null;
  }
}
