import * as z from "zod/mini";
import { described } from "./described.ts";
import { partitionsMax } from "./partition.ts";
import { method } from "./protocol_method.ts";
import {
  ballot,
  cursor,
  epoch,
  key,
  keyVersion,
  natural,
  pageRecordsMax,
  partition,
  range,
  ranges,
  replicas,
  version,
  views,
  viewSchema,
  votes,
  wireRecord,
} from "./protocol_shapes.ts";

const nothing = z.object({});

/** What keepers of a partition say to each other: who they are, what they have, and what they are to keep. */
export const replicaMethods = {
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
    params: z.strictObject({ epoch, ballot, members: replicas, ranges }),
    result: votes,
  }),
  "partition.digest": method({
    summary: "Fingerprints of what the receiver holds of the partitions, to find out where copies differ.",
    params: z.strictObject({ ranges }),
    result: z.object({
      digests: z.array(z.object({
        first: partition,
        last: partition,
        epoch: described(natural, "of the receiver's view; 0 for none"),
        synced: described(z.boolean(), "its copy is complete"),
        wasSynced: described(z.boolean(), "it was in the view before, and the data is still there"),
        digests: described(
          z.array(z.string().check(z.maxLength(16))).check(z.maxLength(partitionsMax)),
          "one for each partition",
        ),
      })).check(z.maxLength(partitionsMax)),
    }),
  }),
  "partition.compare": method({
    summary: "Compares all that the caller has of an interval of keys with what the receiver has there.",
    params: z.strictObject({
      range,
      epoch: described(epoch, "of the caller's view of all partitions of the range"),
      as: described(
        z.enum(["previous", "current", "member"]),
        "what the receiver has to be: a synced member of the view before, or of this one, or any member",
      ),
      after: described(z.nullable(cursor), "the interval begins after it"),
      through: described(z.nullable(cursor), "and ends with it; null: with the range"),
      entries: z.array(keyVersion).check(z.maxLength(pageRecordsMax)),
      fetch: described(z.boolean(), "the newer records are wanted"),
    }),
    result: z.object({
      absent: described(
        z.array(natural).check(z.maxLength(pageRecordsMax)),
        "entries whose key the receiver has no record of, by index",
      ),
      older: described(
        z.array(natural).check(z.maxLength(pageRecordsMax)),
        "entries of which it has an older version",
      ),
      newer: described(
        z.array(wireRecord).check(z.maxLength(pageRecordsMax)),
        "records that the caller lacks, or has an older version of",
      ),
      next: described(z.nullable(cursor), "how far the answer goes, if not to the end of the interval"),
    }),
    torus: "TransferKeys",
  }),
  "partition.push": method({
    summary: "Records for the receiver to merge, from a holder that it lacks them of.",
    params: z.strictObject({ epoch, records: z.array(wireRecord).check(z.maxLength(pageRecordsMax)) }),
    result: nothing,
  }),
  "partition.confirm": method({
    summary:
      "For each entry, whether the receiver has that version, a newer one, or nothing at all of the key.",
    params: z.strictObject({ epoch, entries: z.array(keyVersion).check(z.maxLength(pageRecordsMax)) }),
    result: z.object({ confirmed: z.array(z.boolean()).check(z.maxLength(pageRecordsMax)) }),
    torus: "DeleteTransferredKeys",
  }),
  "replica.read": method({
    summary: "The receiver's own copy of a key, as a member of the view.",
    params: z.strictObject({
      partition,
      key,
      epoch,
      have: described(z.optional(version), "the caller has this version: no need to send it again"),
      as: described(
        z.enum(["member", "previous", "current"]),
        "for a read; or for a member that has not all data yet: by the view before, or this one",
      ),
    }),
    result: z.object({
      record: z.nullable(wireRecord),
      same: described(z.optional(z.boolean()), "the record is the one that the caller has"),
    }),
  }),
  "replica.write": method({
    summary: "Keeps the record on the receiver, durably when answered; the larger version stays.",
    params: z.strictObject({
      partition,
      epoch,
      record: wireRecord,
      base: described(
        z.optional(z.nullable(version)),
        "refuse unless the copy here is at this version or older",
      ),
      instead: described(z.optional(version), "the same attempt, which was too low with this version"),
      floor: described(
        z.optional(version),
        "is there already: below it, say only whether the record is or was here",
      ),
    }),
    result: z.object({
      version: described(version, "what the receiver has now: a larger one if the record came too late"),
      repeated: described(
        z.optional(z.boolean()),
        "it knows the request id from an earlier write, of that version",
      ),
      had: described(
        z.optional(z.enum(["yes", "no", "unknown"])),
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
      epoch,
      version: described(version, "that the write will have"),
      base: described(version, "what its condition was judged by"),
      release: described(z.optional(z.boolean()), "let go of it instead"),
    }),
    result: z.object({
      granted: z.boolean(),
      version: described(
        z.nullable(version),
        "of the copy there; above the base, the condition has to be judged anew",
      ),
    }),
  }),
};
