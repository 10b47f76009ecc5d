import * as z from "zod/mini";
import { described } from "./described.ts";
import { fingerTable, nodeInfo, nodeStatus, peerTable } from "./node_shapes.ts";
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
  natural,
  nodeRef,
  nodes,
  pageRecordsMax,
  phase,
  selfReport,
  stamped,
  ttlMsMax,
  version,
  views,
  vote,
  wireRecord,
  written,
} from "./protocol_shapes.ts";
import { method, type MethodDefinition } from "./protocol_method.ts";
import { replicaMethods } from "./protocol_replicas.ts";

export type { MethodDefinition };
export { comparedMax, pageBytesMax, pageRecordsMax, ttlMsMax, viewOf } from "./protocol_shapes.ts";

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
      predecessor: z.nullable(nodeRef),
      successors: nodes,
      predecessors: described(z.optional(nodes), "the members before it as far as it knows, nearest first"),
      phase,
      anchored: described(z.boolean(), "members before it lead to it; its arc is its own"),
      incarnation: z.optional(incarnation),
      ...selfReport,
    }),
    torus: "GetPredecessor, GetSuccessorList",
  }),
  "chord.notify": method({
    summary: "The caller believes that it stands right before the receiver (or right after it).",
    params: z.strictObject({ node: nodeRef, as: z.optional(z.enum(["predecessor", "successor"])) }),
    result: nothing,
    torus: "Notify",
  }),
  "chord.lookupStep": method({
    summary: "One hop: the owner of a point, or up to three nodes closer to it.",
    params: z.strictObject({
      target: id,
      avoid: described(z.optional(z.array(id).check(z.maxLength(16))), "nodes that did not answer the asker"),
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
      predecessor: z.nullable(nodeRef),
      successors: nodes,
    }),
    result: nothing,
  }),
  "chord.restarting": method({
    summary: "The caller stops and will be back with all it has: the receiver should not take it for dead.",
    params: z.strictObject({
      node: nodeRef,
      backWithinMs: z.int().check(z.minimum(0), z.maximum(restartMsMax)),
    }),
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
      value: z.nullable(base64),
      version: described(z.nullable(version), "of the value, or of the tombstone that says it is gone"),
      expiresAtMs: z.nullable(momentMs),
      owner: nodeRef,
      hops: natural,
    }),
    torus: "Get",
  }),
  "kv.put": method({
    summary: "Stores a value, durably when answered.",
    params: z.strictObject({
      key,
      value: base64,
      ttlMs: z.optional(z.int().check(z.minimum(1), z.maximum(ttlMsMax))),
      expiresAtMs: described(
        z.optional(momentMs),
        "instead of ttlMs: the absolute moment, as an export has it",
      ),
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
      prefix: z.optional(z.string().check(z.maxLength(keyCharsMax))),
      limit: z.optional(z.int().check(z.minimum(1), z.maximum(pageRecordsMax))),
      after: z.optional(z.nullable(cursor)),
    }),
    result: z.object({
      keys: z.array(z.object({
        key,
        bytes: natural,
        version,
        expiresAtMs: z.nullable(momentMs),
        role: z.enum(["owner", "replica", "holder"]),
      })).check(z.maxLength(pageRecordsMax)),
      next: z.nullable(cursor),
    }),
  }),
  "node.info": method({
    summary: "What the node is: its ring's parameters, its phase, what it holds and what it uses.",
    params: noParams,
    result: nodeInfo,
    torus: "GetNodeInfo",
  }),
  "node.fingers": method({
    summary: "The finger table: for each exponent the point and the node it leads to.",
    params: noParams,
    result: fingerTable,
  }),
  "node.peers": method({
    summary: "Every peer the node has known, with its opinion of each.",
    params: noParams,
    result: peerTable,
  }),
  "node.status": method({
    summary: "What happened to the node since it started, in numbers.",
    params: noParams,
    result: nodeStatus,
  }),
  "node.forget": method({
    summary: "An operator's word that a node is gone for good with all that it held.",
    params: z.strictObject({
      id,
      lostDisk: described(
        z.optional(z.boolean()),
        "it is there, but what it had before its present disk is lost",
      ),
      passedOn: described(z.optional(z.boolean()), "not to be told to others again"),
    }),
    result: z.object({ partitions: described(natural, "that no longer wait for it") }),
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
