import * as z from "zod";
import type { Cursor } from "../core/ports.ts";
import { pageRecordsMax } from "../core/protocol.ts";
import type { NodeService } from "../core/service.ts";
import { parseJson } from "./json_rpc.ts";
import { type ContextOf, json, type RestCall } from "./rest_call.ts";
import { badRequest, type Query, readQuery } from "./rest_input.ts";
import { isoMoment } from "./rest_shapes.ts";
import { findInRing } from "./ring_keys.ts";
import type { Route } from "./route.ts";

const limitDefault = 100;
const scopes = ["node", "ring"] as const;
type Scope = typeof scopes[number];

/** `GET /api/keys`: a page of keys, in ring order. */
export function keyPageRoute(node: NodeService, contextOf: ContextOf): Route {
  return {
    method: "GET",
    path: "/api/keys",
    summary:
      "A page of the keys that this node holds, or of all keys of the ring, in ring order. A page of the " +
      "ring may be short or empty and yet have a cursor: the search goes on there",
    query: {
      prefix: "of the key",
      limit: `1 to ${pageRecordsMax}`,
      cursor: "from the page before, of the same scope",
      scope: "node (the default) or ring",
    },
    answers: { 200: "keys" },
    handle: (call) => answerKeyPage(node, contextOf, call),
  };
}

async function answerKeyPage(
  node: NodeService,
  contextOf: ContextOf,
  { request, query: text }: RestCall,
): Promise<Response> {
  const query = readQuery(text, ["prefix", "limit", "cursor", "scope"]);
  const scope = readScope(query.get("scope"));
  const wanted = { prefix: query.get("prefix") ?? "", limit: readLimit(query), after: readCursor(query) };
  const context = contextOf(request.headers);
  const page = scope === "node"
    ? await node.handle("kv.list", nodePlace(wanted), context)
    : await findInRing(node, { ...wanted, timeoutMs: context.timeoutMs });
  const { keys, next, ...more } = page;
  return json({
    scope,
    keys: keys.map(({ bytes, expiresAtMs, ...key }) => ({
      ...key,
      size: bytes,
      expiresAt: isoMoment(expiresAtMs),
    })),
    cursor: next === null ? null : writeCursor(next),
    ...more,
  });
}

function nodePlace<T extends { readonly after: Cursor | null }>({ after, ...wanted }: T) {
  return { ...wanted, after: after?.key === "" ? null : after };
}

function readScope(text: string = scopes[0]): Scope {
  const scope = scopes.find((name) => name === text);
  if (scope !== undefined) return scope;
  throw badRequest("BAD_SCOPE", `Cannot use this scope: it takes ${scopes.join(" or ")}`);
}

function readLimit(query: Query): number {
  const text = query.get("limit") ?? String(limitDefault);
  const limit = Number(text);
  if (/^[1-9][0-9]*$/.test(text) && limit <= pageRecordsMax) return limit;
  throw badRequest("BAD_LIMIT", `Cannot use this limit: it takes a whole number from 1 to ${pageRecordsMax}`);
}

const cursorForm = z.tuple([z.int().min(0), z.string()]);

/** A cursor is text that only this file can read, so that its content may change. */
function writeCursor({ partition, key }: Cursor): string {
  return new TextEncoder().encode(JSON.stringify([partition, key]))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

function readCursor(query: Query): Cursor | null {
  const text = query.get("cursor");
  if (text === undefined) return null;
  try {
    const [partition, key] = cursorForm.parse(
      parseJson(Uint8Array.fromBase64(text, { alphabet: "base64url" })),
    );
    return { partition, key };
  } catch {
    throw badRequest("BAD_CURSOR", "Cannot use this cursor: it takes the one from the page before");
  }
}
