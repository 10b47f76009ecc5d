import type { Command } from "commander";
import type { GetResult } from "../client/mod.ts";
import { type CommandContext, type Run, writeJson } from "./command_context.ts";
import { showKey } from "./display.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";

const newline = 0x0a;

export function addGet(program: Command, run: Run): void {
  program.command("get").summary("write a key's value to stdout")
    .description("Writes the value of a key to stdout, byte for byte. Exit 1 when there is none.")
    .argument("<key>", "the key")
    .addHelpText(
      "after",
      `
Examples:
  rondo get greeting
  rondo get photo > photo.jpg
  rondo get greeting --json      value in base64, with version, expiry, owner and hops`,
    )
    .action((key: string, _options, command: Command) => run(command, (context) => get({ key }, context)));
}

export async function get({ key }: { key: string }, context: CommandContext): Promise<ExitCode> {
  const { client, stdout, stderr, json } = context;
  const result = await client.get(key);
  if (json) writeJson(stdout, jsonOf(key, result));
  else if (result.found) writeValue(result.value, context);
  else stderr.write(`Not found: ${showKey(key)}\n`);
  return result.found ? exitCode.ok : exitCode.negative;
}

function jsonOf(key: string, result: GetResult) {
  if (!result.found) return { key, found: false, version: result.version };
  const { value, expiresAt, ...rest } = result;
  return { key, ...rest, value: value.toBase64(), expiresAt: expiresAt?.toISOString() ?? null };
}

/** A person's prompt belongs on its own line; a file wants the bytes and nothing else. */
function writeValue(value: Uint8Array, { stdout }: CommandContext): void {
  stdout.write(value);
  if (stdout.isTerminal && value.at(-1) !== newline) stdout.write("\n");
}
