import { BadFileError, type RowProblemCode } from "../client/rows/bad_file.ts";
import { type Check, checkRows } from "../client/rows/check.ts";
import { csvRows } from "../client/rows/csv_rows.ts";
import { jsonLinesRows } from "../client/rows/json_lines_rows.ts";
import { badRow, type ParsedRow } from "../client/rows/row.ts";
import { isVersion } from "../core/data/version.ts";
import { pause } from "./pause.ts";

/** What a file to import is, by its media type. */
export const importMediaTypes = { csv: "text/csv", jsonl: "application/x-ndjson" } as const;
export type FileFormat = keyof typeof importMediaTypes;

export interface ReadingOptions {
  readonly format: FileFormat;
  /** Goes before every key. */
  readonly prefix: string;
  /** For rows that do not say when they expire. */
  readonly ttlSeconds?: number | undefined;
  readonly valueBytesMax: number;
  /** Each row has to say which version it had. */
  readonly needsVersions: boolean;
}

/** What is wrong with a row; `row` is the line on which it begins, from 1. */
export interface RowProblem {
  readonly row: number;
  readonly code: RowProblemCode;
  readonly message: string;
}

/** The rows of a file, as often as they are asked for. */
export type RowSource = () => AsyncGenerator<ParsedRow>;

export type CheckedFile =
  | { readonly kind: "good"; readonly check: Check }
  | {
    readonly kind: "bad";
    /** The first of them, in the order of the file. */
    readonly problems: readonly RowProblem[];
    readonly bad: number;
    readonly rows: number;
  };

/** Problems that are told one by one; after that only their number is. */
const problemsMax = 100;

/** Named in messages, for nobody told us a name. */
const fileName = "the file";

export function rowSource(body: Uint8Array, options: ReadingOptions): RowSource {
  const { prefix, valueBytesMax, ttlSeconds } = options;
  const common = { prefix, valueBytesMax, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) };
  const rowsOf = options.format === "csv"
    ? () => csvRows(chunksOf(body), fileName, { ...common, delimiter: ",", isExport: true })
    : () => jsonLinesRows(chunksOf(body), fileName, common);
  return options.needsVersions ? () => withVersions(rowsOf()) : rowsOf;
}

async function* withVersions(rows: AsyncGenerator<ParsedRow>): AsyncGenerator<ParsedRow> {
  for await (const parsed of rows) {
    const isBare = parsed.kind === "row" && !isVersion(parsed.row.version);
    yield isBare ? badRow(parsed.row.line, "NO_VERSION", "it has no version to compare") : parsed;
  }
}

/** Reads all of it, and finds every problem; nothing is stored meanwhile. */
export async function checkFile(source: RowSource): Promise<CheckedFile> {
  const problems: RowProblem[] = [];
  let rows = 0;
  let bad = 0;
  const note = (row: number, code: RowProblemCode, message: string) => {
    bad++;
    if (problems.length < problemsMax) problems.push({ row, code, message });
  };
  try {
    const check = await checkRows(counted(), ({ line, code, problem }) => note(line, code, problem));
    if (bad === 0) return { kind: "good", check };
  } catch (error) {
    if (!(error instanceof BadFileError)) throw error;
    note(error.line, error.code, error.problem);
  }
  return { kind: "bad", problems, bad, rows };

  async function* counted(): AsyncGenerator<ParsedRow> {
    for await (const parsed of source()) {
      rows++;
      yield parsed;
    }
  }
}

const chunkBytes = 64 * 1024;
/** How long the node may be deaf to everything else: far less than it takes its peers to miss it. */
const busyMsMax = 10;

/** The body in pieces, with pauses in which the node does what else there is to do. */
async function* chunksOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  let busySinceMs = performance.now();
  for (let at = 0; at < body.length; at += chunkBytes) {
    yield body.subarray(at, at + chunkBytes);
    if (performance.now() - busySinceMs < busyMsMax) continue;
    await pause(0);
    busySinceMs = performance.now();
  }
}
