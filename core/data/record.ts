import { crc32 } from "./checksum.ts";
import { type Version, versionMs } from "./version.ts";

/** What is stored under a key. A deleted key keeps a record without a value: its *tombstone*. */
export interface StoredRecord {
  readonly key: string;
  /** Null marks a tombstone. */
  readonly value: Uint8Array | null;
  readonly version: Version;
  /** The wall-clock moment from which the record counts as deleted. It travels with the record, never re-based. */
  readonly expiresAtMs: number | null;
  /** The client's name for this write, so that a repeat is known as the same write. */
  readonly requestId: string | null;
  /** CRC-32 over everything above; verified on every read. */
  readonly checksum: number;
}

/** Longest key in bytes of UTF-8. Deno KV's limit on an encoded key (2,048) leaves room for our prefixes. */
export const keyBytesMax = 512;

const encoder = new TextEncoder();

/** Seals the record: computes its checksum. */
export function makeRecord(fields: Omit<StoredRecord, "checksum">): StoredRecord {
  return { ...fields, checksum: checksumOf(fields) };
}

/** Whether the record is what its maker sealed. */
export function isIntact(record: StoredRecord): boolean {
  return checksumOf(record) === record.checksum;
}

/** Whether the record answers a read at `wallNowMs`; tombstones and expired records do not. */
export function isLive(record: StoredRecord, wallNowMs: number): boolean {
  return record.value !== null && (record.expiresAtMs === null || wallNowMs < record.expiresAtMs);
}

/**
 * The one conflict rule: the larger version wins, everywhere and always (last write wins).
 *
 * Commutative, associative and idempotent, so records may be merged in any order and any number of times. Two
 * intact records of one version are the same write; the checksum breaks what a damaged
 * clock could still tie.
 */
export function mergeRecords(a: StoredRecord, b: StoredRecord): StoredRecord {
  if (a.version !== b.version) return a.version > b.version ? a : b;
  if (a.checksum !== b.checksum) return a.checksum > b.checksum ? a : b;
  return compareContents(a, b) >= 0 ? a : b;
}

/** Any order will do, as long as it is the same everywhere; two contents with one checksum are one in billions. */
function compareContents(a: StoredRecord, b: StoredRecord): number {
  const [x, y] = [a, b].map(({ expiresAtMs, requestId, value }) =>
    JSON.stringify([expiresAtMs, requestId, value === null ? null : value.toHex()])
  ) as [string, string];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The same write without its value, which an expired record no longer needs to keep. */
export function withoutValue(record: StoredRecord): StoredRecord {
  return makeRecord({ ...record, value: null });
}

/** The record as it may travel: an expired value is of no use to anybody. */
export function withoutExpiredValue(record: StoredRecord, wallNowMs: number): StoredRecord {
  return record.value === null || isLive(record, wallNowMs) ? record : withoutValue(record);
}

/**
 * Whether the record says that its key is gone, and has said so for long enough to be forgotten once every replica
 * agrees (chord.md 4.1: time alone proves nothing, and neither does agreement while a node is away).
 */
export function isForgettable(record: StoredRecord, wallNowMs: number, graceMs: number): boolean {
  return !isLive(record, wallNowMs) && forgettableAtMs(record, graceMs) <= wallNowMs;
}

/**
 * A deletion is kept for so many graces: who was cut off for one of them may learn only then that others keep the
 * partition now, and bring what it has for half a grace more (core/data/release.ts).
 */
const gracesKept = 1.5;

/** When the record may be forgotten if nothing changes it; never, as long as it is a value without an end. */
export function forgettableAtMs({ expiresAtMs, value, version }: StoredRecord, graceMs: number): number {
  if (value !== null && expiresAtMs === null) return Infinity;
  return Math.max(versionMs(version), expiresAtMs ?? 0) + graceMs * gracesKept;
}

function checksumOf(record: Omit<StoredRecord, "checksum">): number {
  const { key, value, version, expiresAtMs, requestId } = record;
  const head = JSON.stringify([key, version, expiresAtMs, requestId, value === null]);
  const headChecksum = crc32(encoder.encode(head));
  return value === null ? headChecksum : crc32(value, headChecksum);
}
