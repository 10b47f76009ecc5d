import { BadFileError } from "../client/rows/bad_file.ts";
import { CommandError, exitCode } from "./exit_code.ts";
import { openInput, unreadable } from "./input_file.ts";
import { csvRows } from "../client/rows/csv_rows.ts";
import { jsonLinesRows } from "../client/rows/json_lines_rows.ts";
import type { ParsedRow } from "../client/rows/row.ts";
import type { Terminal } from "./terminal.ts";

/** How the rows of a file are to be read. */
export interface SourceArgs {
  /** `-` is stdin. */
  readonly file: string;
  readonly format?: Format;
  readonly key?: string;
  readonly value?: string;
  readonly prefix?: string;
  readonly ttlSeconds?: number;
  readonly delimiter?: string;
}

export const formats = ["csv", "jsonl"] as const;
export type Format = typeof formats[number];

/** Reads the file's rows from the beginning, each time it is called. */
export type Source = () => AsyncGenerator<ParsedRow>;

/** @throws CommandError when the options do not fit the file. */
export async function sourceOf(args: SourceArgs, terminal: Terminal): Promise<Source> {
  const { file } = args;
  const rowsOf = readerOf(args);
  if (file !== "-") return () => rowsOfFile(file, rowsOf, terminal);
  const bytes = await terminal.readStdin();
  return () => rowsOf(new Blob([bytes]).stream(), "stdin");
}

type Reader = (stream: ReadableStream<Uint8Array>, name: string) => AsyncGenerator<ParsedRow>;

async function* rowsOfFile(file: string, rowsOf: Reader, terminal: Terminal): AsyncGenerator<ParsedRow> {
  const stream = await openInput(file, terminal);
  try {
    yield* rowsOf(stream, file);
  } catch (error) {
    throw error instanceof CommandError || error instanceof BadFileError ? error : unreadable(file, error);
  }
}

function readerOf(args: SourceArgs): Reader {
  const { prefix = "", ttlSeconds } = args;
  const common = { prefix, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) };
  if (formatOf(args) === "csv") {
    const { key, value, delimiter = /\.tsv$/i.test(args.file) ? "\t" : "," } = args;
    const columns = { ...(key === undefined ? {} : { key }), ...(value === undefined ? {} : { value }) };
    return (stream, name) => csvRows(stream, name, { ...common, ...columns, delimiter });
  }
  const foreign = (["key", "value", "delimiter"] as const).find((option) => args[option] !== undefined);
  if (foreign !== undefined) {
    throw new CommandError(
      exitCode.usage,
      `Cannot use --${foreign} with JSON Lines: its rows name their members`,
    );
  }
  return (stream, name) => jsonLinesRows(stream, name, common);
}

function formatOf({ file, format }: SourceArgs): Format {
  if (format !== undefined) return format;
  if (/\.(csv|tsv)$/i.test(file)) return "csv";
  if (/\.(jsonl|ndjson)$/i.test(file)) return "jsonl";
  throw new CommandError(exitCode.usage, `Cannot tell what ${file} is: say --format csv or --format jsonl`);
}
