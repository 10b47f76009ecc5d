import type { Warden } from "./warden.ts";

/** How a process ended. */
export interface Ending {
  readonly code: number;
  readonly signal: string | null;
}

/** Where the program of the nodes lies, and how they are run. */
export interface Program {
  /** Folder with `main.ts` and `deno.json`. */
  readonly root: string;
  readonly warden: Warden;
}

export interface RunPlan {
  /** The only directory it may write to, beside its log. */
  readonly dataDirectory: string;
  readonly logPath: string;
  /** What comes after `main.ts`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Appends all that the program says to the log. `exec` keeps the process's number the node's. */
const runLogged = 'log=$1; shift; exec "$@" >>"$log" 2>&1';
/** A node that was told to stop, and has not by then, is killed. */
const stopMs = 40_000;

/** One run of a node in a process of its own. It is only ever signalled through the handle that started it. */
export class NodeRun {
  readonly ended: Promise<Ending>;
  /** Null as long as it runs. */
  ending: Ending | null = null;
  /** Whether it ends, or has ended, because we wanted it to. */
  isExpectedToEnd = false;
  isPaused = false;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, warden: Warden) {
    this.#child = child;
    this.ended = child.status.then(async ({ code, signal }) => {
      await warden.forget(child.pid);
      return this.ending = { code, signal };
    });
  }

  static async start(
    { root, warden }: Program,
    { dataDirectory, logPath, args, env }: RunPlan,
  ): Promise<NodeRun> {
    const run = ["run", "-q", "--no-prompt", `--config=${root}/deno.json`, "-P=node"];
    const files = [`--allow-read=${dataDirectory},./.env`, `--allow-write=${dataDirectory}`];
    // Set by env(1) and not by Deno, which only lets programs that may run anything set LD_PRELOAD.
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const node = ["env", ...settings, Deno.execPath(), ...run, ...files, `${root}/main.ts`, ...args];
    const child = new Deno.Command("sh", {
      args: ["-c", runLogged, "sh", logPath, ...node],
      cwd: root,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      // Ctrl-C in the terminal is for us; a node would take it for the wish to leave the ring.
      detached: true,
    }).spawn();
    const started = new NodeRun(child, warden);
    await warden.watch(child.pid);
    return started;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Neither ended nor stopped in its tracks. */
  get isAwake(): boolean {
    return this.ending === null && !this.isPaused;
  }

  async kill(): Promise<Ending> {
    return await this.#end("SIGKILL");
  }

  /** Stops it without moving any data. */
  async halt(): Promise<Ending> {
    return await this.#end("SIGUSR1");
  }

  /** Lets it hand over its data and go. */
  async leave(): Promise<Ending> {
    return await this.#end("SIGTERM");
  }

  pause(): void {
    this.isPaused = true;
    this.#signal("SIGSTOP");
  }

  resume(): void {
    this.#signal("SIGCONT");
    this.isPaused = false;
  }

  async #end(signal: Deno.Signal): Promise<Ending> {
    this.isExpectedToEnd = true;
    this.#signal(signal);
    const timer = setTimeout(() => this.#signal("SIGKILL"), stopMs);
    const ending = await this.ended;
    clearTimeout(timer);
    return ending;
  }

  #signal(signal: Deno.Signal): void {
    if (this.ending !== null) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended meanwhile, and is about to say so.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
