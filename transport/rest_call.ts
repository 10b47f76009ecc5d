import * as z from "zod";
import type { CallContext } from "../core/service.ts";
import { jsonHeaders } from "./answer_headers.ts";
import { drain, readBody } from "./bounded_body.ts";
import type { Caller, Role } from "./guard/caller.ts";
import { clientBounds, JsonBoundsError } from "./guard/json_bounds.ts";
import { parseJson } from "./json_rpc.ts";
import { issuesOf } from "./param_issues.ts";
import { RestError } from "./rest_error.ts";
import { badRequest, checkKey, decodePercent, type Query, readQuery } from "./rest_input.ts";

/** A REST request with its URL taken apart by text: a URL object would cost half of the throughput. */
export interface RestCall {
  readonly request: Request;
  /** As it was sent: not decoded, not normalized. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** Undefined within the process. */
  readonly connection?: Connection | undefined;
  /** Who makes it, once that was asked. */
  caller?: Caller | null;
  /** What it takes, once it is known what is asked for; null: nothing. */
  needed?: Role | null;
}

/** What a server knows of the other end. */
export interface Connection {
  readonly remoteAddr: Deno.Addr;
}

/** The address a request comes from; empty within the process. */
export function addressOf({ connection }: RestCall): string {
  const address = connection?.remoteAddr;
  return address !== undefined && "hostname" in address ? address.hostname : "";
}

/** Where the path begins in `http://h...` and `https://h...`: the first slash at or after this. */
const hostBegins = 8;

export function readCall(request: Request, connection?: Connection): RestCall {
  const { url } = request;
  const begin = url.indexOf("/", hostBegins);
  const mark = url.indexOf("?", begin);
  if (mark === -1) return { request, path: url.slice(begin), query: "", connection };
  return { request, path: url.slice(begin, mark), query: url.slice(mark + 1), connection };
}

/** Five times what the longest key takes when all of it is percent-encoded. */
const targetCharsMax = 8 * 1024;

export function isTooLong({ path, query }: RestCall): boolean {
  return path.length + query.length > targetCharsMax;
}

/** What follows `prefix` in the path, or `?key=` for keys like `.` and `..` that cannot travel in a path. */
export function readTarget(call: RestCall, prefix: string, allowed: readonly string[]): Target {
  if (call.path.startsWith(prefix)) {
    const key = checkKey(decodePercent(call.path.slice(prefix.length)));
    return { key, query: call.query === "" ? noQuery : readQuery(call.query, allowed) };
  }
  const query = readQuery(call.query, ["key", ...allowed]);
  return { key: checkKey(query.get("key") ?? ""), query };
}

export interface Target {
  readonly key: string;
  readonly query: Query;
}

const noQuery: Query = new Map();

/** The checked JSON body. @throws RestError 415 or 400, TooLargeError when it is over `bytesMax`. */
export async function readJsonBody<S extends z.ZodType>(
  request: Request,
  schema: S,
  bytesMax: number,
): Promise<z.output<S>> {
  requireJson(request);
  const parsed = schema.safeParse(parseBody(await readBody(request, bytesMax)));
  if (parsed.success) return parsed.data;
  const [issue] = issuesOf(parsed.error);
  throw badRequest(
    "BAD_BODY",
    `Cannot use the body: ${[issue?.path, issue?.message].filter(Boolean).join(": ")}`,
  );
}

/** A page of another site can send forms and plain text without asking, but not application/json. */
export function requireJson(request: Request): void {
  if (isJson(request.headers.get("content-type"))) return;
  throw new RestError(415, "UNSUPPORTED_MEDIA_TYPE", "Cannot take this body: it takes application/json");
}

/** Whether a Content-Type says JSON in UTF-8; JSON has no other encoding between systems (RFC 8259, 8.1). */
function isJson(contentType: string | null): boolean {
  if (contentType === null) return false;
  const [mediaType, ...parameters] = contentType.toLowerCase().split(";").map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  return mediaType === "application/json" &&
    (charset === undefined || /^charset="?utf-?8"?$/.test(charset));
}

function parseBody(body: Uint8Array): unknown {
  try {
    return parseJson(body, clientBounds);
  } catch (error) {
    if (error instanceof JsonBoundsError) {
      throw badRequest("BAD_BODY", `Cannot use the body: ${error.message}`);
    }
    throw badRequest("BAD_JSON", "Cannot read the body: it is not JSON");
  }
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...jsonHeaders, ...headers },
  });
}

/**
 * Runs the work for a request and turns what it throws into an answer.
 *
 * Synchronous work stays synchronous: a read from memory is answered without a turn of the event loop.
 */
export function guarded(
  request: Request,
  work: () => Response | Promise<Response>,
  explain: (error: unknown) => Response,
): Response | Promise<Response> {
  const refuse = async (error: unknown) => {
    await drain(request);
    return explain(error);
  };
  try {
    const response = work();
    return response instanceof Response ? response : response.catch(refuse);
  } catch (error) {
    return refuse(error);
  }
}

export type ContextOf = (headers: Headers) => CallContext;
