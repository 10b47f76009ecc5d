import { Command, CommanderError, InvalidArgumentError, Option, type OutputConfiguration } from "commander";
import { RondoClient, type Token } from "../client/mod.ts";
import { colorsFor, type CommandContext, type GlobalOptions, type Run } from "./command_context.ts";
import { addDelete } from "./delete.ts";
import { CommandError, type ExitCode, exitCode } from "./exit_code.ts";
import { describeFailure } from "./failure.ts";
import { addExport } from "./export.ts";
import { addForget } from "./forget.ts";
import { addGet } from "./get.ts";
import { addImport } from "./import.ts";
import { addInfo } from "./info.ts";
import { addKeys } from "./keys.ts";
import { addLookup } from "./lookup.ts";
import { nodeUrls, secondsAsMs } from "./option_values.ts";
import { addPut } from "./put.ts";
import { addRing } from "./ring.ts";
import type { Terminal } from "./terminal.ts";
import { tokenElsewhere, tokenOf } from "./token.ts";
import { addVerify } from "./verify.ts";

const timeoutDefaultMs = 5_000;
const urlDefault = "http://127.0.0.1:8440";

/** Makes the client of a command; tests give one with their own clock. */
export type Connect = (options: ConnectOptions) => RondoClient;

export interface ConnectOptions {
  readonly urls: readonly string[];
  readonly timeoutMs: number;
  readonly token: Token | undefined;
}

const connectForReal: Connect = (options) => new RondoClient(options);

/** Runs one command line to its end. Never throws for what the user or the world did wrong. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  connect: Connect = connectForReal,
): Promise<ExitCode> {
  let exit: ExitCode = exitCode.ok;
  const program = newProgram(terminal, async (command, work) => {
    exit = await work(await contextOf(command.optsWithGlobals<GlobalOptions>(), terminal, connect));
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return exit;
  } catch (error) {
    // Help and usage errors have said what they had to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    const failure = describeFailure(error);
    terminal.stderr.write(`${colorsFor(terminal.stderr, terminal.env).red(failure.line)}\n`);
    return failure.exit;
  }
}

async function contextOf(
  options: GlobalOptions,
  terminal: Terminal,
  connect: Connect,
): Promise<CommandContext> {
  const { url: urls = urlsOfEnvironment(terminal), json = false, timeout: timeoutMs } = options;
  const token = await tokenOf(options.tokenFile, terminal);
  const client = connect({ urls, timeoutMs, token });
  const tokenFor = (url: string) => urls.includes(url) ? token : tokenElsewhere(token, url, () => client);
  return {
    ...terminal,
    json,
    client,
    clientOf: (url) => connect({ urls: [url], timeoutMs, token: tokenFor(url) }),
  };
}

function urlsOfEnvironment(terminal: Terminal): string[] {
  try {
    return nodeUrls(terminal.env("RONDO_URL") || urlDefault);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new CommandError(exitCode.usage, `Cannot use RONDO_URL. ${error.message}`, { cause: error });
  }
}

function newProgram(terminal: Terminal, run: Run): Command {
  const program = new Command("rondo")
    .description("Stores, reads and looks into a Rondo ring, through any of its nodes.")
    .exitOverride()
    .configureOutput(outputOf(terminal))
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(true);
  addGlobalOptions(program);
  for (
    const add of [
      addImport,
      addExport,
      addPut,
      addGet,
      addDelete,
      addKeys,
      addLookup,
      addInfo,
      addRing,
      addVerify,
      addForget,
    ]
  ) {
    add(program, run);
  }
  return program;
}

function addGlobalOptions(program: Command): void {
  program
    .option(
      "--url <url>",
      `a node, or several equals (repeat, or separate by commas) (default: $RONDO_URL or ${urlDefault})`,
      nodeUrls,
    )
    .option("--token-file <path>", "file of your token, where nodes ask for one (default: $RONDO_TOKEN)")
    .option("--json", "answer in JSON")
    .addOption(
      new Option("--timeout <seconds>", "give up on a call after so long")
        .default(timeoutDefaultMs, "5").argParser(secondsAsMs),
    )
    .addHelpText(
      "after",
      `
Examples:
  rondo import examples/subdivisions.csv --prefix iso/
  rondo get iso/FR-69
  rondo export --out backup.jsonl
  rondo ring --url http://127.0.0.1:8441

Exit codes: 0 done, 1 not found or not met, 64 usage, 65 bad input, 69 no node reached,
73 output file not made, 75 try again later (a write may or may not have been stored),
77 not permitted`,
    );
}

/** Errors on one line, so that they read well in a log. */
function outputOf({ stdout, stderr }: Terminal): OutputConfiguration {
  return {
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    outputError: (text, write) =>
      write(`${text.trim().replace(/^error: /, "rondo: ").replaceAll("\n", " ")}\n`),
  };
}
