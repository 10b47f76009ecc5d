import { BadFileError } from "./bad_file.ts";
import { CsvError, CsvRecord } from "./csv_record.ts";
import { type ColumnText, columnText } from "./column_text.ts";
import { hasKeyValueHeader, keyValueHeader, keyValueRow } from "./key_value_columns.ts";
import { type Line, linesOf } from "./lines.ts";
import { type BadRow, badRow, checkedRow, type ParsedRow } from "./row.ts";

export interface CsvOptions {
  readonly delimiter: string;
  /** A column, or a template as `{alpha2}-{code}`; the first column else. */
  readonly key?: string;
  /** A column; the whole row as a JSON object else. */
  readonly value?: string;
  /** Take no header but that of an export. */
  readonly isExport?: boolean;
  /** Goes before every key. */
  readonly prefix: string;
  /** For rows that do not say how long they live. */
  readonly ttlSeconds?: number;
  readonly valueBytesMax?: number;
}

/** One record of the file, or what is wrong with it. */
type CsvRow =
  | { readonly kind: "fields"; readonly line: number; readonly fields: readonly string[] }
  | BadRow;

/**
 * The rows of a CSV file with a header. One whose header is that of an export is read as an export, unless the
 * options name columns.
 *
 * @throws BadFileError when the file is none, or has no such columns.
 */
export async function* csvRows(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: CsvOptions,
): AsyncGenerator<ParsedRow> {
  let makeRow: ((line: number, fields: readonly string[]) => ParsedRow) | null = null;
  for await (const record of recordsOf(linesOf(chunks, name), options.delimiter)) {
    if (makeRow === null) makeRow = rowMaker(headerOf(record, name), options);
    else if (record.kind === "bad") yield record;
    else yield makeRow(record.line, record.fields);
  }
  if (makeRow === null) throw new BadFileError("EMPTY", name, 1, "it is empty");
}

/** After a bad record reading goes on with the next line. Blank lines are no records. */
async function* recordsOf(lines: AsyncIterable<Line>, delimiter: string): AsyncGenerator<CsvRow> {
  let open: { readonly line: number; readonly record: CsvRecord } | null = null;
  for await (const { number, text, ending } of lines) {
    if (open === null && text === "") continue;
    open ??= { line: number, record: new CsvRecord(delimiter) };
    const taken = take(open.record, open.line, text, ending);
    if (taken === null) continue;
    open = null;
    yield taken;
  }
  if (open !== null) {
    yield badRow(open.line, "UNBALANCED_QUOTES", "a quoted field that begins here does not close");
  }
}

/** Null while the record goes on. */
function take(record: CsvRecord, line: number, text: string | null, ending: string): CsvRow | null {
  if (text === null) return badRow(line, "NOT_UTF8", "it is not UTF-8");
  try {
    const fields = record.take(text, ending);
    return fields === null ? null : { kind: "fields", line, fields };
  } catch (error) {
    if (error instanceof CsvError) return badRow(line, error.code, error.message);
    throw error;
  }
}

/** The columns, and where they were found. */
interface Header {
  readonly columns: readonly string[];
  readonly line: number;
  readonly name: string;
}

function headerOf(record: CsvRow, name: string): Header {
  const problem = record.kind === "bad" ? record.problem : headerProblem(record.fields);
  if (problem !== null) {
    throw new BadFileError("BAD_HEADER", name, record.line, `its header (line ${record.line}): ${problem}`);
  }
  return { columns: record.kind === "fields" ? record.fields : [], line: record.line, name };
}

function headerProblem(columns: readonly string[]): string | null {
  if (columns.some((column) => column.includes("\r"))) return "lines end in CR alone, save it with LF";
  if (columns.some((column) => column.trim() === "")) return "a column has no name";
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  return twice === undefined ? null : `two columns are named "${twice}"`;
}

/** Turns the fields of a record into a row, as the options say for these columns. */
function rowMaker(header: Header, options: CsvOptions) {
  const { columns } = header;
  const rowOf = isKeyValueTable(header, options) ? keyValueRow(columns, options) : freeRow(header, options);
  return (line: number, fields: readonly string[]): ParsedRow => {
    if (fields.length === columns.length) return rowOf(line, fields);
    return badRow(line, "WRONG_COLUMNS", `it has ${countOf(fields)}, the header has ${columns.length}`);
  };
}

function isKeyValueTable(
  { columns, line, name }: Header,
  { key, value, isExport }: CsvOptions,
): boolean {
  if (key !== undefined || value !== undefined) return false;
  if (hasKeyValueHeader(columns)) return true;
  if (!isExport) return false;
  const problem = `its header is ${columns.join(",").slice(0, 100)}, it takes ${keyValueHeader}`;
  throw new BadFileError("WRONG_COLUMNS", name, line, problem);
}

/** Rows of any table, made as the user says. */
function freeRow({ columns, name }: Header, options: CsvOptions) {
  const keyOf = columnText(options.key ?? columns[0] ?? "", columns, name);
  const valueOf: ColumnText = options.value === undefined
    ? (fields) => JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, fields[index]])))
    : columnText(options.value, columns, name);
  const expiry = options.ttlSeconds === undefined ? {} : { ttlSeconds: options.ttlSeconds };
  return (line: number, fields: readonly string[]): ParsedRow => {
    const key = keyOf(fields);
    if (key === "") return badRow(line, "KEY_EMPTY", "its key is empty");
    const row = { line, key: options.prefix + key, value: valueOf(fields), ...expiry };
    return checkedRow(row, options.valueBytesMax);
  };
}

function countOf(fields: readonly string[]): string {
  return fields.length === 1 ? "1 field" : `${fields.length} fields`;
}
