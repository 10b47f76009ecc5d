import type { StoredRecord } from "../../core/data/record.ts";
import type { Version } from "../../core/data/version.ts";

/**
 * The row that stands for a record: all of it, or all but the value, which then lies in pieces beside it.
 *
 *     0      format, 1
 *     1      flags: 1 value here, 2 value in pieces (neither: tombstone), 4 expires, 8 has a request id
 *     2..5   checksum of the record
 *     6..13  expiry, milliseconds since 1970
 *     14..17 length of the value
 *     18     length of the version, 19..20 length of the request id
 *     21..   version, request id, then the value or the name of its upload
 *
 * Packed by hand because a Uint8Array is stored a third faster than an object (deno.md section 1).
 */
export interface Head {
  readonly fields: Omit<StoredRecord, "value">;
  readonly value: Uint8Array | null;
  /** Where the value is when it is not here. */
  readonly pieces: Pieces | null;
}

/** A value that was cut up and stored under a name of its own, so that no two writes ever share pieces. */
export interface Pieces {
  readonly upload: string;
  readonly bytes: number;
}

/** What the scan at open wants to know of a head, read without unpacking the rest. */
export interface HeadOutline {
  readonly version: Version;
  readonly valueBytes: number;
  /** Null when there is no value or no end to it. */
  readonly valueExpiresAtMs: number | null;
}

const format = 1;
const flag = { valueHere: 1, valueInPieces: 2, expires: 4, hasRequestId: 8 } as const;
const fixedBytes = 21;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function packHead(record: StoredRecord, pieces: Pieces | null): Uint8Array {
  const version = encoder.encode(record.version);
  const requestId = encoder.encode(record.requestId ?? "");
  const tail = pieces === null ? record.value ?? new Uint8Array() : encoder.encode(pieces.upload);
  const tailAt = fixedBytes + version.length + requestId.length;
  const bytes = new Uint8Array(tailAt + tail.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, format);
  view.setUint8(1, flagsOf(record, pieces));
  view.setUint32(2, record.checksum);
  view.setFloat64(6, record.expiresAtMs ?? 0);
  view.setUint32(14, record.value?.length ?? 0);
  view.setUint8(18, version.length);
  view.setUint16(19, requestId.length);
  bytes.set(version, fixedBytes);
  bytes.set(requestId, fixedBytes + version.length);
  bytes.set(tail, tailAt);
  return bytes;
}

/** Null when the bytes are no head; whether they are the right one, only the record's checksum tells. */
export function unpackHead(key: string, bytes: unknown): Head | null {
  if (!isHead(bytes)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(1);
  const versionEnd = fixedBytes + view.getUint8(18);
  const tailAt = versionEnd + view.getUint16(19);
  const text = (from: number, to: number) => decoder.decode(bytes.subarray(from, to));
  const inPieces = (flags & flag.valueInPieces) !== 0;
  return {
    fields: {
      key,
      version: text(fixedBytes, versionEnd) as Version,
      expiresAtMs: flags & flag.expires ? view.getFloat64(6) : null,
      requestId: flags & flag.hasRequestId ? text(versionEnd, tailAt) : null,
      checksum: view.getUint32(2),
    },
    value: flags & flag.valueHere ? bytes.subarray(tailAt) : null,
    pieces: inPieces ? { upload: text(tailAt, bytes.length), bytes: view.getUint32(14) } : null,
  };
}

/** Null when the bytes are no head. */
export function outlineHead(bytes: unknown): HeadOutline | null {
  if (!isHead(bytes)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(1);
  const hasValue = (flags & (flag.valueHere | flag.valueInPieces)) !== 0;
  return {
    version: decoder.decode(bytes.subarray(fixedBytes, fixedBytes + view.getUint8(18))) as Version,
    valueBytes: hasValue ? view.getUint32(14) : 0,
    valueExpiresAtMs: hasValue && flags & flag.expires ? view.getFloat64(6) : null,
  };
}

function isHead(bytes: unknown): bytes is Uint8Array {
  return bytes instanceof Uint8Array && bytes.length >= fixedBytes && bytes[0] === format;
}

function flagsOf({ value, expiresAtMs, requestId }: StoredRecord, pieces: Pieces | null): number {
  const where = pieces !== null ? flag.valueInPieces : value !== null ? flag.valueHere : 0;
  return where | (expiresAtMs !== null ? flag.expires : 0) | (requestId !== null ? flag.hasRequestId : 0);
}
