import { type Fetch, RondoClient } from "../../client/mod.ts";
import type { ExitCode } from "../../cli/exit_code.ts";
import { runCommandLine } from "../../cli/program.ts";
import type { Output, Terminal } from "../../cli/terminal.ts";
import { FakeTiming } from "../client/fake_timing.ts";

export interface Scene {
  readonly stdin?: Uint8Array<ArrayBuffer> | string;
  /** Files by path. */
  readonly files?: Readonly<Record<string, Uint8Array<ArrayBuffer> | string>>;
  /** Takes the files that the command makes, by path. */
  readonly made?: Map<string, string>;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether stdout is a terminal. */
  readonly isTerminal?: boolean;
  /** The network, if it is to misbehave. */
  readonly fetch?: Fetch;
}

export interface Outcome {
  readonly exit: ExitCode;
  readonly out: string;
  readonly outBytes: Uint8Array;
  readonly err: string;
}

class Recorder implements Output {
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];

  constructor(readonly isTerminal: boolean) {}

  write(text: string | Uint8Array): void {
    this.#chunks.push(typeof text === "string" ? new TextEncoder().encode(text) : new Uint8Array(text));
  }

  bytes(): Promise<Uint8Array> {
    return new Blob(this.#chunks).bytes();
  }
}

/** Runs a command line in this process, with nothing of the real terminal, and with a client that never waits. */
export async function runCli(args: readonly string[], scene: Scene = {}): Promise<Outcome> {
  const stdout = new Recorder(scene.isTerminal ?? false);
  const stderr = new Recorder(false);
  const exit = await runCommandLine(
    args,
    terminalOf(scene, stdout, stderr),
    (options) => new RondoClient({ ...options, timing: new FakeTiming(), fetch: scene.fetch ?? fetch }),
  );
  const outBytes = await stdout.bytes();
  return { exit, outBytes, out: textOf(outBytes), err: textOf(await stderr.bytes()) };
}

function terminalOf(
  { stdin = "", files = {}, made = new Map(), env = {} }: Scene,
  stdout: Output,
  stderr: Output,
): Terminal {
  return {
    stdout,
    stderr,
    readStdin: () => new Blob([stdin]).bytes(),
    openFile(path) {
      const file = files[path];
      if (file === undefined) return Promise.reject(new Deno.errors.NotFound(path));
      return Promise.resolve(new Blob([file]).stream());
    },
    createFile(path) {
      if (path.includes("/")) return Promise.reject(new Deno.errors.NotFound(path));
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      return Promise.resolve({
        write: (bytes) => Promise.resolve(void chunks.push(new Uint8Array(bytes))),
        keep: async () => void made.set(path, await new Blob(chunks).text()),
        discard: () => Promise.resolve(),
      });
    },
    env: (name) => env[name],
    now: () => 0,
  };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
