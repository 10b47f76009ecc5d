import * as z from "zod";
import { partitionsMax } from "./partition.ts";
import {
  ballot,
  base64,
  condition,
  consistency,
  cursor,
  forwarding,
  id,
  incarnation,
  key,
  keyVersion,
  momentMs,
  nodeRef,
  nodes,
  pageRecordsMax,
  partition,
  phase,
  range,
  ranges,
  replicas,
  selfReport,
  stamped,
  version,
  views,
  viewSchema,
  vote,
  votes,
  wireRecord,
  written,
} from "./protocol_shapes.ts";

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

/** One method of the protocol. */
export interface MethodDefinition {
  readonly summary: string;
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** Calling it again after a lost answer does no harm, so the transport may. */
  readonly isIdempotent: boolean;
  /** The name of its counterpart in the Go seed, for readers who come from there. */
  readonly torus?: string;
}

function method<P extends z.ZodType, R extends z.ZodType>(definition: {
  summary: string;
  params: P;
  result: R;
  isIdempotent?: boolean;
  torus?: string;
}) {
  return { isIdempotent: true, ...definition };
}

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
  "partition.views": method({
    summary:
      "The latest views of the partitions that the receiver has heard of; none for those it knows nothing of.",
    params: z.strictObject({ ranges }),
    result: z.object({ views }),
  }),
  "partition.learn": method({
    summary: "Decided views, for the receiver to learn; it answers with those that it knows later ones of.",
    params: z.strictObject({ views }),
    result: z.object({ views }),
  }),
  "partition.prepare": method({
    summary:
      "First half of changing a view (Paxos): a promise to hear no lower ballot, and what was voted for before.",
    params: z.strictObject({ view: viewSchema, ballot, ranges }),
    result: votes,
  }),
  "partition.accept": method({
    summary: "Second half: a vote for the members of the next view. From then on the voter's copy is sealed.",
    params: z.strictObject({ epoch: z.int().min(1), ballot, members: replicas, ranges }),
    result: votes,
  }),
  "partition.digest": method({
    summary: "Fingerprints of what the receiver holds of the partitions, to find out where copies differ.",
    params: z.strictObject({ ranges }),
    result: z.object({
      digests: z.array(z.object({
        first: partition,
        last: partition,
        epoch: z.int().min(0).describe("of the receiver's view; 0 for none"),
        synced: z.boolean().describe("its copy is complete"),
        wasSynced: z.boolean().describe("it was in the view before, and the data is still there"),
        digests: z.array(z.string().max(16)).describe("one for each partition"),
      })).max(partitionsMax),
    }),
  }),
  "partition.compare": method({
    summary: "Compares all that the caller has of an interval of keys with what the receiver has there.",
    params: z.strictObject({
      range,
      epoch: z.int().min(1).describe("of the caller's view of all partitions of the range"),
      as: z.enum(["previous", "current", "member"]).describe(
        "what the receiver has to be: a synced member of the view before, or of this one, or any member",
      ),
      after: cursor.nullable().describe("the interval begins after it"),
      through: cursor.nullable().describe("and ends with it; null: with the range"),
      entries: z.array(keyVersion).max(pageRecordsMax),
      fetch: z.boolean().describe("the newer records are wanted"),
    }),
    result: z.object({
      absent: z.array(z.int().min(0)).describe("entries whose key the receiver has no record of, by index"),
      older: z.array(z.int().min(0)).describe("entries of which it has an older version"),
      newer: z.array(wireRecord).describe("records that the caller lacks, or has an older version of"),
      next: cursor.nullable().describe("how far the answer goes, if not to the end of the interval"),
    }),
    torus: "TransferKeys",
  }),
  "partition.push": method({
    summary: "Records for the receiver to merge, from a holder that it lacks them of.",
    params: z.strictObject({ epoch: z.int().min(1), records: z.array(wireRecord).max(pageRecordsMax) }),
    result: nothing,
  }),
  "partition.confirm": method({
    summary:
      "For each entry, whether the receiver has that version, a newer one, or nothing at all of the key.",
    params: z.strictObject({ epoch: z.int().min(1), entries: z.array(keyVersion).max(pageRecordsMax) }),
    result: z.object({ confirmed: z.array(z.boolean()) }),
    torus: "DeleteTransferredKeys",
  }),
  "replica.read": method({
    summary: "The receiver's own copy of a key, as a member of the view.",
    params: z.strictObject({
      partition,
      key,
      epoch: z.int().min(1),
      have: version.optional().describe("the caller has this version: no need to send it again"),
      as: z.enum(["member", "previous", "current"]).describe(
        "for a read; or for a member that has not all data yet: by the view before, or this one",
      ),
    }),
    result: z.object({
      record: wireRecord.nullable(),
      same: z.boolean().optional().describe("the record is the one that the caller has"),
    }),
  }),
  "replica.write": method({
    summary: "Keeps the record on the receiver, durably when answered; the larger version stays.",
    params: z.strictObject({
      partition,
      epoch: z.int().min(1),
      record: wireRecord,
      base: version.nullable().optional().describe("refuse unless the copy here is at this version or older"),
      instead: version.optional().describe("the same attempt, which was too low with this version"),
      floor: version.optional().describe(
        "is there already: below it, say only whether the record is or was here",
      ),
    }),
    result: z.object({
      version: version.describe("what the receiver has now: a larger one if the record came too late"),
      repeated: z.boolean().optional().describe(
        "it knows the request id from an earlier write, of that version",
      ),
      had: z.enum(["yes", "no", "unknown"]).optional().describe(
        "the record came too late; whether it was here before what is here now",
      ),
    }),
  }),
  "replica.reserve": method({
    summary:
      "Holds the key on the receiver for one conditional write, against others of the kind, for a few seconds.",
    params: z.strictObject({
      partition,
      key,
      epoch: z.int().min(1),
      version: version.describe("that the write will have"),
      base: version.describe("what its condition was judged by"),
      release: z.boolean().optional().describe("let go of it instead"),
    }),
    result: z.object({
      granted: z.boolean(),
      version: version.nullable().describe(
        "of the copy there; above the base, the condition has to be judged anew",
      ),
    }),
  }),
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
      prefix: z.string().optional(),
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
      })),
      next: cursor.nullable(),
    }),
  }),
  "node.info": method({
    summary: "What the node is: its ring's parameters, its phase, what it holds and what it uses.",
    params: noParams,
    result: z.object({
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
      reason: z.string().nullable().describe("why it is not ready"),
      keyCount: z.int().min(0).describe("records of the partitions it owns, deleted ones included"),
      recordCount: z.int().min(0).describe("records it holds in all, as a replica too"),
      partitionsOwned: z.int().min(0),
      partitionsHeld: z.int().min(0).describe("it keeps a copy of, its own included"),
      partitionsUnsynced: z.int().min(0).describe("whose copy here is not complete yet"),
      uptimeMs: z.number().min(0),
      version: z.string().describe("of the software"),
      cpu: z.number().min(0).nullable().describe("share of one core over the last seconds"),
      memory: z.number().min(0).nullable().describe("resident bytes"),
    }),
    torus: "GetNodeInfo",
  }),
  "node.fingers": method({
    summary: "The finger table: for each exponent the point and the node it leads to.",
    params: noParams,
    result: z.object({
      entries: z.array(z.object({ index: z.int().min(0), start: id, node: nodeRef.nullable() })),
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
      })),
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
