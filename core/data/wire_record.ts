import { BadRecordError } from "../errors.ts";
import type { WireRecord } from "../protocol.ts";
import { isIntact, type StoredRecord } from "./record.ts";

/** The record as JSON carries it. */
export function toWire(record: StoredRecord): WireRecord {
  return { ...record, value: record.value === null ? null : record.value.toBase64() };
}

/** @throws BadRecordError when the record is not what its maker sealed, or is not of the key that was asked for. */
export function fromWire(wire: WireRecord, key = wire.key): StoredRecord {
  const record = { ...wire, value: wire.value === null ? null : bytesOf(wire.value, wire.key) };
  if (wire.key !== key || !isIntact(record)) throw new BadRecordError(key);
  return record;
}

function bytesOf(base64: string, key: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(base64);
  } catch (cause) {
    throw new BadRecordError(key, { cause });
  }
}
