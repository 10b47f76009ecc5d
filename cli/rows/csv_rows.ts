import { CommandError, exitCode } from "../exit_code.ts";
import { CsvError, CsvRecord } from "./csv_record.ts";
import { type ColumnText, columnText } from "./column_text.ts";
import { type Line, linesOf } from "./lines.ts";
import { badRow, checkedRow, type ParsedRow } from "./row.ts";

export interface CsvOptions {
  readonly delimiter: string;
  /** A column, or a template as `{alpha2}-{code}`; the first column else. */
  readonly key?: string;
  /** A column; the whole row as a JSON object else. */
  readonly value?: string;
  /** Goes before every key. */
  readonly prefix: string;
  readonly ttlSeconds?: number;
}

/** One record of the file, or what is wrong with it. */
type CsvRow =
  | { readonly kind: "fields"; readonly line: number; readonly fields: readonly string[] }
  | { readonly kind: "bad"; readonly line: number; readonly problem: string };

/**
 * The rows of a CSV file with a header.
 *
 * @throws CommandError when the file is none, or has no such columns.
 */
export async function* csvRows(
  stream: ReadableStream<Uint8Array>,
  name: string,
  options: CsvOptions,
): AsyncGenerator<ParsedRow> {
  let makeRow: ((line: number, fields: readonly string[]) => ParsedRow) | null = null;
  for await (const record of recordsOf(linesOf(stream, name), options.delimiter)) {
    if (makeRow === null) makeRow = rowMaker(headerOf(record, name), name, options);
    else if (record.kind === "bad") yield record;
    else yield makeRow(record.line, record.fields);
  }
  if (makeRow === null) throw new CommandError(exitCode.badData, `Cannot import ${name}: it is empty`);
}

/** After a bad record reading goes on with the next line. Blank lines are no records. */
async function* recordsOf(lines: AsyncIterable<Line>, delimiter: string): AsyncGenerator<CsvRow> {
  let open: { readonly line: number; readonly record: CsvRecord } | null = null;
  for await (const { number, text, ending } of lines) {
    if (open === null && text === "") continue;
    open ??= { line: number, record: new CsvRecord(delimiter) };
    const { line } = open;
    const taken = take(open.record, text, ending);
    if (taken === null) continue;
    open = null;
    yield typeof taken === "string"
      ? { kind: "bad", line, problem: taken }
      : { kind: "fields", line, fields: taken };
  }
  if (open !== null) {
    yield { kind: "bad", line: open.line, problem: "a quoted field that begins here does not close" };
  }
}

/** The fields, or the problem, or null when the record goes on. */
function take(record: CsvRecord, text: string | null, ending: string): string[] | string | null {
  if (text === null) return "it is not UTF-8";
  try {
    return record.take(text, ending);
  } catch (error) {
    if (error instanceof CsvError) return error.message;
    throw error;
  }
}

function headerOf(record: CsvRow, name: string): readonly string[] {
  const problem = record.kind === "bad" ? record.problem : headerProblem(record.fields);
  if (problem !== null) {
    throw new CommandError(
      exitCode.badData,
      `Cannot import ${name}: its header (line ${record.line}): ${problem}`,
    );
  }
  return record.kind === "fields" ? record.fields : [];
}

function headerProblem(columns: readonly string[]): string | null {
  if (columns.some((column) => column.includes("\r"))) return "lines end in CR alone, save it with LF";
  if (columns.some((column) => column.trim() === "")) return "a column has no name";
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  return twice === undefined ? null : `two columns are named "${twice}"`;
}

/** Turns the fields of a record into a row, as the options say for these columns. */
function rowMaker(columns: readonly string[], name: string, options: CsvOptions) {
  const keyOf = columnText(options.key ?? columns[0] ?? "", columns, name);
  const valueOf: ColumnText = options.value === undefined
    ? (fields) => JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, fields[index]])))
    : columnText(options.value, columns, name);
  const expiry = options.ttlSeconds === undefined ? {} : { ttlSeconds: options.ttlSeconds };
  return (line: number, fields: readonly string[]): ParsedRow => {
    if (fields.length !== columns.length) {
      return badRow(line, `it has ${countOf(fields)}, the header has ${columns.length}`);
    }
    const key = keyOf(fields);
    if (key === "") return badRow(line, "its key is empty");
    return checkedRow({ line, key: options.prefix + key, value: valueOf(fields), ...expiry });
  };
}

function countOf(fields: readonly string[]): string {
  return fields.length === 1 ? "1 field" : `${fields.length} fields`;
}
