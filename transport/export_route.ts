import { keyValueHeaderLine, keyValueLine } from "../client/rows/key_value_columns.ts";
import type { Log } from "../core/ports.ts";
import type { WireRecord } from "../core/protocol.ts";
import type { NodeService } from "../core/service.ts";
import { inertHeaders } from "./answer_headers.ts";
import { pause } from "./pause.ts";
import { isLive, type LiveRecord } from "./record_life.ts";
import { exportScopes, RecordWalk, type RecordWalkOptions, type WalkPage } from "./record_walk.ts";
import type { RestCall } from "./rest_call.ts";
import { RestError } from "./rest_error.ts";
import { badRequest, type Query, readQuery } from "./rest_input.ts";
import { isoMoment } from "./rest_shapes.ts";
import type { Route } from "./route.ts";
import { streamOf } from "./text_stream.ts";

const formats = ["jsonl", "csv"] as const;
type Format = typeof formats[number];

/** How a file of this format begins, and how a record is written into it. */
interface FormatRules {
  readonly mediaType: string;
  readonly header: string;
  readonly line: (record: LiveRecord, wallMs: number) => string;
}

const rules: Readonly<Record<Format, FormatRules>> = {
  jsonl: { mediaType: "application/x-ndjson", header: "", line: jsonLine },
  csv: { mediaType: "text/csv; charset=utf-8; header=present", header: keyValueHeaderLine, line: csvLine },
};

export interface ExportOptions {
  readonly log: Log;
  readonly pause?: RecordWalkOptions["pause"];
  readonly wallNow?: () => number;
}

/** Files that are read at a time. Each walks the whole ring, at the pace of its reader. */
export const exportsMax = 8;
const retryAfterSeconds = 5;

/** `GET /api/export`: all records, as a file that an import reads back. */
export function exportRoute(node: NodeService, options: ExportOptions): Route {
  const running = new Set<RestCall>();
  return {
    method: "GET",
    path: "/api/export",
    summary: "Every key with its value, as a file that an import reads back. A file cut short is an error",
    query: {
      prefix: "of the key",
      scope: "ring (each key once; the default) or node (what this node has a copy of)",
      format: "jsonl (the default) or csv (key,value,ttl_seconds,encoding)",
    },
    gives: ["application/x-ndjson", "text/csv"],
    answers: { 200: "exportRow" },
    handle: async (call) => {
      if (running.size >= exportsMax) throw tooManyExports();
      running.add(call);
      const end = () => void running.delete(call);
      try {
        return await answerExport(node, options, call, end);
      } catch (error) {
        end();
        throw error;
      }
    },
  };
}

async function answerExport(
  node: NodeService,
  { log, pause: pauseFor = pause, wallNow = Date.now }: ExportOptions,
  call: RestCall,
  end: () => void,
): Promise<Response> {
  const query = readQuery(call.query, ["prefix", "scope", "format"]);
  const scope = oneOf(query, "scope", exportScopes);
  const format = oneOf(query, "format", formats);
  const pages = new RecordWalk(node, { scope, pause: pauseFor }).pages();
  // Before the first byte: a ring that is out of reach is a proper error then, and not a broken file.
  const first = await pages.next();
  const texts = textsOf(rules[format], first.value?.records ?? [], pages, query.get("prefix") ?? "", wallNow);
  const whose = scope === "ring" ? "" : `_node-${node.self.id.slice(0, 8)}`;
  const name = `ring-${node.config.cluster}${whose}_keys_${fileMoment(wallNow())}.${format}`;
  // Of a HEAD's answer the file is thrown away without a word to whoever makes it.
  const isForNobody = call.request.method === "HEAD";
  if (isForNobody) end();
  const body = isForNobody ? null : streamOf(endedBy(end, logged(texts, log)));
  return new Response(body, {
    headers: {
      ...inertHeaders,
      "content-type": rules[format].mediaType,
      "content-disposition": `attachment; filename="${name.replaceAll(/[^\w.-]/g, "-")}"`,
      "cache-control": "no-store",
    },
  });
}

/** The file, page by page; records that are gone are left out. */
async function* textsOf(
  { header, line }: FormatRules,
  firstPage: readonly WireRecord[],
  otherPages: AsyncIterable<WalkPage>,
  prefix: string,
  wallNow: () => number,
): AsyncGenerator<string, void, undefined> {
  const textOf = (page: readonly WireRecord[]) => {
    const wallMs = wallNow();
    return page.filter((record) => isLive(record, wallMs)).filter(({ key }) => key.startsWith(prefix))
      .map((record) => line(record, wallMs)).join("");
  };
  yield header + textOf(firstPage);
  for await (const { records } of otherPages) yield textOf(records);
}

/** What goes wrong here can no longer be answered: the connection breaks, so that nobody takes it for the whole. */
async function* logged(
  texts: AsyncGenerator<string, void, undefined>,
  log: Log,
): AsyncGenerator<string, void, undefined> {
  try {
    for await (const text of texts) if (text !== "") yield text;
  } catch (error) {
    log("warn", "export.cutShort", { error });
    throw error;
  }
}

/** A stream begins by itself, so that whatever becomes of it the end is reached. */
async function* endedBy(
  end: () => void,
  texts: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  try {
    yield* texts;
  } finally {
    end();
  }
}

function tooManyExports(): RestError {
  return new RestError(
    503,
    "OVERLOADED",
    `Cannot begin: ${exportsMax} exports are being read from this node`,
    {
      "retry-after": String(retryAfterSeconds),
    },
  );
}

function jsonLine({ key, value, version, expiresAtMs }: LiveRecord): string {
  return `${JSON.stringify({ key, value, version, expiresAt: exportMoment(expiresAtMs) })}\n`;
}

/** ISO 8601 has four digits for the year; what lasts longer is told in milliseconds. */
function exportMoment(ms: number | null): string | number | null {
  const text = isoMoment(ms);
  return text === null || /^\d/.test(text) ? text : new Date(text).getTime();
}

function csvLine({ key, value, expiresAtMs }: LiveRecord, wallMs: number): string {
  const ttlSeconds = expiresAtMs === null ? null : Math.max(1, Math.ceil((expiresAtMs - wallMs) / 1_000));
  return keyValueLine(key, Uint8Array.fromBase64(value), ttlSeconds);
}

/** `2026-11-22T1402Z`: a colon may not be in a file's name everywhere. */
function fileMoment(wallMs: number): string {
  const iso = new Date(wallMs).toISOString();
  return `${iso.slice(0, 13)}${iso.slice(14, 16)}Z`;
}

function oneOf<T extends string>(query: Query, name: string, [first, ...others]: readonly [T, ...T[]]): T {
  const text = query.get(name) ?? first;
  const known = [first, ...others].find((value) => value === text);
  if (known !== undefined) return known;
  throw badRequest(
    `BAD_${name.toUpperCase()}`,
    `Cannot use this ${name}: it takes ${[first, ...others].join(" or ")}`,
  );
}
