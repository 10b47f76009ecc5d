import { ConfigurationError, exitCode } from "../exit_code.ts";
import { describeStartFailure } from "../start_failure.ts";
import { secretCommand } from "./secret_command.ts";
import { listCommand, revokeCommand, tokenCommand } from "./token_commands.ts";

/** One thing that `deno task keys` does. */
export interface KeysCommand {
  readonly summary: string;
  /** Does it and gives what to say on stdout. */
  readonly run: (args: readonly string[]) => string;
}

const commands: Readonly<Record<string, KeysCommand>> = {
  secret: secretCommand,
  token: tokenCommand,
  list: listCommand,
  revoke: revokeCommand,
};

/** `deno task keys`: makes what tells friend from foe. */
function main(args: readonly string[]): number {
  try {
    write(Deno.stdout, run(args));
    return exitCode.clean;
  } catch (error) {
    const { exit, line } = describeStartFailure(error);
    write(Deno.stderr, `${line}\n`);
    return exit;
  }
}

function run([name, ...args]: readonly string[]): string {
  if (name === undefined || name === "--help") return help();
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command.run(args);
  throw new ConfigurationError(
    `Cannot make ${JSON.stringify(name.slice(0, 80))}: there is ${Object.keys(commands).join(" and ")}`,
  );
}

function help(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(8)}${summary}`);
  return ["Usage: deno task keys COMMAND [FLAGS]; COMMAND --help tells more.", "", ...lines, ""].join("\n");
}

function write(stream: typeof Deno.stdout, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

if (import.meta.main) Deno.exit(main(Deno.args));
