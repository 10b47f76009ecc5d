import { BadFileError } from "./bad_file.ts";
import type { BadRow, ImportRow, ParsedRow } from "./row.ts";

/** What the first reading of a file found. */
export interface Check {
  /** Rows in all, bad ones included. */
  readonly rows: number;
  readonly bad: number;
  /** The line that has the last word on each key. */
  readonly lastLines: ReadonlyMap<string, number>;
  /** All lines of the keys that come more than once, in order. */
  readonly duplicates: ReadonlyMap<string, readonly number[]>;
}

/** Reads all rows, telling of each bad one. @throws BadFileError as the rows do. */
export async function checkRows(
  rows: AsyncIterable<ParsedRow>,
  onBad: (row: BadRow) => void,
): Promise<Check> {
  let count = 0;
  let bad = 0;
  const lastLines = new Map<string, number>();
  const duplicates = new Map<string, number[]>();
  for await (const parsed of rows) {
    count++;
    if (parsed.kind === "bad") {
      bad++;
      onBad(parsed);
      continue;
    }
    const { key, line } = parsed.row;
    const earlier = lastLines.get(key);
    if (earlier !== undefined) duplicates.set(key, [...duplicates.get(key) ?? [earlier], line]);
    lastLines.set(key, line);
  }
  return { rows: count, bad, lastLines, duplicates };
}

/**
 * The rows to send, from a second reading: of rows with one key the last, for batches overtake each other.
 *
 * @throws BadFileError when the file is no longer what was checked.
 */
export async function* rowsToSend(
  rows: AsyncIterable<ParsedRow>,
  { lastLines }: Check,
): AsyncGenerator<ImportRow> {
  for await (const parsed of rows) {
    const lastLine = parsed.kind === "row" ? lastLines.get(parsed.row.key) : undefined;
    if (parsed.kind === "bad" || lastLine === undefined) {
      const line = parsed.kind === "bad" ? parsed.line : parsed.row.line;
      throw new BadFileError("CHANGED", "the rest", line, "the file was changed while it was imported");
    }
    if (parsed.row.line === lastLine) yield parsed.row;
  }
}
