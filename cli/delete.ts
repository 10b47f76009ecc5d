import type { Command } from "commander";
import { type CommandContext, type Run, writeJson } from "./command_context.ts";
import { showKey } from "./display.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";

export interface DeleteArgs {
  readonly key: string;
  readonly ifVersion?: string;
}

export function addDelete(program: Command, run: Run): void {
  program.command("delete").summary("delete a key")
    .description("Deletes a key. It need not exist: afterwards it certainly does not.")
    .argument("<key>", "the key")
    .option("--if-version <version>", "only if the key is at this version (else exit 1)")
    .addHelpText(
      "after",
      `
Examples:
  rondo delete greeting
  rondo delete greeting --if-version "$(rondo get greeting --json | jq -r .version)"`,
    )
    .action((key: string, options: Omit<DeleteArgs, "key">, command: Command) =>
      run(command, (context) => deleteKey({ key, ...options }, context))
    );
}

export async function deleteKey(
  { key, ...options }: DeleteArgs,
  { client, stdout, json }: CommandContext,
): Promise<ExitCode> {
  const result = await client.delete(key, options);
  if (json) writeJson(stdout, { key, ...result });
  else stdout.write(`Deleted ${showKey(key)}\n`);
  return exitCode.ok;
}
