import type { StoredRecord } from "../core/data/record.ts";
import type { ReadOutcome, WriteOutcome } from "../core/service.ts";
import { inertHeaders, jsonHeaders } from "./answer_headers.ts";
import { json } from "./rest_call.ts";
import { isoMoment } from "./rest_shapes.ts";

/** Written by hand: of the members only the key can hold a character that JSON escapes. */
export function foundResponse(
  key: string,
  value: Uint8Array,
  { version, expiresAtMs }: StoredRecord,
  ownerJson: string,
  hops: number,
): Response {
  const expiresAt = expiresAtMs === null ? "null" : `"${isoMoment(expiresAtMs)}"`;
  const body =
    `{"key":${JSON.stringify(key)},"value":"${value.toBase64()}","found":true,"version":"${version}",` +
    `"expiresAt":${expiresAt},"owner":${ownerJson},"hops":${hops}}`;
  return new Response(body, { headers: { ...jsonHeaders, etag: `"${version}"` } });
}

/** As a file: whatever somebody stored, a browser that is led here keeps it rather than showing it. */
export function bytesResponse(value: Uint8Array, version: string): Response {
  return new Response(value as Uint8Array<ArrayBuffer>, {
    headers: {
      ...inertHeaders,
      "content-type": "application/octet-stream",
      "content-disposition": "attachment",
      etag: `"${version}"`,
    },
  });
}

export function absentResponse({ record }: ReadOutcome): Response {
  return json(record === null ? { found: false } : { found: false, version: record.version }, 404);
}

export function writtenResponse(key: string, outcome: WriteOutcome): Response {
  const { version, created, owner, replicas, expiresAtMs } = outcome;
  const body = { success: true, key, version, owner, replicas, expiresAt: isoMoment(expiresAtMs) };
  return json(body, created ? 201 : 200, { etag: `"${version}"` });
}
