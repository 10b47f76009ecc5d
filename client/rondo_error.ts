/** What the client itself finds wrong; every other code is the server's word, as design and docs list them. */
export const clientErrorCode = {
  /** Nobody listens there, or the name means nothing: the request was never sent. */
  unreachable: "UNREACHABLE",
  /** The connection broke between the request and its answer. */
  connectionLost: "CONNECTION_LOST",
  timeout: "TIMEOUT",
  /** The caller's signal ended the wait. */
  aborted: "ABORTED",
  /** Something answered that does not speak as a node does. */
  badAnswer: "BAD_ANSWER",
} as const;

export interface RondoErrorDetail {
  /** HTTP status of the answer; null when none came. */
  readonly status?: number | null;
  /** Under which the node's log has the request. */
  readonly requestId?: string | null;
  readonly definite: boolean;
  readonly retryAfterMs?: number | null;
  readonly url?: string | null;
  readonly cause?: unknown;
}

/**
 * A call that did not succeed, and whether it may have taken effect all the same.
 *
 * `definite` is what a writer has to look at: true, the write did not happen and never will; false, nobody knows,
 * so neither "stored" nor "failed" may be said of it. Reads have no effect and are always definite.
 */
export class RondoError extends Error {
  override readonly name = "RondoError";
  readonly status: number | null;
  readonly requestId: string | null;
  readonly definite: boolean;
  /** How long the node asked to be left alone; null when it did not say. */
  readonly retryAfterMs: number | null;
  /** Origin of the node that was asked. */
  readonly url: string | null;

  constructor(readonly code: string, message: string, detail: RondoErrorDetail) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.status = detail.status ?? null;
    this.requestId = detail.requestId ?? null;
    this.definite = detail.definite;
    this.retryAfterMs = detail.retryAfterMs ?? null;
    this.url = detail.url ?? null;
  }

  /** The same failure of a call whose earlier attempt may have taken effect. */
  asIndefinite(): RondoError {
    if (!this.definite) return this;
    return new RondoError(this.code, this.message, { ...this, cause: this.cause, definite: false });
  }
}

const retryableCodes: ReadonlySet<string> = new Set([
  clientErrorCode.unreachable,
  clientErrorCode.connectionLost,
  clientErrorCode.timeout,
  "UNAVAILABLE",
  "UNCERTAIN",
  "NOT_OWNER",
  "DRAINING",
  "OVERLOADED",
  "DEADLINE_EXCEEDED",
]);

/** Statuses that say "later" whoever sends them, a proxy included. */
const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Whether asking again may go better. */
export function isTransient(error: RondoError): boolean {
  return retryableCodes.has(error.code) || (error.status !== null && retryableStatuses.has(error.status));
}

/** Whether another node may do better at once: this one is gone or on its way out. */
export function isAboutThisNode(error: RondoError): boolean {
  return error.status === null && isTransient(error) || error.code === "DRAINING";
}
