import * as z from "zod/mini";
import { described } from "./described.ts";
import { id, momentMs, natural, nodeRef, phase, text } from "./protocol_shapes.ts";

/** What a node says of itself, over RPC, REST and live topics alike. */

/** One for each bit of the widest circle. */
const fingersMax = 160;
/** More than a node keeps in mind (core/ring/known_peers.ts). */
const peersMax = 8_192;
/** Reasons for which a record of a peer is not taken; there are a handful. */
const refusalsMax = 64;
/** A reason may name nodes by their addresses. */
const reasonCharsMax = 4_096;

export const nodeInfo = z.object({
  id,
  url: text,
  cluster: text,
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
  reason: described(z.nullable(z.string().check(z.maxLength(reasonCharsMax))), "why it is not ready"),
  keyCount: described(natural, "records of the partitions it owns, deleted ones included"),
  recordCount: described(natural, "records it holds in all, as a replica too"),
  partitionsOwned: natural,
  partitionsHeld: described(natural, "it keeps a copy of, its own included"),
  partitionsUnsynced: described(natural, "whose copy here is not complete yet"),
  uptimeMs: z.number().check(z.minimum(0)),
  version: described(text, "of the software"),
  cpu: described(z.nullable(z.number().check(z.minimum(0))), "share of one core over the last seconds"),
  memory: described(z.nullable(z.number().check(z.minimum(0))), "resident bytes"),
});

export const fingerTable = z.object({
  entries: z.array(z.object({ index: natural, start: id, node: z.nullable(nodeRef) })).check(
    z.maxLength(fingersMax),
  ),
});

export const peerTable = z.object({
  peers: z.array(z.object({
    node: nodeRef,
    health: z.enum(["alive", "suspect", "dead", "left", "unknown"]),
    lastSeenMs: z.nullable(momentMs),
    rttMs: described(z.optional(z.nullable(z.number().check(z.minimum(0)))), "until it last answered a ping"),
    phase: described(z.optional(z.nullable(phase)), "as it last said itself"),
  })).check(z.maxLength(peersMax)),
});

export const nodeStatus = z.object({
  refusals: described(
    z.array(z.object({ reason: text, count: z.int().check(z.minimum(1)) })).check(z.maxLength(refusalsMax)),
    "records of peers that were not taken",
  ),
  differences: described(natural, "partitions in which copies were found to differ"),
  fetched: described(natural, "records fetched from other keepers"),
  pushed: described(natural, "records sent to other keepers"),
  collected: described(natural, "deletions forgotten"),
});
