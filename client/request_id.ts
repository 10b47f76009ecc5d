const requestIdBytes = 16;

/**
 * A name for one write, the same through all its repeats (`Idempotency-Key`, `requestId`).
 *
 * Not `crypto.randomUUID`: browsers have that in secure contexts only, and a console on a plain http address of the
 * local network is none.
 */
export function newRequestId(): string {
  return crypto.getRandomValues(new Uint8Array(requestIdBytes)).toHex();
}
