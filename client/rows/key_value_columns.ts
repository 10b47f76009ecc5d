import { csvLine, unguarded } from "./csv_cell.ts";
import { badRow, checkedRow, type ParsedRow } from "./row.ts";

/** The table that an export writes and an import reads back: `key,value,ttl_seconds,encoding`. */

const columnNames = ["key", "value", "ttl_seconds", "encoding"] as const;
type ColumnName = typeof columnNames[number];

/** As messages say it; the last two columns may be missing. */
export const keyValueHeader = "key,value[,ttl_seconds][,encoding]";

/** `base64`: of the value's bytes. `base64-both`: the key is in base64 too, for text cannot carry it. */
const encodings = ["text", "base64", "base64-both"] as const;
type Encoding = typeof encodings[number];

/** Thirty thousand years, as for `?ttl=`. */
const ttlSecondsMax = 1e12;

export interface KeyValueOptions {
  readonly prefix: string;
  /** For rows that do not say. */
  readonly ttlSeconds?: number;
  readonly valueBytesMax?: number;
}

/** Whether the columns are those of an export, in any order. */
export function hasKeyValueHeader(columns: readonly string[]): boolean {
  return columns.includes("key") && columns.includes("value") && columns.every(isColumnName);
}

function isColumnName(text: string): text is ColumnName {
  return columnNames.some((name) => name === text);
}

/** What makes rows from the fields under these columns. */
export function keyValueRow(
  columns: readonly string[],
  options: KeyValueOptions,
): (line: number, fields: readonly string[]) => ParsedRow {
  const places = new Map(columns.map((column, place) => [column, place]));
  return (line, fields) => {
    const cell = (name: ColumnName) => unguarded(fields[places.get(name) ?? -1] ?? "");
    const encoding = cell("encoding") === "" ? "text" : encodings.find((name) => name === cell("encoding"));
    if (encoding === undefined) {
      return badRow(line, "BAD_ENCODING", `its encoding is none of ${encodings.join(", ")}`);
    }
    const ttlSeconds = cell("ttl_seconds") === "" ? options.ttlSeconds : ttlSecondsOf(cell("ttl_seconds"));
    if (ttlSeconds === null) {
      return badRow(line, "BAD_TTL", "its ttl_seconds is no whole number of seconds from 1");
    }
    const value = encoding === "text" ? cell("value") : bytesOf(cell("value"));
    const key = encoding === "base64-both" ? textOf(bytesOf(cell("key"))) : cell("key");
    if (value === null || key === null) {
      return badRow(line, "BAD_BASE64", `its ${value === null ? "value" : "key"} is not base64`);
    }
    if (key === "") return badRow(line, "KEY_EMPTY", "its key is empty");
    const expiry = ttlSeconds === undefined ? {} : { ttlSeconds };
    return checkedRow({ line, key: options.prefix + key, value, ...expiry }, options.valueBytesMax);
  };
}

function ttlSecondsOf(text: string): number | null {
  return /^[1-9][0-9]*$/.test(text) && Number(text) <= ttlSecondsMax ? Number(text) : null;
}

function bytesOf(base64: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Null for what is not text in UTF-8. */
function textOf(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null;
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

export const keyValueHeaderLine = csvLine(columnNames);

/** One exported row. @param ttlSeconds null: for ever. */
export function keyValueLine(key: string, value: Uint8Array, ttlSeconds: number | null): string {
  const encoding = encodingFor(key, value);
  return csvLine([
    encoding === "base64-both" ? new TextEncoder().encode(key).toBase64() : key,
    encoding === "text" ? textOf(value) ?? "" : value.toBase64(),
    ttlSeconds === null ? "" : String(ttlSeconds),
    encoding,
  ]);
}

function encodingFor(key: string, value: Uint8Array): Encoding {
  if (!isPlainText(key)) return "base64-both";
  const text = textOf(value);
  return text !== null && isPlainText(text) ? "text" : "base64";
}

/** Control characters other than tab and line ends would make a binary file of the table. */
function isPlainText(text: string): boolean {
  return !/(?![\t\n\r])\p{Cc}/u.test(text);
}
