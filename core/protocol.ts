import * as z from "zod";
import {
  base64,
  condition,
  consistency,
  cursor,
  forwarding,
  id,
  incarnation,
  key,
  keyCharsMax,
  momentMs,
  nodeRef,
  nodes,
  pageRecordsMax,
  phase,
  selfReport,
  stamped,
  text,
  version,
  views,
  vote,
  wireRecord,
  written,
} from "./protocol_shapes.ts";
import { method, type MethodDefinition } from "./protocol_method.ts";
import { replicaMethods } from "./protocol_replicas.ts";

export type { MethodDefinition };
export { comparedMax, pageBytesMax, pageRecordsMax, viewOf } from "./protocol_shapes.ts";

/**
 * Every method of `POST /rpc`, with the shape of its parameters and of its result.
 *
 * This table is the wire format: the server and the client check against it, and docs/protocol.md and the OpenRPC
 * document are generated from it. Parameters are strict (an unknown one is refused), results are not (a newer
 * peer may say more).
 */

/** Peers with another major version are refused when they meet. */
export const protocolVersion = 1;

/** Longest break that a node may announce; if it does not come back, its neighbours wait in vain for as long. */
export const restartMsMax = 60_000;

/** One for each bit of the widest circle. */
const fingersMax = 160;
/** More than a node keeps in mind (core/ring/known_peers.ts). */
const peersMax = 8_192;
/** Reasons for which a record of a peer is not taken; there are a handful. */
const refusalsMax = 64;

const nothing = z.object({});
const noParams = z.strictObject({});

export const methods = {
  "chord.ping": method({
    summary: "Whether the node is there, and which life of it answers.",
    params: noParams,
    result: z.object({ id, incarnation, phase, ...selfReport }),
    torus: "Ping",
  }),
  "chord.probe": method({
    summary: "Whether the receiver reaches a node that is silent to the caller. It asks that node now.",
    params: z.strictObject({ node: nodeRef }),
    result: z.object({ alive: z.boolean() }),
  }),
  "chord.neighbors": method({
    summary: "The node's predecessor and successor list, as they are now.",
    params: noParams,
    result: z.object({
      predecessor: nodeRef.nullable(),
      successors: nodes,
      predecessors: nodes.optional().describe("the members before it as far as it knows, nearest first"),
      phase,
      anchored: z.boolean().describe("members before it lead to it; its arc is its own"),
      incarnation: incarnation.optional(),
      ...selfReport,
    }),
    torus: "GetPredecessor, GetSuccessorList",
  }),
  "chord.notify": method({
    summary: "The caller believes that it stands right before the receiver (or right after it).",
    params: z.strictObject({ node: nodeRef, as: z.enum(["predecessor", "successor"]).optional() }),
    result: nothing,
    torus: "Notify",
  }),
  "chord.lookupStep": method({
    summary: "One hop: the owner of a point, or up to three nodes closer to it.",
    params: z.strictObject({
      target: id,
      avoid: z.array(id).max(16).optional().describe("nodes that did not answer the asker"),
    }),
    result: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("owner"), owner: nodeRef, successors: nodes }),
      z.object({ kind: z.literal("closer"), candidates: nodes }),
    ]),
    torus: "FindSuccessor, ClosestPrecedingFinger",
  }),
  "chord.leave": method({
    summary: "The caller is leaving: the receiver should close the ring without it and take over its data.",
    params: z.strictObject({
      node: nodeRef,
      predecessor: nodeRef.nullable(),
      successors: nodes,
    }),
    result: nothing,
  }),
  "chord.restarting": method({
    summary: "The caller stops and will be back with all it has: the receiver should not take it for dead.",
    params: z.strictObject({ node: nodeRef, backWithinMs: z.int().min(0).max(restartMsMax) }),
    result: nothing,
  }),
  ...replicaMethods,
  "kv.get": method({
    summary: "The live value of a key, from any node.",
    params: z.strictObject({
      key,
      consistency,
      ...forwarding,
    }),
    result: z.object({
      found: z.boolean(),
      value: base64.nullable(),
      version: version.nullable().describe("of the value, or of the tombstone that says it is gone"),
      expiresAtMs: momentMs.nullable(),
      owner: nodeRef,
      hops: z.int().min(0),
    }),
    torus: "Get",
  }),
  "kv.put": method({
    summary: "Stores a value, durably when answered.",
    params: z.strictObject({
      key,
      value: base64,
      ttlMs: z.int().min(1).optional(),
      expiresAtMs: momentMs.optional().describe("instead of ttlMs: the absolute moment, as an export has it"),
      consistency,
      ...condition,
      ...forwarding,
      ...stamped,
    }),
    result: written,
    torus: "Set",
  }),
  "kv.delete": method({
    summary: "Deletes a key, leaving a tombstone; also when it does not exist.",
    params: z.strictObject({ key, consistency, ...condition, ...forwarding, ...stamped }),
    result: written,
    torus: "Delete",
  }),
  "kv.list": method({
    summary: "Live keys with a prefix that this node owns, in ring order.",
    params: z.strictObject({
      prefix: z.string().max(keyCharsMax).optional(),
      limit: z.int().min(1).max(pageRecordsMax).optional(),
      after: cursor.nullable().optional(),
    }),
    result: z.object({
      keys: z.array(z.object({
        key,
        bytes: z.int().min(0),
        version,
        expiresAtMs: momentMs.nullable(),
        role: z.enum(["owner", "replica", "holder"]),
      })).max(pageRecordsMax),
      next: cursor.nullable(),
    }),
  }),
  "node.info": method({
    summary: "What the node is: its ring's parameters, its phase, what it holds and what it uses.",
    params: noParams,
    result: z.object({
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
      reason: text.nullable().describe("why it is not ready"),
      keyCount: z.int().min(0).describe("records of the partitions it owns, deleted ones included"),
      recordCount: z.int().min(0).describe("records it holds in all, as a replica too"),
      partitionsOwned: z.int().min(0),
      partitionsHeld: z.int().min(0).describe("it keeps a copy of, its own included"),
      partitionsUnsynced: z.int().min(0).describe("whose copy here is not complete yet"),
      uptimeMs: z.number().min(0),
      version: text.describe("of the software"),
      cpu: z.number().min(0).nullable().describe("share of one core over the last seconds"),
      memory: z.number().min(0).nullable().describe("resident bytes"),
    }),
    torus: "GetNodeInfo",
  }),
  "node.fingers": method({
    summary: "The finger table: for each exponent the point and the node it leads to.",
    params: noParams,
    result: z.object({
      entries: z.array(z.object({ index: z.int().min(0), start: id, node: nodeRef.nullable() })).max(
        fingersMax,
      ),
    }),
  }),
  "node.peers": method({
    summary: "Every peer the node has known, with its opinion of each.",
    params: noParams,
    result: z.object({
      peers: z.array(z.object({
        node: nodeRef,
        health: z.enum(["alive", "suspect", "dead", "left", "unknown"]),
        lastSeenMs: momentMs.nullable(),
        rttMs: z.number().min(0).nullable().optional().describe("until it last answered a ping"),
        phase: phase.nullable().optional().describe("as it last said itself"),
      })).max(peersMax),
    }),
  }),
  "node.status": method({
    summary: "What happened to the node since it started, in numbers.",
    params: noParams,
    result: z.object({
      refusals: z.array(z.object({ reason: text, count: z.int().min(1) })).max(refusalsMax).describe(
        "records of peers that were not taken",
      ),
      differences: z.int().min(0).describe("partitions in which copies were found to differ"),
      fetched: z.int().min(0).describe("records fetched from other keepers"),
      pushed: z.int().min(0).describe("records sent to other keepers"),
      collected: z.int().min(0).describe("deletions forgotten"),
    }),
  }),
  "node.forget": method({
    summary: "An operator's word that a node is gone for good with all that it held.",
    params: z.strictObject({
      id,
      lostDisk: z.boolean().optional().describe(
        "it is there, but what it had before its present disk is lost",
      ),
      passedOn: z.boolean().optional().describe("not to be told to others again"),
    }),
    result: z.object({ partitions: z.int().min(0).describe("that no longer wait for it") }),
  }),
} satisfies Record<string, MethodDefinition>;

export type MethodName = keyof typeof methods;
export type Params<M extends MethodName> = z.input<(typeof methods)[M]["params"]>;
export type Result<M extends MethodName> = z.output<(typeof methods)[M]["result"]>;

/** What a method's handler receives: parsed parameters. */
export type ParsedParams<M extends MethodName> = z.output<(typeof methods)[M]["params"]>;

export type WireRecord = z.output<typeof wireRecord>;
export type Vote = z.output<typeof vote>;
export type ViewOf = z.output<typeof views>[number];
export type Phase = z.output<typeof phase>;
export type NodeInfo = Result<"node.info">;

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}
