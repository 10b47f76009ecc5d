import { keyProblem, type PutRow } from "../../client/mod.ts";

/** A row that can be sent. */
export interface ImportRow extends PutRow {
  /** Where it begins in the file, from 1. */
  readonly line: number;
}

/** What a file says, row by row; bad rows say why. */
export type ParsedRow =
  | { readonly kind: "row"; readonly row: ImportRow }
  | { readonly kind: "bad"; readonly line: number; readonly problem: string };

export function badRow(line: number, problem: string): ParsedRow {
  return { kind: "bad", line, problem };
}

/** The row, if the ring can take its key. */
export function checkedRow(row: ImportRow): ParsedRow {
  const problem = keyProblem(row.key);
  return problem === null ? { kind: "row", row } : badRow(row.line, problem.reason);
}
