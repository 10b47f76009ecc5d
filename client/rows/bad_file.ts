/** What can be wrong with a file or with one of its rows, for programs. */
export type RowProblemCode =
  | "EMPTY"
  | "BINARY"
  | "NOT_UTF8"
  | "LINE_TOO_LONG"
  | "BAD_HEADER"
  | "NO_COLUMN"
  | "CHANGED"
  | "UNBALANCED_QUOTES"
  | "WRONG_COLUMNS"
  | "BAD_JSON"
  | "BAD_ROW"
  | "BAD_BASE64"
  | "BAD_TTL"
  | "BAD_ENCODING"
  | "KEY_EMPTY"
  | "KEY_MALFORMED"
  | "KEY_TOO_LARGE"
  | "VALUE_TOO_LARGE"
  | "NO_VERSION";

/** The file as a whole cannot be read as rows, from `line` on. */
export class BadFileError extends Error {
  override readonly name = "BadFileError";

  constructor(
    readonly code: RowProblemCode,
    /** The file's name, as the user knows it. */
    file: string,
    /** From 1. */
    readonly line: number,
    /** What is so, without saying where. */
    readonly problem: string,
    message = `Cannot import ${file}: ${problem}`,
  ) {
    super(message);
  }
}
