import { type Command, Option } from "commander";
import { type ExportFormat, exportFormats, openExport } from "../client/export.ts";
import { type CommandContext, type Run, writeJson } from "./command_context.ts";
import { formatBytes } from "./display.ts";
import { CommandError, type ExitCode, exitCode } from "./exit_code.ts";
import { reasonOf } from "./input_file.ts";
import type { NewFile } from "./terminal.ts";

export interface ExportArgs {
  readonly prefix?: string;
  /** By default as the name of the file says, or else JSON Lines. */
  readonly format?: ExportFormat;
  /** Stdout else. */
  readonly out?: string;
  readonly scope: "node" | "ring";
}

export function addExport(program: Command, run: Run): void {
  program.command("export").summary("write all keys and values to a file")
    .description("Writes every key of the ring with its value, as a file that import reads back.")
    .option("--out <file>", "write here, once all is there (default: stdout)")
    .addOption(
      new Option("--format <format>", "what to write (default: by the file's name, else jsonl)")
        .choices(exportFormats),
    )
    .option("--prefix <text>", "only keys that begin with this")
    .option("--node", "only what the node that answers has copies of")
    .addHelpText(
      "after",
      `
A line of JSON Lines is {"key": ..., "value": base64, "version": ..., "expiresAt": ...}. The
columns of CSV are key,value,ttl_seconds,encoding; what a spreadsheet would run as a formula is
written behind an apostrophe. Deleted and expired keys are left out. What is written to the ring
meanwhile may be in it or not.

Examples:
  rondo export --out backup.jsonl
  rondo export --format csv --prefix iso/ > iso.csv
  rondo import backup.jsonl --url http://other-ring:8440`,
    )
    .action(({ node, ...options }: Omit<ExportArgs, "scope"> & { node?: true }, command: Command) => {
      const args: ExportArgs = { ...options, scope: node === true ? "node" : "ring" };
      return run(command, (context) => exportKeys(args, context));
    });
}

export async function exportKeys(args: ExportArgs, context: CommandContext): Promise<ExitCode> {
  const { prefix = "", scope, out } = args;
  const chunks = openExport(context.client, { prefix, scope, format: formatOf(args) });
  if (out === undefined) {
    for await (const chunk of chunks) context.stdout.write(chunk);
    return exitCode.ok;
  }
  const startedAt = context.now();
  const bytes = await saveAs(out, chunks, context);
  const seconds = (context.now() - startedAt) / 1_000;
  if (context.json) writeJson(context.stdout, { file: out, bytes, seconds });
  else context.stdout.write(`Exported ${formatBytes(bytes)} to ${out} in ${seconds.toFixed(1)} s\n`);
  return exitCode.ok;
}

function formatOf({ format, out = "" }: ExportArgs): ExportFormat {
  return format ?? (/\.csv$/i.test(out) ? "csv" : "jsonl");
}

/** A file cut short would one day be taken for the whole, so there is none then. */
async function saveAs(
  path: string,
  chunks: AsyncGenerator<Uint8Array>,
  context: CommandContext,
): Promise<number> {
  // A node that is not there is told of before a file is touched.
  let { value: chunk, done } = await chunks.next();
  const file = await createFile(path, context);
  let bytes = 0;
  try {
    for (; !done; { value: chunk, done } = await chunks.next()) {
      if (!(chunk instanceof Uint8Array)) continue;
      await file.write(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.keep();
  return bytes;
}

async function createFile(path: string, context: CommandContext): Promise<NewFile> {
  try {
    return await context.createFile(path);
  } catch (error) {
    const reason = reasonOf(error, "write");
    if (reason === null) throw error;
    throw new CommandError(exitCode.cannotCreate, `Cannot write ${path}: ${reason}`, { cause: error });
  }
}
