import { networkError } from "./exchange.ts";
import { withQuery } from "./key_path.ts";
import type { RondoClient } from "./rondo_client.ts";
import { isAboutThisNode, RondoError } from "./rondo_error.ts";
import { errorOfAnswer } from "./server_error.ts";

export const exportFormats = ["jsonl", "csv"] as const;
export type ExportFormat = typeof exportFormats[number];

export interface ExportOptions {
  readonly prefix?: string;
  /** `node`: only what the asked node has copies of. */
  readonly scope?: "node" | "ring";
  readonly format?: ExportFormat;
  readonly signal?: AbortSignal;
}

/** Path and query under which a node gives the file; a browser may simply go there. */
export function exportPath({ prefix = "", scope, format }: ExportOptions): string {
  return withQuery("/api/export", {
    ...(prefix === "" ? {} : { prefix }),
    ...(scope === undefined ? {} : { scope }),
    ...(format === undefined ? {} : { format }),
  });
}

/**
 * The file of an export, as it comes: from the first node that answers.
 *
 * @throws RondoError when none does; and its reading fails with one when the file breaks off, which makes it worthless.
 */
export async function* openExport(
  client: Pick<RondoClient, "urls" | "fetch">,
  options: ExportOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { url, body } = await firstAnswer(client, options);
  if (body === null) return;
  try {
    yield* body;
  } catch (cause) {
    throw networkError({ effect: "none" }, url, cause);
  }
}

async function firstAnswer(
  { urls, fetch }: Pick<RondoClient, "urls" | "fetch">,
  options: ExportOptions,
): Promise<{ url: string; body: ReadableStream<Uint8Array> | null }> {
  let failure: RondoError | null = null;
  for (const url of urls.length === 0 ? [""] : urls) {
    try {
      return { url, body: await ask(fetch, url, options) };
    } catch (error) {
      if (!(error instanceof RondoError) || !isAboutThisNode(error)) throw error;
      failure = error;
    }
  }
  throw failure ?? new RangeError("Cannot export from no node");
}

async function ask(
  fetch: RondoClient["fetch"],
  url: string,
  options: ExportOptions,
): Promise<ReadableStream<Uint8Array> | null> {
  let response: Response;
  try {
    const signal = options.signal === undefined ? {} : { signal: options.signal };
    response = await fetch(url + exportPath(options), { redirect: "error", ...signal });
  } catch (cause) {
    throw networkError({ effect: "none" }, url, cause);
  }
  if (response.ok) return response.body;
  const { status, headers } = response;
  throw errorOfAnswer({ url, status, headers, text: await response.text() }, false);
}
