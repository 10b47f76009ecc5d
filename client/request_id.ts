const randomBytes = 12;

/**
 * A name for one write, the same through all its repeats (`Idempotency-Key`, `requestId`): when it was made, in
 * milliseconds since 1970 as 12 hex digits, and something random. From the moment a node makes the write's version,
 * so that it is the same whichever node a repeat reaches (core/data/request_stamp.ts).
 *
 * Not `crypto.randomUUID`: browsers have that in secure contexts only, and a console on a plain http address of the
 * local network is none.
 */
export function newRequestId(): string {
  const ms = Date.now().toString(16).padStart(12, "0");
  return `${ms}-${crypto.getRandomValues(new Uint8Array(randomBytes)).toHex()}`;
}
