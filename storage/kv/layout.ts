import type { Partition } from "../../core/partition.ts";
import { utf8Bytes } from "../keys.ts";

/** One key of one partition: what a record is found under. */
export interface Place {
  readonly partition: Partition;
  readonly key: string;
}

/** Documents are kept like records, in a partition that no ring has. */
export const documentsPartition = -1;

/**
 * Where things lie in the Deno KV file.
 *
 *     ["r", partition, key]                 head of a record
 *     ["d", name]                           head of a document
 *     ["c", partition, key, upload, index]  piece of a value that is too long for its head
 *     ["u", upload]                         an upload whose head is not written yet
 *     ["m", name]                           marks of the store itself
 *
 * Deno KV orders numbers by size and text by UTF-8 bytes, so listing "r" gives the order of the port's pages.
 */
export const recordsPrefix: Deno.KvKey = ["r"];
export const uploadsPrefix: Deno.KvKey = ["u"];
export const schemaKey: Deno.KvKey = ["m", "schema"];
export const generationKey: Deno.KvKey = ["m", "generation"];
export const lostDataKey: Deno.KvKey = ["m", "lostData"];

export function headKey({ partition, key }: Place): Deno.KvKey {
  return partition === documentsPartition ? ["d", key] : ["r", partition, key];
}

/** What takes the heads of a partition. */
export function headsOf(partition: Partition): Deno.KvListSelector {
  return { prefix: [...recordsPrefix, partition] };
}

/** What all pieces of all uploads of a place begin with. */
export function piecesPrefix({ partition, key }: Place): Deno.KvKey {
  return ["c", partition, key];
}

export function pieceKey(place: Place, upload: string, index: number): Deno.KvKey {
  return [...piecesPrefix(place), upload, index];
}

export function uploadKey(upload: string): Deno.KvKey {
  return ["u", upload];
}

/** Names the place among others, for a Map. */
export function placeName(place: Place): string {
  return `${place.partition}:${place.key}`;
}

/**
 * The key's bytes as Deno KV encodes and limits them.
 *
 * A text part is a tag, its UTF-8 with every zero byte doubled, and an end; a number is a tag and eight bytes.
 */
export function encodedBytes(key: Deno.KvKey): number {
  let bytes = 0;
  for (const part of key) {
    if (typeof part === "string") bytes += utf8Bytes(part) + part.split("\0").length + 1;
    else bytes += 9;
  }
  return bytes;
}
