import * as z from "zod/mini";
import { described } from "./described.ts";
import { id, momentMs, natural, nodeRef, phase } from "./protocol_shapes.ts";

/** What a node says of itself, over RPC, REST and live topics alike. */

export const nodeInfo = z.object({
  id,
  url: z.string(),
  cluster: z.string(),
  protocol: z.int(),
  bits: z.int(),
  hash: z.enum(["sha256", "sha1"]),
  partitions: z.int(),
  replicas: z.int(),
  writeQuorum: z.int(),
  readQuorum: z.int(),
  incarnation: z.int(),
  phase,
  ready: z.boolean(),
  reason: described(z.nullable(z.string()), "why it is not ready"),
  keyCount: described(natural, "records of the partitions it owns, deleted ones included"),
  recordCount: described(natural, "records it holds in all, as a replica too"),
  partitionsOwned: natural,
  partitionsHeld: described(natural, "it keeps a copy of, its own included"),
  partitionsUnsynced: described(natural, "whose copy here is not complete yet"),
  uptimeMs: z.number().check(z.minimum(0)),
  version: described(z.string(), "of the software"),
  cpu: described(z.nullable(z.number().check(z.minimum(0))), "share of one core over the last seconds"),
  memory: described(z.nullable(z.number().check(z.minimum(0))), "resident bytes"),
});

export const fingerTable = z.object({
  entries: z.array(z.object({ index: natural, start: id, node: z.nullable(nodeRef) })),
});

export const peerTable = z.object({
  peers: z.array(z.object({
    node: nodeRef,
    health: z.enum(["alive", "suspect", "dead", "left", "unknown"]),
    lastSeenMs: z.nullable(momentMs),
    rttMs: described(z.optional(z.nullable(z.number().check(z.minimum(0)))), "until it last answered a ping"),
    phase: described(z.optional(z.nullable(phase)), "as it last said itself"),
  })),
});

export const nodeStatus = z.object({
  refusals: described(
    z.array(z.object({ reason: z.string(), count: z.int().check(z.minimum(1)) })),
    "records of peers that were not taken",
  ),
  differences: described(natural, "partitions in which copies were found to differ"),
  fetched: described(natural, "records fetched from other keepers"),
  pushed: described(natural, "records sent to other keepers"),
  collected: described(natural, "deletions forgotten"),
});
