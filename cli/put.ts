import type { Command } from "commander";
import { newRequestId, RondoError } from "../client/mod.ts";
import { type CommandContext, type Run, writeJson } from "./command_context.ts";
import { showKey } from "./display.ts";
import { CommandError, type ExitCode, exitCode } from "./exit_code.ts";
import { lineOf } from "./failure.ts";
import { readWhole } from "./input_file.ts";
import { positiveInteger } from "./option_values.ts";

export interface PutArgs {
  readonly key: string;
  /** `-` is stdin. */
  readonly value?: string;
  readonly file?: string;
  readonly ttlSeconds?: number;
  readonly ifVersion?: string;
  readonly ifAbsent?: boolean;
  readonly idempotencyKey?: string;
}

export function addPut(program: Command, run: Run): void {
  program.command("put").summary("store a value under a key")
    .description("Stores a value under a key. The value is an argument, a file, or stdin (-).")
    .argument("<key>", "the key, 1 to 512 bytes")
    .argument("[value]", "the value; - reads stdin")
    .option("--file <path>", "take the value from a file")
    .option("--ttl <seconds>", "let it expire after so many seconds", positiveInteger)
    .option("--if-absent", "only if the key does not exist (else exit 1)")
    .option("--if-version <version>", "only if the key is at this version (else exit 1)")
    .option("--idempotency-key <text>", "name of this write: repeating it under the same name writes once")
    .addHelpText(
      "after",
      `
Examples:
  rondo put greeting "hello, ring"
  rondo put photo --file photo.jpg
  date | rondo put now - --ttl 60
  rondo put -- -key -value       what begins with a dash goes after --`,
    )
    .action((key: string, value: string | undefined, options: PutFlags, command: Command) => {
      const { ttl, ...flags } = options;
      const args = { key, ...(value === undefined ? {} : { value }), ...flags };
      return run(command, (context) => put(ttl === undefined ? args : { ...args, ttlSeconds: ttl }, context));
    });
}

interface PutFlags extends Pick<PutArgs, "file" | "ifVersion" | "ifAbsent" | "idempotencyKey"> {
  readonly ttl?: number;
}

export async function put(args: PutArgs, context: CommandContext): Promise<ExitCode> {
  const { key, idempotencyKey = newRequestId(), value: _value, file: _file, ...options } = args;
  const bytes = await valueOf(args, context);
  const result = await context.client.put(key, bytes, { ...options, idempotencyKey })
    .catch((error: unknown) => {
      throw withRepeatAdvice(error, idempotencyKey);
    });
  if (context.json) writeJson(context.stdout, { key, ...result });
  else {context.stdout.write(
      `${result.created ? "Created" : "Replaced"} ${showKey(key)} at version ${result.version}\n`,
    );}
  return exitCode.ok;
}

function valueOf({ value, file }: PutArgs, context: CommandContext): Promise<Uint8Array> | Uint8Array {
  if (value !== undefined && file !== undefined) {
    throw new CommandError(exitCode.usage, "Cannot take the value from both an argument and --file");
  }
  if (file !== undefined) return readWhole(file, context);
  if (value === undefined) {
    throw new CommandError(exitCode.usage, "Cannot put without a value: give one, - for stdin, or --file");
  }
  return value === "-" ? context.readStdin() : new TextEncoder().encode(value);
}

/** Nobody knows whether an indefinite write happened, but under its name it can safely be repeated. */
function withRepeatAdvice(error: unknown, idempotencyKey: string): unknown {
  if (!(error instanceof RondoError) || error.definite) return error;
  const advice = `repeat it with --idempotency-key ${idempotencyKey} to write it once`;
  return new CommandError(exitCode.temporary, `${lineOf(error)}; ${advice}`, { cause: error });
}
