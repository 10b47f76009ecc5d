import {
  ChordError,
  DrainingError,
  errorCode,
  type ErrorData,
  InvalidParamsError,
  NotOwnerError,
  TooLargeError,
  UncertainError,
  VersionConflictError,
  WrongRingError,
} from "../core/errors.ts";
import { isErrorCode, isObject } from "./json_rpc.ts";

/** What came back for one call. */
export type RpcOutcome = { readonly result: unknown } | { readonly error: ChordError };

/** What came back is not an answer to what was asked, so nothing is known of any of the calls. */
export class MalformedAnswerError extends Error {
  override readonly name = "MalformedAnswerError";
}

/**
 * The outcome of each call of one HTTP request, by id.
 *
 * All or nothing: an answer that has an id too many, too few or twice was not made for this request, and no
 * part of it is believed. A lone error with id null refuses all the calls together.
 *
 * @throws MalformedAnswerError
 */
export function readAnswers(text: string, ids: readonly number[]): ReadonlyMap<number, RpcOutcome> {
  const message = parse(text);
  if (isRefusal(message)) {
    const outcome = readOutcome(message);
    return new Map(ids.map((id) => [id, outcome]));
  }
  return ids.length === 1 && !Array.isArray(message) ? byId([message], ids) : byId(message, ids);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MalformedAnswerError("Cannot read the answer: it is not JSON", { cause });
  }
}

function isRefusal(message: unknown): boolean {
  return isObject(message) && message["id"] === null && isObject(message["error"]);
}

function byId(answers: unknown, ids: readonly number[]): ReadonlyMap<number, RpcOutcome> {
  if (!Array.isArray(answers)) throw new MalformedAnswerError("Cannot read the answer: it is no batch");
  const missing = new Set(ids);
  const outcomes = new Map<number, RpcOutcome>();
  for (const answer of answers) {
    const id = isObject(answer) ? answer["id"] : undefined;
    if (typeof id !== "number" || !missing.delete(id)) {
      throw new MalformedAnswerError("Cannot read the answer: it has an id that was not asked, or twice");
    }
    outcomes.set(id, readOutcome(answer));
  }
  if (missing.size > 0) throw new MalformedAnswerError("Cannot read the answer: it lacks an id");
  return outcomes;
}

function readOutcome(answer: unknown): RpcOutcome {
  if (!isObject(answer) || answer["jsonrpc"] !== "2.0") {
    throw new MalformedAnswerError("Cannot read the answer: it is not JSON-RPC 2.0");
  }
  const hasResult = Object.hasOwn(answer, "result");
  if (hasResult === Object.hasOwn(answer, "error")) {
    throw new MalformedAnswerError("Cannot read the answer: it takes either a result or an error");
  }
  return hasResult ? { result: answer["result"] } : { error: readError(answer["error"]) };
}

/** Enough of a peer's words for a log. */
const messageCharsMax = 500;

function readError(error: unknown): ChordError {
  if (!isObject(error) || !Number.isInteger(error["code"]) || typeof error["message"] !== "string") {
    throw new MalformedAnswerError("Cannot read the answer: its error has no code or message");
  }
  const code = Number(error["code"]);
  const message = error["message"].slice(0, messageCharsMax);
  const data = readData(error["data"], code);
  if (!isErrorCode(code)) return new ChordError(errorCode.internal, message, { ...data, peerCode: code });
  return specific(code, message, data) ?? new ChordError(code, message, data);
}

type StatedData = Partial<ErrorData> & { readonly definite: boolean };

/** Refusals of the envelope come before any work; of anything else that does not say, the worst is assumed. */
function readData(data: unknown, code: number): StatedData {
  const { definite, reason, hint, ...rest } = isObject(data) ? data : {};
  return {
    ...rest,
    definite: typeof definite === "boolean" ? definite : neverBegun.has(code),
    ...(typeof reason === "string" ? { reason } : {}),
    ...(isHint(hint) ? { hint } : {}),
  };
}

const neverBegun: ReadonlySet<number> = new Set([
  errorCode.parse,
  errorCode.invalidRequest,
  errorCode.methodNotFound,
  errorCode.invalidParams,
]);

/**
 * The error's own class, where it can be made again as it was. Those classes are of things that never happened.
 *
 * Not for unreachable peers and deadlines: here they would say that the peer which answered was out of reach.
 */
function specific(code: number, message: string, data: StatedData): ChordError | null {
  if (!data.definite) return null;
  switch (code) {
    case errorCode.notOwner:
      return notOwner(data);
    case errorCode.versionConflict:
      return versionConflict(data["current"]);
    case errorCode.draining:
      return new DrainingError();
    case errorCode.wrongRing:
      return new WrongRingError(message);
    case errorCode.invalidParams:
      return new InvalidParamsError(message, data);
    case errorCode.tooLarge:
      return new TooLargeError(message);
    case errorCode.unavailable:
      return data.reason === "uncertain" ? uncertain(message, data) : null;
    default:
      return null;
  }
}

/** With a reason it is more than that: it tells of a view, which must not be lost on the way. */
function notOwner({ partition, hint, reason }: StatedData): NotOwnerError | null {
  return typeof partition === "number" && reason === undefined ? new NotOwnerError(partition, hint) : null;
}

function uncertain(message: string, { isMoving }: StatedData): UncertainError {
  return new UncertainError(message.replace(/^Cannot tell: /, ""), { isMoving: isMoving === true });
}

function versionConflict(current: unknown): VersionConflictError | null {
  return typeof current === "string" || current === null ? new VersionConflictError(current) : null;
}

function isHint(hint: unknown): hint is { id: string; url: string } {
  return isObject(hint) && typeof hint["id"] === "string" && typeof hint["url"] === "string";
}
