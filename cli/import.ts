import { type Command, InvalidArgumentError, Option } from "commander";
import { type CommandContext, type Run, writeJson } from "./command_context.ts";
import { showKey } from "./display.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";
import { exitOfImport, reportLosses, summaryOf, Tally, tallyJson } from "./import_report.ts";
import { type Format, formats, type Source, type SourceArgs, sourceOf } from "./import_source.ts";
import { positiveInteger } from "./option_values.ts";
import { showProgress } from "./progress.ts";
import { type Check, checkRows, rowsToSend } from "../client/rows/check.ts";

export interface ImportArgs extends SourceArgs {
  /** Check only. */
  readonly dryRun?: boolean;
}

/** Keys of which several lines are told; after that only their number is. */
const duplicatesShown = 20;

export function addImport(program: Command, run: Run): void {
  program.command("import").summary("store the rows of a CSV or JSON Lines file")
    .description(
      "Stores the rows of a file. The whole file is checked first: if a row is bad, nothing is stored (exit 65).",
    )
    .argument("<file>", "a .csv, .tsv, .jsonl or .ndjson file; - is stdin")
    .option(
      "--key <column>",
      "CSV: column of the key, or a template as {country}-{code} (default: the first)",
    )
    .option(
      "--value <column>",
      "CSV: column of the value (default: the whole row as JSON, unless the file is an export)",
    )
    .option("--prefix <text>", "goes before every key")
    .option("--ttl <seconds>", "let the rows expire after so many seconds", positiveInteger)
    .option("--delimiter <character>", "CSV: what stands between fields, or tab", oneCharacter)
    .addOption(new Option("--format <format>", "what the file is (default: by its name)").choices(formats))
    .option("--dry-run", "check the file, store nothing")
    .addHelpText(
      "after",
      `
A CSV file begins with a header row; with key,value[,ttl_seconds][,encoding] it is read as an
export (see rondo export --help). A line of JSON Lines is 
{"key": ..., "value": base64} or {"key": ..., "text": ...}, either with "expiresAt".

Examples:
  rondo import examples/subdivisions.csv --prefix iso/
  rondo import people.csv --key '{team}/{name}' --value email
  rondo import backup.jsonl`,
    )
    .action((file: string, { ttl, ...options }: ImportFlags, command: Command) => {
      const args = { file, ...options, ...(ttl === undefined ? {} : { ttlSeconds: ttl }) };
      return run(command, (context) => importFile(args, context));
    });
}

interface ImportFlags extends Omit<ImportArgs, "file" | "ttlSeconds" | "format"> {
  readonly ttl?: number;
  readonly format?: Format;
}

function oneCharacter(text: string): string {
  if (text === "tab" || text === "\\t") return "\t";
  if (text.length === 1 && !/["\r\n]/.test(text)) return text;
  throw new InvalidArgumentError("It takes one character, or tab.");
}

export async function importFile(args: ImportArgs, context: CommandContext): Promise<ExitCode> {
  const source = await sourceOf(args, context);
  const check = await checkRows(source(), ({ line, problem }) => {
    context.stderr.write(`line ${line}: ${problem}\n`);
  });
  if (check.bad > 0) {
    context.stderr.write(`Nothing was stored: ${check.bad} of ${check.rows} rows are bad\n`);
    return exitCode.badData;
  }
  warnOfDuplicates(check, context);
  return args.dryRun === true ? reportDryRun(check, context) : await send(source, check, context);
}

function warnOfDuplicates({ duplicates }: Check, { stderr }: CommandContext): void {
  let left = duplicatesShown;
  for (const [key, lines] of duplicates) {
    if (left-- === 0) break;
    const earlier = lines.slice(0, -1).join(", ");
    stderr.write(
      `Warning: key ${showKey(key)} is on lines ${earlier} and ${lines.at(-1)}; the last is stored\n`,
    );
  }
  if (duplicates.size > duplicatesShown) {
    stderr.write(`Warning: ${duplicates.size - duplicatesShown} more keys are on several lines\n`);
  }
}

function reportDryRun({ lastLines }: Check, { stdout, json }: CommandContext): ExitCode {
  if (json) writeJson(stdout, { rows: lastLines.size, isDryRun: true });
  else stdout.write(`The file is good: ${lastLines.size} rows would be imported\n`);
  return exitCode.ok;
}

async function send(source: Source, check: Check, context: CommandContext): Promise<ExitCode> {
  // So that a node that is not there is told at once, and not after a batch's patience.
  await context.client.ready();
  const total = check.lastLines.size;
  const tally = new Tally(total);
  const progress = showProgress(total, context.stderr);
  const startedAt = context.now();
  try {
    for await (const results of context.client.putMany(rowsToSend(source(), check))) {
      tally.add(results);
      progress.show(tally.settled);
    }
  } finally {
    progress.end();
  }
  const seconds = (context.now() - startedAt) / 1_000;
  if (!context.json) reportLosses(tally, context.stderr);
  if (context.json) writeJson(context.stdout, tallyJson(tally, seconds));
  else context.stdout.write(summaryOf(tally, seconds));
  return exitOfImport(tally);
}
