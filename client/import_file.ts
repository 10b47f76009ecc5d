import * as z from "zod/mini";
import { networkError } from "./exchange.ts";
import { withQuery } from "./key_path.ts";
import type { RondoClient } from "./rondo_client.ts";
import { errorOfAnswer, parseJson } from "./server_error.ts";

/** What the answers to an import say (docs/protocol.md), read leniently: a newer node may say more. */

const line = z.int().check(z.minimum(1));
const counts = {
  done: z.int(),
  total: z.int(),
  ok: z.int(),
  skipped: z.int(),
  failed: z.int(),
  lastRow: z.nullable(line),
};
const begun = z.object({ id: z.string() });
const rowProblem = z.object({ row: line, key: z.string(), code: z.string(), message: z.string() });
const end = z.object({
  finished: z.boolean(),
  reason: z.optional(z.enum(["cancelled", "tooManyFailures", "internal"])),
  dry: z.boolean(),
  ...counts,
  created: z.int(),
  unknown: z.int(),
  duplicates: z.int(),
  seconds: z.number(),
});
const badFile = z.object({
  error: z.object({ message: z.string() }),
  problems: z.array(z.object({ row: line, code: z.string(), message: z.string() })),
  bad: z.int(),
  rows: z.int(),
});

export type ImportLine =
  /** The first: under this id it can be stopped. */
  | { readonly kind: "begun"; readonly id: string }
  | { readonly kind: "progress"; readonly counts: z.output<z.ZodMiniObject<typeof counts>> }
  | { readonly kind: "row"; readonly problem: z.output<typeof rowProblem> }
  /** The last. */
  | { readonly kind: "end"; readonly end: z.output<typeof end> }
  /** The only one: the file is bad, and nothing of it was stored. */
  | { readonly kind: "bad"; readonly report: z.output<typeof badFile> };

export interface ImportFileOptions {
  readonly format: "csv" | "jsonl";
  readonly prefix?: string;
  readonly ttlSeconds?: number | undefined;
  readonly onConflict?: "overwrite" | "skip" | "newer";
  readonly isDry?: boolean;
  readonly signal?: AbortSignal;
}

type Asker = Pick<RondoClient, "urls" | "fetch">;

const mediaTypes = { csv: "text/csv", jsonl: "application/x-ndjson" } as const;

/**
 * Has the first node of the client import a file, and gives what it says of that as it goes.
 *
 * @throws RondoError when the node refuses, or when its answer breaks off: the import has then stopped, and its rows stay.
 */
export async function* importFile(
  client: Asker,
  file: Blob,
  options: ImportFileOptions,
): AsyncGenerator<ImportLine, void, undefined> {
  const { format, prefix = "", ttlSeconds, onConflict, isDry = false, signal } = options;
  const url = originOf(client);
  const path = withQuery("/api/import", {
    ...(prefix === "" ? {} : { prefix }),
    ...(ttlSeconds === undefined ? {} : { ttl: String(ttlSeconds) }),
    ...(onConflict === undefined ? {} : { onConflict }),
    ...(isDry ? { dry: "true" } : {}),
  });
  try {
    const response = await client.fetch(url + path, {
      method: "POST",
      headers: { "content-type": mediaTypes[format] },
      body: file,
      redirect: "error",
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.ok) return yield* told(response);
    const { status, headers } = response;
    const answer = { url, status, headers, text: await response.text() };
    const report = status === 422 ? badFile.safeParse(parseJson(answer.text)).data : undefined;
    if (report === undefined) throw errorOfAnswer(answer, true);
    yield { kind: "bad", report };
  } catch (cause) {
    throw cause instanceof TypeError || isAbort(cause) ? networkError({ effect: "once" }, url, cause) : cause;
  }
}

/** Stops an import that the first node of the client runs; its own answer says how far it came. */
export async function stopImport(client: Asker, id: string): Promise<void> {
  const url = originOf(client);
  try {
    const response = await client.fetch(`${url}/api/import/${encodeURIComponent(id)}`, {
      method: "DELETE",
      headers: { "content-type": "application/json" },
    });
    const { status, headers } = response;
    const text = await response.text();
    // It has ended by itself.
    if (!response.ok && status !== 404) throw errorOfAnswer({ url, status, headers, text }, true);
  } catch (cause) {
    throw cause instanceof TypeError ? networkError({ effect: "repeatable" }, url, cause) : cause;
  }
}

function originOf({ urls }: Asker): string {
  return urls[0] ?? "";
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

async function* told(response: Response): AsyncGenerator<ImportLine, void, undefined> {
  for await (const text of linesOf(response)) {
    const news = readLine(parseJson(text));
    if (news !== null) yield news;
  }
}

/** Null for what a newer node says beyond this. */
function readLine(json: unknown): ImportLine | null {
  const ended = end.safeParse(json);
  if (ended.success) return { kind: "end", end: ended.data };
  const progress = z.object(counts).safeParse(json);
  if (progress.success) return { kind: "progress", counts: progress.data };
  const problem = rowProblem.safeParse(json);
  if (problem.success) return { kind: "row", problem: problem.data };
  const start = begun.safeParse(json);
  return start.success ? { kind: "begun", id: start.data.id } : null;
}

/** By hand: Safari has no asynchronous iterator of streams. */
async function* linesOf({ body }: Response): AsyncGenerator<string, void, undefined> {
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      yield* lines.filter((line) => line !== "");
      if (done) return;
    }
  } finally {
    await reader.cancel();
  }
}
