import { ChordError, type ErrorCode, errorCode } from "../core/errors.ts";
import type { Log } from "../core/ports.ts";
import { jsonHeaders } from "./answer_headers.ts";

/** A refusal that REST alone knows: of a path, a method, a header, a key as it was written. */
export class RestError extends Error {
  override readonly name = "RestError";

  constructor(
    readonly status: number,
    /** Upper case with underscores, for programs; the message is for people. */
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The HTTP status and the REST name of each code of the protocol. */
const statuses: Readonly<Record<ErrorCode, readonly [status: number, name: string]>> = {
  [errorCode.parse]: [400, "BAD_JSON"],
  [errorCode.invalidRequest]: [400, "INVALID_REQUEST"],
  [errorCode.methodNotFound]: [404, "NOT_FOUND"],
  [errorCode.invalidParams]: [400, "INVALID_PARAMS"],
  [errorCode.internal]: [500, "INTERNAL"],
  [errorCode.unavailable]: [503, "UNAVAILABLE"],
  [errorCode.unauthenticated]: [401, "UNAUTHENTICATED"],
  [errorCode.forbidden]: [403, "FORBIDDEN"],
  [errorCode.notOwner]: [503, "NOT_OWNER"],
  [errorCode.wrongRing]: [421, "WRONG_RING"],
  [errorCode.staleIncarnation]: [409, "STALE_INCARNATION"],
  [errorCode.replayedOrExpired]: [401, "REPLAYED_OR_EXPIRED"],
  [errorCode.deadlineExceeded]: [504, "DEADLINE_EXCEEDED"],
  [errorCode.overloaded]: [503, "OVERLOADED"],
  [errorCode.tooLarge]: [413, "VALUE_TOO_LARGE"],
  [errorCode.storageFull]: [507, "STORAGE_FULL"],
  [errorCode.hopLimit]: [508, "HOP_LIMIT"],
  [errorCode.clockSkew]: [503, "CLOCK_SKEW"],
  [errorCode.badRecord]: [500, "BAD_RECORD"],
  [errorCode.draining]: [503, "DRAINING"],
  [errorCode.versionConflict]: [412, "VERSION_CONFLICT"],
};

/** Seconds after which a refused client should ask again, unless the error says otherwise. */
const retryAfterSeconds = 1;

export function httpStatusOf(error: ChordError): number {
  return statuses[error.code][0];
}

/** The number under which log and audit have a request. */
export const requestIdHeader = "x-request-id";

/** The body of every REST error. `definite` appears only as false: what was asked may have happened. */
interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly requestId: string;
    readonly definite?: false;
  };
}

/** The answer to a failed request. What nobody foresaw is logged, and told to the client without its cause. */
export function errorResponse(error: unknown, log: Log): Response {
  const requestId = crypto.randomUUID();
  if (error instanceof RestError) {
    const { code, message } = error;
    return respond(error.status, { error: { code, message, requestId } }, error.headers);
  }
  if (error instanceof ChordError) return chordErrorResponse(error, requestId);
  log("error", "rest.failed", { requestId, error });
  const body = { code: "INTERNAL", message: "Internal error", requestId, definite: false } as const;
  return respond(500, { error: body });
}

/** The error's name in REST. */
export function restCodeOf({ code, data: { reason } }: ChordError): string {
  return reason === "uncertain" || reason === "notSynced" ? "UNCERTAIN" : statuses[code][1];
}

function chordErrorResponse(error: ChordError, requestId: string): Response {
  const status = httpStatusOf(error);
  const code = restCodeOf(error);
  const { message } = error;
  const isDefinite = error.data.definite;
  return respond(
    status,
    { error: { code, message, requestId, ...(isDefinite ? {} : { definite: false }) } },
    status === 503 ? { "retry-after": String(retryAfterOf(error)) } : {},
  );
}

function retryAfterOf(error: ChordError): number {
  const wantedMs = error.data["retryAfterMs"];
  return typeof wantedMs === "number" ? Math.max(1, Math.ceil(wantedMs / 1000)) : retryAfterSeconds;
}

function respond(status: number, body: ErrorBody, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...jsonHeaders, [requestIdHeader]: body.error.requestId, ...headers },
  });
}

export function uriTooLong(): RestError {
  return new RestError(414, "URI_TOO_LONG", "Cannot read a path and query of this length");
}

export function notFound(): RestError {
  return new RestError(404, "NOT_FOUND", "Cannot find this path");
}

/** @param allowed the methods that the path has, for the `Allow` header. */
export function methodNotAllowed(allowed: readonly string[]): RestError {
  const allow = allowed.join(", ");
  return new RestError(405, "METHOD_NOT_ALLOWED", `Cannot use this method here: ${allow} would do`, {
    allow,
  });
}
