import * as z from "zod";
import type { Version } from "./data/version.ts";
import type { Id } from "./id.ts";
import { partitionsMax } from "./partition.ts";

/** The shapes that the methods of the protocol are made of (core/protocol.ts). */

/** Upper bound of a successor list on the wire; far above any configured r. */
export const nodesMax = 128;
/** Upper bound of the copies of a partition on the wire. */
export const replicasMax = 16;
/** Most records in a page of a handoff. */
export const pageRecordsMax = 1_000;
/** Bytes of keys and values in a page of a handoff, unless one record alone is larger. */
export const pageBytesMax = 512 * 1024;

/** Records and bytes of a store compared at a time: handling them holds up a read for a few milliseconds at most. */
export const comparedMax = { recordsMax: 200, bytesMax: 128 * 1024 };

/**
 * Longest key on the wire, in characters. Whoever uses a key holds it to 512 bytes and says so; this only keeps what
 * is none from being handled at length.
 */
export const keyCharsMax = 1_024;
/** The largest value that any store takes. The ring's own limit (`--value-max`) is held where values are written. */
export const valueBytesCeiling = 4 * 1024 * 1024;
const base64CharsMax = Math.ceil(valueBytesCeiling / 3) * 4;
/** Names, addresses and remarks that nodes tell each other. */
export const textCharsMax = 512;

export const text = z.string().max(textCharsMax);
export const id = z.string().regex(/^[0-9a-f]{2,40}$/).transform((text) => text as Id).describe(
  "hex id of fixed width",
);
export const version = z.string().regex(/^[0-9a-f]{12}\.[0-9a-f]{4}\.[0-9a-f]{2,40}$/)
  .transform((text) => text as Version).describe("MS(12 hex).COUNTER(4 hex).NODEID");
export const nodeRef = z.object({ id, url: text });
export const nodes = z.array(nodeRef).max(nodesMax);
export const partition = z.int().min(0).max(partitionsMax - 1);
export const range = z.strictObject({ first: partition, last: partition });
export const ranges = z.array(range).max(partitionsMax);
export const momentMs = z.int().min(0);
export const key = z.string().max(keyCharsMax).describe("UTF-8 text of 1..512 bytes");
export const base64 = z.string().max(base64CharsMax).describe("bytes in base64");
export const phase = z.enum(["joining", "member", "leaving", "left"]);
export const cursor = z.object({ partition, key: z.string().max(keyCharsMax) });
export const incarnation = z.int().min(0).describe("counts the lives of the node over one disk");
/** What a node says of itself beside what it was asked; an older one does not. */
export const selfReport = {
  disk: z.string().max(64).optional().describe("names the store; another name means that its disk was lost"),
  wallMs: momentMs.optional().describe("what its wall clock shows"),
};

/** A record in JSON: the value in base64, null in a tombstone. */
export const wireRecord = z.object({
  key,
  value: base64.nullable(),
  version,
  expiresAtMs: momentMs.nullable(),
  requestId: z.string().max(128).nullable(),
  checksum: z.int().min(0).max(0xffffffff),
});

/** A node and the disk it keeps data on; see core/data/view.ts. */
export const replica = z.object({ id, url: text, disk: z.string().min(1).max(64) });
export const replicas = z.array(replica).min(1).max(replicasMax).readonly();
export const viewSchema = z.object({
  epoch: z.int().min(1),
  members: replicas,
  previous: z.array(replica).max(replicasMax).readonly(),
});
export const ballot = version.describe("orders the attempts to change one view");
/** Who keeps consecutive partitions, as decided by the members of the view before. */
export const viewOf = z.object({ first: partition, last: partition, view: viewSchema });
export const views = z.array(viewOf).max(partitionsMax);
/** What a member of a view says to an attempt at the next, for consecutive partitions. */
export const vote = z.object({
  first: partition,
  last: partition,
  /** Yes; no, a higher ballot came first; or: that view is over (`view`), or unknown here. */
  kind: z.enum(["yes", "no", "otherView"]),
  synced: z.boolean().optional().describe("the voter has all data of the view"),
  promised: ballot.nullable().optional(),
  accepted: z.object({ ballot, members: replicas }).nullable().optional(),
  view: viewSchema.nullable().optional().describe("the latest that the voter has heard of"),
});
export const votes = z.object({ votes: z.array(vote).max(partitionsMax) });
export const keyVersion = z.strictObject({ partition, key, version });

export const forwarding = {
  /** Set by a node that passes a client's call on to the owner, which then must not pass it on again. */
  forwarded: z.boolean().optional(),
};
export const consistency = z.enum(["one", "quorum", "all"]).optional().describe(
  "how many copies have to agree; quorum by default",
);
export const stamped = {
  version: version.optional().describe(
    "set by a node that passes the call on: every try is under one version",
  ),
  instead: version.optional().describe("the version before that, which was too low"),
  attempt: z.string().min(1).max(64).optional().describe("of a forwarded call: it is carried out once only"),
};
export const condition = {
  ifVersion: version.optional().describe("write only if the key is at this version"),
  ifAbsent: z.boolean().optional().describe("write only if the key does not exist"),
  requestId: z.string().min(1).max(128).optional().describe("a repeat with the same id is the same write"),
};
export const written = z.object({
  version,
  created: z.boolean().describe("the key did not exist before"),
  expiresAtMs: momentMs.nullable(),
  owner: nodeRef,
  replicas: nodes,
  hops: z.int().min(0),
});
