import { ChordError, errorCode } from "../errors.ts";

/** Attempts remembered. Requests that come twice come within seconds; at 1,000 writes a second this is ten of them. */
const attemptsMax = 10_000;

/**
 * Each attempt at a write is carried out once, however often its request is delivered: the first may have been
 * refused, and its sender have gone on in the belief that nothing was or ever will be written.
 */
export class Attempts {
  readonly #seen = new Set<string>();

  /** @throws ChordError (replayed) when the attempt has been here before; what came of it is told there. */
  admit(attempt: string): void {
    if (this.#seen.has(attempt)) {
      throw new ChordError(errorCode.replayedOrExpired, "Cannot write: this very request was here before", {
        definite: false,
        reason: "replayed",
      });
    }
    this.#seen.add(attempt);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= attemptsMax) return;
      this.#seen.delete(oldest);
    }
  }
}
