import { TooLargeError } from "../core/errors.ts";
import type { Log } from "../core/ports.ts";
import type { NodeService } from "../core/service.ts";
import { inertHeaders } from "./answer_headers.ts";
import { readBody } from "./bounded_body.ts";
import { type CheckedFile, checkFile, type FileFormat, importMediaTypes, rowSource } from "./import_check.ts";
import { ImportRun, type ImportSummary } from "./import_run.ts";
import { type ConflictRule, conflictRules, ImportWriter } from "./import_writer.ts";
import { type ContextOf, json, type RestCall } from "./rest_call.ts";
import { RestError } from "./rest_error.ts";
import { badRequest, type Query, readQuery, readTtlMs } from "./rest_input.ts";
import type { Route } from "./route.ts";
import { pause } from "./pause.ts";
import { jsonLines, streamOf } from "./text_stream.ts";

/** Largest file to import at once; it is held in memory, so that all of it is checked before a row is stored. */
export const fileBytesMax = 64 * 1024 * 1024;
/** Imports at a time, each with its file in memory. */
const importsMax = 2;

export interface ImportOptions {
  readonly log: Log;
  readonly fileBytesMax?: number;
  readonly wallNow?: () => number;
  readonly pause?: (ms: number) => Promise<void>;
}

/** `POST /api/import`, and what stops one. */
export function importRoutes(node: NodeService, contextOf: ContextOf, options: ImportOptions): Route[] {
  const imports = new Imports(node, contextOf, options);
  return [{
    method: "POST",
    path: "/api/import",
    summary:
      "Stores the rows of a CSV file (header key,value[,ttl_seconds][,encoding]) or of JSON Lines. All of it is " +
      "checked first; the answer tells of the progress line by line",
    query: {
      dry: "true: check the file and say what would happen, store nothing",
      onConflict: `${conflictRules.join(", ")}: what to do with a key that exists; overwrite by default`,
      prefix: "goes before every key",
      ttl: "seconds after which rows are gone that do not say themselves",
    },
    takes: Object.values(importMediaTypes),
    gives: ["application/x-ndjson"],
    answers: { 200: "importLine" },
    refusals: { 422: "badFile" },
    handle: (call) => imports.answer(call),
  }, {
    method: "DELETE",
    path: "/api/import/{id}",
    summary:
      "Stops an import that runs on this node. What is stored stays; the import's own answer says how far",
    answers: { 200: "stopped" },
    handle: ({ query }, { id = "" }) => {
      readQuery(query, []);
      return imports.stop(id);
    },
  }];
}

class Imports {
  readonly #node: NodeService;
  readonly #contextOf: ContextOf;
  readonly #options: Required<ImportOptions>;
  /** Being read and checked, or running. */
  #count = 0;
  /** Those that store rows, by id. */
  readonly #running = new Map<string, AbortController>();

  constructor(node: NodeService, contextOf: ContextOf, options: ImportOptions) {
    this.#node = node;
    this.#contextOf = contextOf;
    this.#options = { fileBytesMax, wallNow: Date.now, pause, ...options };
  }

  async answer(call: RestCall): Promise<Response> {
    const query = readQuery(call.query, ["dry", "onConflict", "prefix", "ttl"]);
    const isDry = readFlag(query, "dry");
    const onConflict = readRule(query);
    const format = readFormat(call.request, onConflict);
    const ttl = query.get("ttl");
    const ttlSeconds = ttl === undefined ? undefined : readTtlMs(ttl) / 1_000;
    this.#enter();
    try {
      const prefix = query.get("prefix") ?? "";
      return await this.#begin(call.request, { isDry, onConflict, format, prefix, ttlSeconds });
    } catch (error) {
      this.#count--;
      throw error;
    }
  }

  stop(id: string): Response {
    const stopping = this.#running.get(id);
    if (stopping === undefined) {
      throw new RestError(404, "UNKNOWN_IMPORT", "Cannot stop this import: it does not run on this node");
    }
    stopping.abort();
    return json({ success: true });
  }

  #enter(): void {
    if (this.#count >= importsMax) {
      const message = `Cannot begin: ${importsMax} imports are running on this node`;
      throw new RestError(503, "OVERLOADED", message, { "retry-after": "5" });
    }
    this.#count++;
  }

  async #begin(
    request: Request,
    { isDry, onConflict, ...form }: {
      readonly isDry: boolean;
      readonly onConflict: ConflictRule;
      readonly format: FileFormat;
      readonly prefix: string;
      readonly ttlSeconds: number | undefined;
    },
  ): Promise<Response> {
    const context = this.#contextOf(request.headers);
    const { valueBytesMax } = this.#node.config;
    const needsVersions = onConflict === "newer";
    const body = await this.#readFile(request);
    const source = rowSource(body, { ...form, valueBytesMax, needsVersions });
    const file = await checkFile(source);
    if (file.kind === "bad") {
      this.#count--;
      return badFileResponse(file);
    }
    const id = crypto.randomUUID();
    const stopping = new AbortController();
    const isStopped = () => request.signal.aborted || stopping.signal.aborted;
    const writer = new ImportWriter(this.#node, {
      onConflict,
      isDry,
      context,
      isStopped,
      wallNow: this.#options.wallNow,
      pause: this.#options.pause,
    });
    const run = new ImportRun({
      id,
      source,
      check: file.check,
      isDry,
      isStopped,
      write: (row) => writer.write(row),
      now: () => performance.now(),
      onEnd: (summary, error) => this.#leave(id, summary, error),
    });
    this.#running.set(id, stopping);
    return new Response(streamOf(jsonLines(run.lines())), {
      headers: { ...inertHeaders, "content-type": "application/x-ndjson", "cache-control": "no-store" },
    });
  }

  async #readFile(request: Request): Promise<Uint8Array> {
    const bytesMax = this.#options.fileBytesMax;
    try {
      return await readBody(request, bytesMax);
    } catch (error) {
      if (!(error instanceof TooLargeError)) throw error;
      const message = `Cannot import the file: it is larger than ${bytesMax} bytes. Import it in parts, or ` +
        `with rondo import`;
      throw new RestError(413, "FILE_TOO_LARGE", message);
    }
  }

  #leave(id: string, summary: ImportSummary, error: unknown): void {
    this.#count--;
    this.#running.delete(id);
    const { log } = this.#options;
    if (error !== undefined) log("error", "import.failed", { ...summary, error });
    else log("info", summary.finished ? "import.finished" : "import.stopped", { ...summary });
  }
}

function readFlag(query: Query, name: string): boolean {
  const text = query.get(name) ?? "false";
  if (/^(true|1)$/.test(text)) return true;
  if (/^(false|0|)$/.test(text)) return false;
  throw badRequest("BAD_QUERY", `Cannot use this ${name}: it takes true or false`);
}

function readRule(query: Query): ConflictRule {
  const text = query.get("onConflict") ?? "overwrite";
  const rule = conflictRules.find((name) => name === text);
  if (rule !== undefined) return rule;
  throw badRequest("BAD_QUERY", `Cannot use this onConflict: it takes ${conflictRules.join(", ")}`);
}

/** A page of another site cannot send either type without asking first. */
function readFormat({ headers }: Request, onConflict: ConflictRule): FileFormat {
  const [mediaType] = (headers.get("content-type") ?? "").toLowerCase().split(";");
  const format = (["csv", "jsonl"] as const).find((name) => importMediaTypes[name] === mediaType?.trim());
  if (format === undefined) {
    const types = Object.values(importMediaTypes).join(" or ");
    throw new RestError(415, "UNSUPPORTED_MEDIA_TYPE", `Cannot take this body: it takes ${types}`);
  }
  if (format === "csv" && onConflict === "newer") {
    throw badRequest("BAD_QUERY", "Cannot keep the newer of two rows from CSV: it has no versions");
  }
  return format;
}

function badFileResponse({ bad, problems, rows }: Extract<CheckedFile, { kind: "bad" }>): Response {
  const [first] = problems;
  const where = first === undefined ? "" : ` Line ${first.row}: ${first.message}.`;
  const message = `Cannot import the file: ${bad === 1 ? "1 problem" : `${bad} problems`} in it.${where} ` +
    `Nothing was stored`;
  return json({
    error: { code: "BAD_FILE", message, requestId: crypto.randomUUID() },
    problems,
    bad,
    rows,
  }, 422);
}
