import * as z from "zod/mini";
import type { fingerTable, peerTable } from "../core/node_shapes.ts";
import { natural, nodeRef, nodes, phase, version } from "../core/protocol_shapes.ts";

/**
 * The shapes of the REST answers (docs/protocol.md), read leniently: a newer node may say more.
 *
 * What REST shares with the RPC methods is made of the same shapes, so the two cannot drift apart.
 */

const expiry = z.nullable(z.pipe(z.iso.datetime({ offset: true }), z.transform((text) => new Date(text))));

export const foundAnswer = z.object({
  found: z.literal(true),
  value: z.pipe(z.base64(), z.transform((text) => Uint8Array.fromBase64(text))),
  version,
  expiresAt: expiry,
  owner: nodeRef,
  hops: natural,
});

/** `version` is the tombstone's, where one says that the key was deleted. */
export const notFoundAnswer = z.object({
  found: z.literal(false),
  version: orNull(version),
});

export const putAnswer = z.object({
  version,
  expiresAt: expiry,
  owner: nodeRef,
  replicas: nodes,
});

export const deleteAnswer = z.object({ version });

export const keysAnswer = z.object({
  keys: z.array(z.object({
    key: z.string(),
    size: natural,
    version,
    expiresAt: expiry,
    /** Of the node that was asked. */
    role: z.string(),
    /** Where the whole ring was searched. */
    owner: z.optional(nodeRef),
  })),
  cursor: orNull(z.string()),
  /** How much of the ring is done, where that was searched. */
  searched: orNull(z.number()),
});

export const lookupAnswer = z.object({
  key: z.string(),
  keyHash: z.string(),
  partition: z.int(),
  position: z.string(),
  path: z.array(z.object({
    ...nodeRef.shape,
    via: z.string(),
    rttMs: z.number(),
    outcome: z.string(),
  })),
  hops: natural,
  responsibleNode: nodeRef,
  replicas: nodes,
});

export const successorsAnswer = z.object({ successors: nodes });
export const predecessorAnswer = z.object({ predecessor: z.nullable(nodeRef) });
export const ringAnswer = z.object({
  nodes: z.array(z.object({
    ...nodeRef.shape,
    isReachable: z.boolean(),
    phase: z.nullable(phase),
    predecessor: z.nullable(nodeRef),
  })),
  /** The walk came back to where it began. */
  isClosed: z.boolean(),
});
export const readyReason = z.object({ reason: z.nullish(z.string()) });

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
export type Fingers = z.output<typeof fingerTable>["entries"];
export type Peers = z.output<typeof peerTable>["peers"];
export interface Readiness {
  readonly ready: boolean;
  /** Why it is not; null when it is, or did not say. */
  readonly reason: string | null;
}

/** What need not be there is null then. */
function orNull<S extends z.ZodMiniType>(shape: S) {
  return z.pipe(z.nullish(shape), z.transform((value) => value ?? null));
}
