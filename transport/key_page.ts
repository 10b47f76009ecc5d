import * as z from "zod";
import type { Cursor } from "../core/ports.ts";
import { pageRecordsMax } from "../core/protocol.ts";
import type { NodeService } from "../core/service.ts";
import { parseJson } from "./json_rpc.ts";
import { type ContextOf, json, type RestCall } from "./rest_call.ts";
import { badRequest, type Query, readQuery } from "./rest_input.ts";
import { isoMoment } from "./rest_shapes.ts";

const limitDefault = 100;

/** `GET /api/keys`: a page of the keys that this node holds, in ring order. */
export async function answerKeyPage(
  node: NodeService,
  contextOf: ContextOf,
  { request, query: text }: RestCall,
): Promise<Response> {
  const query = readQuery(text, ["prefix", "limit", "cursor", "scope"]);
  checkScope(query.get("scope"));
  const params = { prefix: query.get("prefix") ?? "", limit: readLimit(query), after: readCursor(query) };
  const { keys, next } = await node.handle("kv.list", params, contextOf(request.headers));
  return json({
    scope: "node",
    keys: keys.map(({ key, bytes, version, expiresAtMs, role }) => ({
      key,
      size: bytes,
      version,
      expiresAt: isoMoment(expiresAtMs),
      role,
    })),
    cursor: next === null ? null : writeCursor(next),
  });
}

function checkScope(scope = "node"): void {
  if (scope === "node") return;
  const why = scope === "ring" ? "listing the whole ring is not built yet" : "it takes node";
  throw badRequest("BAD_SCOPE", `Cannot use this scope: ${why}`);
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
