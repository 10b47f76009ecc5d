import type { WireRecord } from "../core/protocol.ts";

export type LiveRecord = WireRecord & { readonly value: string };

/** Whether it is neither deleted nor expired. */
export function isLive(record: WireRecord, wallMs: number): record is LiveRecord {
  return record.value !== null && (record.expiresAtMs === null || wallMs < record.expiresAtMs);
}
