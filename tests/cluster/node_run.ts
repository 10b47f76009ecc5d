import { TextLineStream } from "../../launcher/text_lines.ts";
import { consoleFiles } from "../../node/console_files.ts";

/** How a process ended; a signal that nobody handled counts as 128 and its number, as in a shell. */
export type ExitStatus = number;

const secretFlag = "--secret-file=";

const root = new URL("../..", import.meta.url).pathname;

/** One run of `main.ts` (or another program of the house) in a process of its own, and all that it wrote. */
export class Run implements AsyncDisposable {
  readonly exited: Promise<ExitStatus>;
  readonly lines: string[] = [];
  hasExited = false;
  readonly #child: Deno.ChildProcess;

  constructor(program: string, flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        "--no-prompt",
        ...flags.filter(isDenoFlag),
        program,
        ...flags.filter((f) => !isDenoFlag(f)),
      ],
      cwd: root,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    this.exited = this.#watch();
  }

  /** A node, with its data and its secret where a test wants them. */
  static node(directory: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
    const secrets = args.filter((arg) => arg.startsWith(secretFlag)).map((arg) =>
      arg.slice(secretFlag.length)
    );
    const reads = [directory, ...secrets, "./.env", ...consoleFiles].join();
    const permissions = ["-P=node", `--allow-read=${reads}`, `--allow-write=${directory}`];
    return new Run("main.ts", [...permissions, ...args], env);
  }

  get output(): string {
    return this.lines.join("\n");
  }

  signal(signal: Deno.Signal): void {
    if (!this.hasExited) this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #watch(): Promise<ExitStatus> {
    const { stdout, stderr, status } = this.#child;
    const [{ code }] = await Promise.all([status, this.#read(stdout), this.#read(stderr)]);
    this.hasExited = true;
    return code;
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      this.lines.push(line);
    }
  }
}

/** Deno's own flags stand before the program; a node's settings are written as `--name=value`. */
function isDenoFlag(flag: string): boolean {
  return flag.startsWith("-P") || flag.startsWith("--allow-read") || flag.startsWith("--allow-write") ||
    flag.startsWith("--allow-run");
}
