import * as z from "zod";
import type { RowProblemCode } from "./bad_file.ts";
import { linesOf } from "./lines.ts";
import { badRow, checkedRow, type ParsedRow } from "./row.ts";

/** The last moment that a Date can be. */
const lastMomentMs = 8.64e15;

/** One line of an export: the value in base64, or as text. The version is the source's, and only compared. */
const line = z.strictObject({
  key: z.string(),
  value: z.base64().optional(),
  text: z.string().optional(),
  version: z.string().optional(),
  expiresAt: z.union([z.iso.datetime({ offset: true }), z.int().min(0).max(lastMomentMs)]).nullish(),
});

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

function codeOf({ issues: [issue] }: z.ZodError): RowProblemCode {
  return issue?.path[0] === "value" && issue.code === "invalid_format" ? "BAD_BASE64" : "BAD_ROW";
}

/** The first issue in a few words: which member, and what is wrong with it. */
function problemOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return "it is no row";
  const member = issue.path.length === 0 ? "it" : `"${issue.path.join(".")}"`;
  return `${member} is not right: ${issue.message}`;
}
