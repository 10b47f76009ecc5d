import * as z from "zod";
import { methods } from "../core/protocol.ts";

/**
 * The shapes of the REST answers (docs/protocol.md), read leniently: a newer node may say more.
 *
 * What REST shares with the RPC methods is taken from their table, so the two cannot drift apart.
 */

const { owner: node, version, hops } = methods["kv.get"].result.shape;
const nodes = methods["kv.put"].result.shape.replicas;

const expiry = z.iso.datetime({ offset: true }).transform((text) => new Date(text)).nullable();

export const foundAnswer = z.object({
  found: z.literal(true),
  value: z.base64().transform((text) => Uint8Array.fromBase64(text)),
  version: version.unwrap(),
  expiresAt: expiry,
  owner: node,
  hops,
});

/** `version` is the tombstone's, where one says that the key was deleted. */
export const notFoundAnswer = z.object({
  found: z.literal(false),
  version: version.nullish().transform((value) => value ?? null),
});

export const putAnswer = z.object({
  version: version.unwrap(),
  expiresAt: expiry,
  owner: node,
  replicas: nodes,
});

export const deleteAnswer = z.object({ version: version.unwrap() });

export const keysAnswer = z.object({
  keys: z.array(z.object({
    key: z.string(),
    size: z.int().min(0),
    version: version.unwrap(),
    expiresAt: expiry,
    role: z.string().describe("of the node that was asked"),
    owner: node.optional().describe("where the whole ring was searched"),
  })),
  cursor: z.string().nullish().transform((value) => value ?? null),
  searched: z.number().nullish().transform((value) => value ?? null)
    .describe("how much of the ring is done, where that was searched"),
});

export const lookupAnswer = z.object({
  key: z.string(),
  keyHash: z.string(),
  partition: z.int(),
  position: z.string(),
  path: z.array(z.object({
    id: node.shape.id,
    url: z.string(),
    via: z.string(),
    rttMs: z.number(),
    outcome: z.string(),
  })),
  hops,
  responsibleNode: node,
  replicas: nodes,
});

export const successorsAnswer = z.object({ successors: nodes });
export const predecessorAnswer = z.object({ predecessor: node.nullable() });
export const ringAnswer = z.object({
  nodes: z.array(z.object({
    ...node.shape,
    isReachable: z.boolean(),
    phase: methods["chord.neighbors"].result.shape.phase.nullable(),
    predecessor: node.nullable(),
  })),
  isClosed: z.boolean().describe("the walk came back to where it began"),
});
export const readyReason = z.object({ reason: z.string().nullish() });

export const infoAnswer = methods["node.info"].result;
export const fingersAnswer = methods["node.fingers"].result;
export const peersAnswer = methods["node.peers"].result;
export const rpcPutAnswer = methods["kv.put"].result;

export type Found = z.output<typeof foundAnswer>;
/** A key that is not there, in the same shape as one that is. */
export interface NotFound extends z.output<typeof notFoundAnswer> {
  readonly value: null;
  readonly expiresAt: null;
  readonly owner: null;
  readonly hops: null;
}
export type GetResult = Found | NotFound;
export interface PutResult extends z.output<typeof putAnswer> {
  /** The key had no live value before. */
  readonly created: boolean;
}
export type DeleteResult = z.output<typeof deleteAnswer>;
export type KeysPage = z.output<typeof keysAnswer>;
export type ListedKey = KeysPage["keys"][number];
export type Lookup = z.output<typeof lookupAnswer>;
export type Ring = z.output<typeof ringAnswer>;
export type Fingers = z.output<typeof fingersAnswer>["entries"];
export type Peers = z.output<typeof peersAnswer>["peers"];
export interface Readiness {
  readonly ready: boolean;
  /** Why it is not; null when it is, or did not say. */
  readonly reason: string | null;
}
