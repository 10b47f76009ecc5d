import type { Id } from "../id.ts";
import { formatVersion, type Version } from "./version.ts";

/** A request id that tells when the request was made: `MS(12 hex)-REST`, as RondoClient makes them. */
const stampedForm = /^([0-9a-f]{12})-.+/;
/** A client's clock that is further off does not decide about anything. */
const clientSkewMsMax = 60_000;

/**
 * The version that a write has by its request id; null when the id does not tell when it was made.
 *
 * A client that hears nothing repeats the write through another node. If each of the two nodes gave it a version of
 * its own, a part of the first try could outlast the second one's, and whatever came between.
 */
export function stampOf(requestId: string, wallNowMs: number, hashId: (text: string) => Id): Version | null {
  const digits = stampedForm.exec(requestId)?.[1];
  if (digits === undefined) return null;
  const madeAtMs = parseInt(digits, 16);
  if (Math.abs(madeAtMs - wallNowMs) > clientSkewMsMax) return null;
  return formatVersion(madeAtMs, 0, hashId(requestId));
}
