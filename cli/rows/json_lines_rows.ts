import * as z from "zod";
import { linesOf } from "./lines.ts";
import { badRow, checkedRow, type ParsedRow } from "./row.ts";

/** One line of an export: the value in base64, or as text. The version is the source's and not kept. */
const line = z.strictObject({
  key: z.string(),
  value: z.base64().optional(),
  text: z.string().optional(),
  version: z.string().optional(),
  expiresAt: z.union([z.iso.datetime({ offset: true }), z.int().min(0)]).nullish(),
});

export interface JsonLinesOptions {
  readonly prefix: string;
  /** For rows that do not say when they expire. */
  readonly ttlSeconds?: number;
}

/** The rows of a JSON Lines file. Blank lines are none. */
export async function* jsonLinesRows(
  stream: ReadableStream<Uint8Array>,
  name: string,
  options: JsonLinesOptions,
): AsyncGenerator<ParsedRow> {
  for await (const { number, text } of linesOf(stream, name)) {
    if (text === null) yield badRow(number, "it is not UTF-8");
    else if (text.trim() !== "") yield rowOf(number, text, options);
  }
}

function rowOf(number: number, text: string, { prefix, ttlSeconds }: JsonLinesOptions): ParsedRow {
  const json = parse(text);
  if (json === undefined) return badRow(number, "it is not JSON");
  const parsed = line.safeParse(json);
  if (!parsed.success) return badRow(number, problemOf(parsed.error));
  const { key, value, text: valueText, expiresAt = null } = parsed.data;
  if ((value === undefined) === (valueText === undefined)) {
    return badRow(number, 'it takes either "value" (base64) or "text"');
  }
  const bytes = value === undefined ? valueText ?? "" : Uint8Array.fromBase64(value);
  const expiry = expiresAt !== null
    ? { expiresAt: new Date(expiresAt) }
    : ttlSeconds === undefined
    ? {}
    : { ttlSeconds };
  if (key === "") return badRow(number, "its key is empty");
  return checkedRow({ line: number, key: prefix + key, value: bytes, ...expiry });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The first issue in a few words: which member, and what is wrong with it. */
function problemOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return "it is no row";
  const member = issue.path.length === 0 ? "it" : `"${issue.path.join(".")}"`;
  return `${member} is not right: ${issue.message}`;
}
