import { SetDigest } from "../../core/data/digest.ts";
import { makeRecord, type StoredRecord } from "../../core/data/record.ts";
import { formatVersion, type Version } from "../../core/data/version.ts";
import type { Id } from "../../core/id.ts";
import type { PartitionRange } from "../../core/partition.ts";
import type { Cursor, PageLimits } from "../../core/ports.ts";
import type { NodeStore } from "../../storage/node_store.ts";

/** Records for tests of stores, and what a reader sees of them. */

export const everything: PartitionRange = { first: 0, last: 65_535 };
export const roomy: PageLimits = { recordsMax: 1_000, bytesMax: 64 * 1024 * 1024 };

const node = "ab".repeat(20) as Id;

/** The n-th version of the tests' world. */
export function v(n: number): Version {
  return formatVersion(1_000 + n, 0, node);
}

export interface Fields {
  readonly at?: number;
  readonly value?: Uint8Array | string | null;
  readonly expiresAtMs?: number | null;
  readonly requestId?: string | null;
}

export function record(key: string, fields: Fields = {}): StoredRecord {
  const { at = 1, value = "value", expiresAtMs = null, requestId = null } = fields;
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return makeRecord({ key, value: bytes, version: v(at), expiresAtMs, requestId });
}

/** Bytes that differ from place to place, so that swapped pieces show. */
export function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Everything in the range, page by page. */
export async function readAll(
  store: NodeStore,
  range: PartitionRange,
  limits: PageLimits = roomy,
): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  let after: Cursor | null = null;
  do {
    const page = await store.page(range, after, limits);
    records.push(...page.records);
    after = page.next;
  } while (after !== null);
  return records;
}

/** The digest of the partition as its definition has it, from what a reader sees of it. */
export async function digestOf(store: NodeStore, partition: number): Promise<string> {
  const digest = new SetDigest();
  for (const { key, version } of await readAll(store, { first: partition, last: partition })) {
    digest.add(key, version);
  }
  return String(digest);
}
