import type { Command } from "commander";
import pc from "picocolors";
import type { RondoClient } from "../client/mod.ts";
import type { ExitCode } from "./exit_code.ts";
import type { Output, Terminal } from "./terminal.ts";

/** What every command understands, before or after its name. */
export interface GlobalOptions {
  readonly url?: readonly string[];
  readonly tokenFile?: string;
  readonly json?: boolean;
  /** In milliseconds, although it is written in seconds. */
  readonly timeout: number;
}

/** What a command works with. */
export interface CommandContext extends Terminal {
  /** Answer in JSON on stdout. */
  readonly json: boolean;
  /** Talks to the nodes of `--url`. */
  readonly client: RondoClient;
  /** Talks to one other node, under the same options. */
  clientOf(url: string): RondoClient;
}

/** Runs a command's work under the options it was given. */
export type Run = (command: Command, work: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours only where a person sees them and has not asked for none (no-color.org). */
export function colorsFor(output: Output, env: Terminal["env"]): Colors {
  return pc.createColors(output.isTerminal && !env("NO_COLOR") && env("TERM") !== "dumb");
}

export function writeJson(output: Output, value: unknown): void {
  output.write(`${JSON.stringify(value)}\n`);
}
