import { ChordError, type ErrorCode, errorCode } from "../core/errors.ts";
import { checkBounds, type JsonBounds, rpcBounds } from "./guard/json_bounds.ts";

/**
 * The envelope of JSON-RPC 2.0: what a request must look like, and how answers are written.
 *
 * Where the specification leaves a case open the decision stands beside the constant or check that makes it.
 * Answers are written by hand in the member order of the specification's examples, so tests can compare text.
 */

/** Null is an id like any other: a request with `"id":null` is answered, one without the member is not. */
export type RpcId = string | number | null;

export interface RpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export interface RpcRequest {
  readonly method: string;
  /** By name, by position, or left out. */
  readonly params: Readonly<Record<string, unknown>> | readonly unknown[] | undefined;
  /** Undefined marks a notification: nobody waits for an answer. */
  readonly id: RpcId | undefined;
}

/** Most members of a batch. One batch is one unit of work that a peer cannot interrupt, so it stays small. */
export const batchMax = 64;

/** `data.reason` of an answer that did not fit: the client asks again, and gets further each time. */
export const batchFullReason = "batchFull";

/** An id is copied into the answer, so it must not be a way to make the node write much. */
export const idCharsMax = 128;

/** Bytes of envelope, key and options that a body may have beside its values. */
const bodyOverheadBytes = 64 * 1024;

/** Claims and confirmations do not shrink with the value limit, so a body of this size always passes. */
const smallestValueRoomBytes = 1024 * 1024;

/** The cap of one `/rpc` body, a whole batch: one value of the largest size in base64, and room around it. */
export function rpcBodyBytesMax(valueBytesMax: number): number {
  return Math.max(Math.ceil(valueBytesMax / 3) * 4, smallestValueRoomBytes) + bodyOverheadBytes;
}

export const parseError: RpcErrorObject = { code: errorCode.parse, message: "Parse error" };
export const invalidRequest: RpcErrorObject = { code: errorCode.invalidRequest, message: "Invalid Request" };
export const methodNotFound: RpcErrorObject = { code: errorCode.methodNotFound, message: "Method not found" };

/** What accompanies "Invalid params": nothing was done, and what is wrong. */
export function invalidParams(issues: readonly ParamIssue[]): RpcErrorObject {
  return { code: errorCode.invalidParams, message: "Invalid params", data: { definite: true, issues } };
}

export interface ParamIssue {
  /** Where in the parameters, as `range.first`; empty for the parameters as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Byte order marks are not JSON (RFC 8259 section 8.1), so the decoder leaves them in for the parser to refuse. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The JSON value of a body.
 *
 * @throws SyntaxError or TypeError when it is not JSON in UTF-8, or is out of bounds.
 */
export function parseJson(body: Uint8Array, bounds: JsonBounds = rpcBounds): unknown {
  checkBounds(body, bounds);
  return JSON.parse(utf8.decode(body));
}

/** The request that a JSON value stands for, or null: an invalid one, to be answered with id null. */
export function readRequest(value: unknown): RpcRequest | null {
  if (!isObject(value) || value["jsonrpc"] !== "2.0") return null;
  const { method, params, id } = value;
  if (typeof method !== "string") return null;
  if (Object.hasOwn(value, "id") && !isRpcId(id)) return null;
  if (Object.hasOwn(value, "params") && !isObject(params) && !Array.isArray(params)) return null;
  return { method, params: params as RpcRequest["params"], id: id as RpcId | undefined };
}

export function writeResult(id: RpcId, result: unknown): string {
  return `{"jsonrpc":"2.0","result":${JSON.stringify(result ?? null)},"id":${JSON.stringify(id)}}`;
}

export function writeError(id: RpcId, error: RpcErrorObject): string {
  return `{"jsonrpc":"2.0","error":${JSON.stringify(error)},"id":${JSON.stringify(id)}}`;
}

/** The error object of a failure that the protocol knows. */
export function toErrorObject({ code, message, data }: ChordError): RpcErrorObject {
  return { code, message, data };
}

export function isErrorCode(code: number): code is ErrorCode {
  return knownCodes.has(code);
}

const knownCodes: ReadonlySet<number> = new Set(Object.values(errorCode));

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Numbers beyond 2^53 - 1 would come back changed, and fractions "SHOULD NOT" be used: both are refused. */
function isRpcId(id: unknown): id is RpcId {
  if (typeof id === "string") return id.length <= idCharsMax;
  return id === null || Number.isSafeInteger(id);
}
