import { ChordError, errorCode, WrongRingError } from "../core/errors.ts";
import type { CallContext } from "../core/service.ts";
import { drain, readBody } from "./bounded_body.ts";
import { header, readTimeoutMs } from "./deadline.ts";
import { invalidRequest, type RpcErrorObject, toErrorObject, writeError } from "./json_rpc.ts";
import { httpStatusOf } from "./rest_error.ts";
import type { RpcServer } from "./rpc_server.ts";

export interface RpcEndpointOptions {
  readonly server: RpcServer;
  readonly cluster: string;
  /** The receiver that `x-rondo-to` must name. */
  readonly self: string;
  readonly timeoutMsMax: number;
  readonly bodyBytesMax: number;
}

const jsonHeaders = { "content-type": "application/json" };

/**
 * `POST /rpc`.
 *
 * What reaches JSON-RPC is answered with 200, or 204 when there is nothing to say. What is refused before that
 * carries an HTTP status and, so that a JSON-RPC client understands it all the same, an error with id null.
 */
export async function answerRpc(request: Request, options: RpcEndpointOptions): Promise<Response> {
  try {
    const refusal = refuse(request);
    if (refusal !== null) return await refused(request, refusal.status, invalidRequest, refusal.headers);
    const context = readContext(request.headers, options);
    const body = await readBody(request, options.bodyBytesMax);
    const text = await options.server.answer(body, context);
    if (text === null) return new Response(null, { status: 204 });
    return new Response(text, { headers: jsonHeaders });
  } catch (error) {
    if (!(error instanceof ChordError)) throw error;
    return await refused(request, httpStatusOf(error), toErrorObject(error), {});
  }
}

function refuse(request: Request): { status: number; headers: Record<string, string> } | null {
  if (request.method !== "POST") return { status: 405, headers: { allow: "POST" } };
  if (!isJson(request.headers.get("content-type"))) return { status: 415, headers: {} };
  return null;
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

/** Whether a Content-Type says JSON in UTF-8; JSON has no other encoding between systems (RFC 8259, 8.1). */
export function isJson(contentType: string | null): boolean {
  if (contentType === null) return false;
  const [mediaType, ...parameters] = contentType.toLowerCase().split(";").map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  return mediaType === "application/json" &&
    (charset === undefined || /^charset="?utf-?8"?$/.test(charset));
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
