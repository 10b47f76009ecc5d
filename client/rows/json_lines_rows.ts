import * as z from "zod/mini";
import type { RowProblemCode } from "./bad_file.ts";
import { linesOf } from "./lines.ts";
import { badRow, checkedRow, type ParsedRow } from "./row.ts";

/** The last moment that a Date can be. */
const lastMomentMs = 8.64e15;

/** One line of an export: the value in base64, or as text. The version is the source's, and only compared. */
const line = z.strictObject({
  key: z.string(),
  value: z.optional(z.base64()),
  text: z.optional(z.string()),
  version: z.optional(z.string()),
  expiresAt: z.nullish(
    z.union([z.iso.datetime({ offset: true }), z.int().check(z.minimum(0), z.maximum(lastMomentMs))]),
  ),
});

/** What each member has to be. */
const forms: Readonly<Record<string, string>> = {
  key: "text",
  value: "base64",
  text: "text",
  version: "text",
  expiresAt: "ISO 8601 or milliseconds",
};

export interface JsonLinesOptions {
  readonly prefix: string;
  /** For rows that do not say when they expire. */
  readonly ttlSeconds?: number;
  readonly valueBytesMax?: number;
}

/** The rows of a JSON Lines file. Blank lines are none. */
export async function* jsonLinesRows(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: JsonLinesOptions,
): AsyncGenerator<ParsedRow> {
  for await (const { number, text } of linesOf(chunks, name)) {
    if (text === null) yield badRow(number, "NOT_UTF8", "it is not UTF-8");
    else if (text.trim() !== "") yield rowOf(number, text, options);
  }
}

function rowOf(number: number, text: string, options: JsonLinesOptions): ParsedRow {
  const json = parse(text);
  if (json === undefined) return badRow(number, "BAD_JSON", "it is not JSON");
  const parsed = line.safeParse(json);
  if (!parsed.success) return badRow(number, codeOf(parsed.error), problemOf(parsed.error));
  const { key, value, text: valueText, version } = parsed.data;
  if ((value === undefined) === (valueText === undefined)) {
    return badRow(number, "BAD_ROW", 'it takes either "value" (base64) or "text"');
  }
  if (key === "") return badRow(number, "KEY_EMPTY", "its key is empty");
  return checkedRow({
    line: number,
    key: options.prefix + key,
    value: value === undefined ? valueText ?? "" : Uint8Array.fromBase64(value),
    ...expiryOf(parsed.data, options),
    ...(version === undefined ? {} : { version }),
  }, options.valueBytesMax);
}

function expiryOf({ expiresAt = null }: z.output<typeof line>, { ttlSeconds }: JsonLinesOptions) {
  if (expiresAt !== null) return { expiresAt: new Date(expiresAt) };
  return ttlSeconds === undefined ? {} : { ttlSeconds };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function codeOf({ issues: [issue] }: z.core.$ZodError): RowProblemCode {
  return issue?.path[0] === "value" && issue.code === "invalid_format" ? "BAD_BASE64" : "BAD_ROW";
}

/** The first issue in a few words: which member, and what is wrong with it. */
function problemOf({ issues: [issue] }: z.core.$ZodError): string {
  if (issue?.code === "unrecognized_keys") return `it takes no "${issue.keys[0]}"`;
  const member = String(issue?.path[0] ?? "");
  return member in forms ? `"${member}" has to be ${forms[member]}` : "it has to be an object";
}
