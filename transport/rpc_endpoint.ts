import { ChordError, type ErrorCode, errorCode, WrongRingError } from "../core/errors.ts";
import type { CallContext } from "../core/service.ts";
import type { Audit } from "./access/audit.ts";
import { jsonHeaders } from "./answer_headers.ts";
import { drain, readBody } from "./bounded_body.ts";
import { header, readTimeoutMs } from "./deadline.ts";
import { invalidRequest, type RpcErrorObject, toErrorObject, writeError } from "./json_rpc.ts";
import { requireJson, type RestCall } from "./rest_call.ts";
import { httpStatusOf, methodNotAllowed, RestError } from "./rest_error.ts";
import type { RpcServer } from "./rpc_server.ts";
import type { RpcCaller } from "./trust/rpc_caller.ts";
import { type RingTrust, unauthenticated, type VerifiedRequest } from "./trust/ring_trust.ts";
import { signatureHeader } from "./trust/signed_text.ts";

export interface RpcEndpointOptions {
  readonly server: RpcServer;
  readonly cluster: string;
  /** The receiver that `x-rondo-to` must name. */
  readonly self: string;
  readonly timeoutMsMax: number;
  readonly bodyBytesMax: number;
  /** Says whether the request may come in at all. @throws RestError */
  readonly enter?: ((call: RestCall) => void) | undefined;
  /** Knows nodes by their signatures; without it there are none. */
  readonly trust?: RingTrust | undefined;
  /** Says who sent a request that no node has signed, as by its token; null for a stranger. Without it all are. */
  readonly admit?: Admit | undefined;
  /** Told of the commands of clients. */
  readonly audit?: Audit | undefined;
}

/** Must not read the body. @throws RestError or ChordError for whom it refuses. */
export type Admit = (call: RestCall) => RpcCaller | null | Promise<RpcCaller | null>;

/**
 * `POST /rpc`.
 *
 * What reaches JSON-RPC is answered with 200, or 204 when there is nothing to say. What is refused before that
 * carries an HTTP status and, so that a JSON-RPC client understands it all the same, an error with id null. Whoever
 * has signed its request gets a signed answer, also when that refuses it.
 */
export async function answerRpc(call: RestCall, options: RpcEndpointOptions): Promise<Response> {
  const { request } = call;
  try {
    const { enter, trust } = options;
    enter?.(call);
    if (request.method !== "POST") throw methodNotAllowed(["POST"]);
    const signature = trust === undefined ? null : request.headers.get(signatureHeader);
    if (trust !== undefined && signature !== null) {
      return await answerSigned(request, signature, options, trust);
    }
    return await answerUnsigned(call, options);
  } catch (error) {
    if (error instanceof RestError) {
      return await refused(request, error.status, errorObjectOf(error), error.headers);
    }
    if (!(error instanceof ChordError)) throw error;
    return await refused(request, httpStatusOf(error), toErrorObject(error), {});
  }
}

async function answerUnsigned(call: RestCall, options: RpcEndpointOptions): Promise<Response> {
  const { request } = call;
  const caller = await unsignedCaller(call, options);
  requireJson(request);
  const context = readContext(request.headers, options);
  const body = await readBody(request, options.bodyBytesMax);
  const commands: string[] = [];
  let isRefused = false;
  const onCommand = (command: string, isForbidden: boolean) => {
    commands.push(command);
    isRefused ||= isForbidden;
  };
  // Nodes are no clients, and what they tell each other is nobody's act.
  const audit = call.caller === undefined ? undefined : options.audit;
  const text = await options.server.answer(body, {
    ...context,
    caller,
    onCommand: audit === undefined ? undefined : onCommand,
  });
  const response = text === null
    ? new Response(null, { status: 204 })
    : new Response(text, { headers: jsonHeaders });
  audit?.noteRpc(call, commands, isRefused ? 403 : response.status, response);
  return response;
}

const codes: Readonly<Record<number, ErrorCode>> = {
  401: errorCode.unauthenticated,
  403: errorCode.forbidden,
  421: errorCode.wrongRing,
  429: errorCode.overloaded,
};

/** What the front door refuses, in the words of JSON-RPC. */
function errorObjectOf({ headers, message, status }: RestError): RpcErrorObject {
  const code = codes[status];
  if (code === undefined) return invalidRequest;
  const seconds = headers["retry-after"];
  const retry = seconds === undefined ? {} : { retryAfterMs: Number(seconds) * 1_000 };
  return { code, message, data: { definite: true, ...retry } };
}

/** Nothing of the body is looked at before its signature is known to be right. */
async function answerSigned(
  request: Request,
  signature: string,
  options: RpcEndpointOptions,
  trust: RingTrust,
): Promise<Response> {
  const body = await readBody(request, options.bodyBytesMax);
  const verified = trust.verify(signature, request.headers, body);
  requireJson(request);
  const { status, text } = await answerPeer(verified, body, request.headers, options);
  const signed = { [signatureHeader]: verified.answerSignature(status, text ?? "") };
  return new Response(text, { status, headers: { ...jsonHeaders, ...signed } });
}

async function answerPeer(
  { from, to, refusal }: VerifiedRequest,
  body: Uint8Array,
  headers: Headers,
  options: RpcEndpointOptions,
): Promise<{ status: number; text: string | null }> {
  try {
    if (refusal !== null) throw refusal;
    const caller: RpcCaller = { kind: "peer", id: from, isAddressed: to !== "" };
    const text = await options.server.answer(body, { ...readContext(headers, options), from, caller });
    return { status: text === null ? 204 : 200, text };
  } catch (error) {
    if (!(error instanceof ChordError)) throw error;
    return { status: httpStatusOf(error), text: writeError(null, toErrorObject(error)) };
  }
}

/** @throws ChordError (unauthenticated) when the ring has a secret and nobody else vouches for the request. */
async function unsignedCaller(call: RestCall, { trust, admit }: RpcEndpointOptions): Promise<RpcCaller> {
  const caller = admit === undefined ? null : await admit(call);
  if (caller !== null) return caller;
  if (trust !== undefined || admit !== undefined) throw unauthenticated();
  return { kind: "anyone" };
}

async function refused(
  request: Request,
  status: number,
  error: RpcErrorObject,
  headers: Record<string, string>,
): Promise<Response> {
  await drain(request);
  return new Response(writeError(null, error), { status, headers: { ...jsonHeaders, ...headers } });
}

/** @throws ChordError when the request is meant for another node or ring, or comes too late to begin. */
function readContext(headers: Headers, { cluster, self, timeoutMsMax }: RpcEndpointOptions): CallContext {
  const wantedCluster = headers.get(header.cluster);
  if (wantedCluster !== null && wantedCluster !== cluster) {
    throw new WrongRingError("Cannot take this call: it is for another cluster");
  }
  const receiver = headers.get(header.to);
  if (receiver !== null && receiver !== self) {
    throw new ChordError(errorCode.wrongRing, "Cannot take this call: it is for another node");
  }
  return { timeoutMs: readTimeoutMs(headers, timeoutMsMax) };
}
