import { RondoError } from "../client/mod.ts";
import type { Problem } from "../components/keys/listed_key.ts";

/** What to tell of a failure. A write that nobody can vouch for is never told as one that did not happen. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof RondoError)) throw error;
  const { message, requestId, definite } = error;
  const doubt = definite ? "" : ". It may have happened all the same: look again before you repeat it";
  return { message: `${message}${doubt}`, requestId };
}
