import * as z from "zod/mini";
import type { Version } from "./data/version.ts";
import { described } from "./described.ts";
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

export const text = z.string().check(z.maxLength(textCharsMax));
export const natural = z.int().check(z.minimum(0));
export const id = described(patterned<Id>(/^[0-9a-f]{2,40}$/), "hex id of fixed width");
export const version = described(
  patterned<Version>(/^[0-9a-f]{12}\.[0-9a-f]{4}\.[0-9a-f]{2,40}$/),
  "MS(12 hex).COUNTER(4 hex).NODEID",
);
export const epoch = z.int().check(z.minimum(1));
export const nodeRef = z.object({ id, url: text });
export const nodes = z.array(nodeRef).check(z.maxLength(nodesMax));
export const partition = z.int().check(z.minimum(0), z.maximum(partitionsMax - 1));
export const range = z.strictObject({ first: partition, last: partition });
export const ranges = z.array(range).check(z.maxLength(partitionsMax));
export const momentMs = natural;
/** Thirty thousand years; beyond it the moment of expiry would no longer be an exact number. */
export const ttlMsMax = 1e15;
export const key = described(z.string().check(z.maxLength(keyCharsMax)), "UTF-8 text of 1..512 bytes");
export const base64 = described(z.string().check(z.maxLength(base64CharsMax)), "bytes in base64");
export const phase = z.enum(["joining", "member", "leaving", "left"]);
export const cursor = z.object({ partition, key: z.string().check(z.maxLength(keyCharsMax)) });
export const incarnation = described(natural, "counts the lives of the node over one disk");
/** What a node says of itself beside what it was asked; an older one does not. */
export const selfReport = {
  disk: described(
    z.optional(z.string().check(z.maxLength(64))),
    "names the store; another name means that its disk was lost",
  ),
  wallMs: described(z.optional(momentMs), "what its wall clock shows"),
};

/** A record in JSON: the value in base64, null in a tombstone. */
export const wireRecord = z.object({
  key,
  value: z.nullable(base64),
  version,
  expiresAtMs: z.nullable(momentMs),
  requestId: z.nullable(z.string().check(z.maxLength(128))),
  checksum: z.int().check(z.minimum(0), z.maximum(0xffffffff)),
});

/** A node and the disk it keeps data on; see core/data/view.ts. */
export const replica = z.object({
  id,
  url: text,
  disk: z.string().check(z.minLength(1), z.maxLength(64)),
});
export const replicas = z.readonly(z.array(replica).check(z.minLength(1), z.maxLength(replicasMax)));
export const viewSchema = z.object({
  epoch,
  members: replicas,
  previous: z.readonly(z.array(replica).check(z.maxLength(replicasMax))),
});
export const ballot = described(version, "orders the attempts to change one view");
/** Who keeps consecutive partitions, as decided by the members of the view before. */
export const viewOf = z.object({ first: partition, last: partition, view: viewSchema });
export const views = z.array(viewOf).check(z.maxLength(partitionsMax));
/** What a member of a view says to an attempt at the next, for consecutive partitions. */
export const vote = z.object({
  first: partition,
  last: partition,
  /** Yes; no, a higher ballot came first; or: that view is over (`view`), or unknown here. */
  kind: z.enum(["yes", "no", "otherView"]),
  synced: described(z.optional(z.boolean()), "the voter has all data of the view"),
  promised: z.optional(z.nullable(ballot)),
  accepted: z.optional(z.nullable(z.object({ ballot, members: replicas }))),
  view: described(z.optional(z.nullable(viewSchema)), "the latest that the voter has heard of"),
});
export const votes = z.object({ votes: z.array(vote).check(z.maxLength(partitionsMax)) });
export const keyVersion = z.strictObject({ partition, key, version });

export const forwarding = {
  /** Set by a node that passes a client's call on to the owner, which then must not pass it on again. */
  forwarded: z.optional(z.boolean()),
};
export const consistency = described(
  z.optional(z.enum(["one", "quorum", "all"])),
  "how many copies have to agree; quorum by default",
);
export const stamped = {
  version: described(
    z.optional(version),
    "set by a node that passes the call on: every try is under one version",
  ),
  instead: described(z.optional(version), "the version before that, which was too low"),
  attempt: described(
    z.optional(z.string().check(z.minLength(1), z.maxLength(64))),
    "of a forwarded call: it is carried out once only",
  ),
};
export const condition = {
  ifVersion: described(z.optional(version), "write only if the key is at this version"),
  ifAbsent: described(z.optional(z.boolean()), "write only if the key does not exist"),
  requestId: described(
    z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
    "a repeat with the same id is the same write",
  ),
};
export const written = z.object({
  version,
  created: described(z.boolean(), "the key did not exist before"),
  expiresAtMs: z.nullable(momentMs),
  owner: nodeRef,
  replicas: nodes,
  hops: natural,
});

/** Text of a form, and from then on known as `T`. */
function patterned<T extends string>(form: RegExp) {
  return z.pipe(z.string().check(z.regex(form)), z.transform((text) => text as T));
}
