import { keyProblem } from "../key_path.ts";
import type { PutRow } from "../put_batch.ts";
import type { RowProblemCode } from "./bad_file.ts";

/** A row that can be sent. */
export interface ImportRow extends PutRow {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  /** The version it had where it was exported. It is only compared: a stored row gets a version of its own. */
  readonly version?: string;
}

export interface BadRow {
  readonly kind: "bad";
  readonly line: number;
  readonly code: RowProblemCode;
  readonly problem: string;
}

/** What a file says, row by row; bad rows say why. */
export type ParsedRow = { readonly kind: "row"; readonly row: ImportRow } | BadRow;

export function badRow(line: number, code: RowProblemCode, problem: string): BadRow {
  return { kind: "bad", line, code, problem };
}

const encoder = new TextEncoder();

/** The row, if the ring can take its key and its value. Without a `valueBytesMax` only the nodes know how much they take. */
export function checkedRow(row: ImportRow, valueBytesMax = Infinity): ParsedRow {
  const problem = keyProblem(row.key);
  if (problem !== null) return badRow(row.line, problem.code, problem.reason);
  const bytes = valueBytes(row.value, valueBytesMax);
  if (bytes <= valueBytesMax) return { kind: "row", row };
  return badRow(row.line, "VALUE_TOO_LARGE", `the value has ${bytes} bytes, the most is ${valueBytesMax}`);
}

/** A UTF-16 unit becomes at most three bytes, so most texts need no encoding to be judged. */
function valueBytes(value: Uint8Array | string, bytesMax: number): number {
  if (typeof value !== "string" || value.length * 3 <= bytesMax) return value.length;
  return encoder.encode(value).length;
}
