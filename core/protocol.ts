import * as z from "zod";
import type { Id } from "./id.ts";
import type { Version } from "./data/version.ts";
import { partitionsMax } from "./partition.ts";

/**
 * Every method of `POST /rpc`, with the shape of its parameters and of its result.
 *
 * This table is the wire format: the server and the client check against it, and docs/protocol.md and the OpenRPC
 * document are generated from it. Parameters are strict (an unknown one is refused), results are not (a newer
 * peer may say more).
 */

/** Peers with another major version are refused when they meet. */
export const protocolVersion = 1;

/** Upper bound of a successor list on the wire; far above any configured r. */
const nodesMax = 128;
/** Most records in a page of a handoff. */
export const pageRecordsMax = 1_000;
/** Bytes of keys and values in a page of a handoff, unless one record alone is larger. */
export const pageBytesMax = 512 * 1024;

const id = z.string().regex(/^[0-9a-f]{2,40}$/).transform((text) => text as Id).describe(
  "hex id of fixed width",
);
const version = z.string().regex(/^[0-9a-f]{12}\.[0-9a-f]{4}\.[0-9a-f]{2,40}$/)
  .transform((text) => text as Version).describe("MS(12 hex).COUNTER(4 hex).NODEID");
const nodeRef = z.object({ id, url: z.string().max(512) });
const nodes = z.array(nodeRef).max(nodesMax);
const partition = z.int().min(0).max(partitionsMax - 1);
const range = z.strictObject({ first: partition, last: partition });
const ranges = z.array(range).max(partitionsMax);
const momentMs = z.int().min(0);
const key = z.string().describe("UTF-8 text of 1..512 bytes");
const base64 = z.string().describe("bytes in base64");
const phase = z.enum(["joining", "member", "leaving", "left"]);
const cursor = z.object({ partition, key: z.string() });

/** A record in JSON: the value in base64, null in a tombstone. */
const wireRecord = z.object({
  key,
  value: base64.nullable(),
  version,
  expiresAtMs: momentMs.nullable(),
  requestId: z.string().max(128).nullable(),
  checksum: z.int().min(0).max(0xffffffff),
});

/** What one node says of consecutive partitions when another claims them; see core/data/claims.ts. */
const holding = z.object({
  first: partition,
  last: partition,
  /** It still answers for them itself: the claimant has to wait. */
  serving: z.boolean(),
  /** It has data of them that the claimant should fetch. */
  holds: z.boolean(),
  /** Since when it had them, or has them. */
  since: version.nullable(),
  /** Somebody other than the claimant to whom it has passed them already. */
  passedTo: nodeRef.nullable(),
  /** Nodes whose data is lacking once its own was fetched. */
  missing: nodes,
});

/** A node that left with nothing left behind, and who stood before it. */
const departure = z.object({
  node: nodeRef,
  predecessor: nodeRef.nullable(),
  heirs: nodes.describe("who took over its partitions"),
});

const forwarding = {
  /** Set by a node that passes a client's call on to the owner, which then must not pass it on again. */
  forwarded: z.boolean().optional(),
};
const condition = {
  ifVersion: version.optional().describe("write only if the key is at this version"),
  ifAbsent: z.boolean().optional().describe("write only if the key does not exist"),
  requestId: z.string().min(1).max(128).optional().describe("a repeat with the same id is the same write"),
};
const written = z.object({
  version,
  created: z.boolean().describe("the key did not exist before"),
  expiresAtMs: momentMs.nullable(),
  owner: nodeRef,
  replicas: nodes,
  hops: z.int().min(0),
});

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
    result: z.object({ id, incarnation: z.int().min(0), phase }),
    torus: "Ping",
  }),
  "chord.neighbors": method({
    summary: "The node's predecessor and successor list, as they are now.",
    params: noParams,
    result: z.object({
      predecessor: nodeRef.nullable(),
      successors: nodes,
      phase,
      anchored: z.boolean().describe("members before it lead to it; its arc is its own"),
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
      heirs: nodes.optional().describe("given when all is handed over, and to whom; the caller goes now"),
    }),
    result: nothing,
  }),
  "partition.claim": method({
    summary: "What the receiver holds of the partitions; passes the caller those outside its own arc.",
    params: z.strictObject({ claimant: nodeRef, ranges }),
    result: z.object({
      holdings: z.array(holding),
      departed: z.array(departure).max(nodesMax).describe("nodes that handed over all they had, then left"),
    }),
  }),
  "partition.page": method({
    summary: "A page of the receiver's records of consecutive partitions, in ring order.",
    params: z.strictObject({
      range,
      after: cursor.nullable(),
      recordsMax: z.int().min(1).max(pageRecordsMax),
      bytesMax: z.int().min(1).max(pageBytesMax),
    }),
    result: z.object({ records: z.array(wireRecord), next: cursor.nullable() }),
    torus: "TransferKeys",
  }),
  "partition.confirm": method({
    summary:
      "Which of the holder's versions (or newer ones) the receiver, the owner, has; the holder may drop those.",
    params: z.strictObject({
      holder: nodeRef,
      range,
      missing: nodes.describe("what the holder lacks of the range itself"),
      entries: z.array(z.strictObject({ partition, key, version })).max(pageRecordsMax),
    }),
    result: z.object({
      served: z.array(z.object({ first: partition, last: partition })).describe(
        "the part of the range that the receiver answers for",
      ),
      lacking: z.boolean().describe("it has not fetched everything of the holder's there yet"),
      confirmed: z.array(z.boolean()),
    }),
    torus: "DeleteTransferredKeys",
  }),
  "partition.offer": method({
    summary: "The caller holds records of partitions that the receiver owns; the receiver should fetch them.",
    params: z.strictObject({ holder: nodeRef, ranges }),
    result: nothing,
  }),
  "replica.read": method({
    summary: "The receiver's own record of a key, without routing; for a new owner that is not synced yet.",
    params: z.strictObject({ partition, key }),
    result: z.object({
      record: wireRecord.nullable(),
      holds: z.boolean().describe("the receiver has had the partition: its record counts"),
      missing: nodes.describe("nodes that have to be asked as well"),
      passedTo: nodeRef.nullable().describe("who answered for the partition after it"),
    }),
  }),
  "kv.get": method({
    summary: "The live value of a key, from any node.",
    params: z.strictObject({
      key,
      consistency: z.enum(["one", "quorum", "all"]).optional(),
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
      ...condition,
      ...forwarding,
    }),
    result: written,
    torus: "Set",
  }),
  "kv.delete": method({
    summary: "Deletes a key, leaving a tombstone; also when it does not exist.",
    params: z.strictObject({ key, ...condition, ...forwarding }),
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
        role: z.enum(["owner", "holder"]),
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
      incarnation: z.int(),
      phase,
      ready: z.boolean(),
      reason: z.string().nullable().describe("why it is not ready"),
      keyCount: z.int().min(0),
      partitionsOwned: z.int().min(0),
      partitionsUnsynced: z.int().min(0),
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
    params: z.strictObject({ id }),
    result: z.object({ partitions: z.int().min(0).describe("that no longer wait for it") }),
  }),
} satisfies Record<string, MethodDefinition>;

export type MethodName = keyof typeof methods;
export type Params<M extends MethodName> = z.input<(typeof methods)[M]["params"]>;
export type Result<M extends MethodName> = z.output<(typeof methods)[M]["result"]>;

/** What a method's handler receives: parsed parameters. */
export type ParsedParams<M extends MethodName> = z.output<(typeof methods)[M]["params"]>;

export type WireRecord = z.output<typeof wireRecord>;
export type Holding = z.output<typeof holding>;
export type Departure = z.output<typeof departure>;
export type Phase = z.output<typeof phase>;
export type NodeInfo = Result<"node.info">;

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}
