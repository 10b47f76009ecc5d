import { consoleFiles } from "../node/console_files.ts";
import { TextLineStream } from "./text_lines.ts";
import type { PlannedNode } from "./ring_plan.ts";

/** How a process ended. */
export interface Ending {
  readonly code: number;
  readonly signal: string | null;
}

const root = `${import.meta.dirname}/..`;

/**
 * A node in a process of its own.
 *
 * It is detached, so that Ctrl-C in the terminal reaches the launcher alone: a node would take it for the wish to
 * leave the ring for good.
 */
export class NodeProcess {
  readonly ended: Promise<Ending>;
  /** Null as long as it runs. */
  ending: Ending | null = null;
  /** The last line of its log. */
  lastWords = "";
  readonly #child: Deno.ChildProcess;

  constructor(readonly plan: PlannedNode) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        `--config=${root}/deno.json`,
        ...permissions(plan),
        `${root}/main.ts`,
        ...plan.args,
      ],
      detached: true,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.ended = this.#watch();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Asks it to end and to keep its data; it need not be running any more. */
  halt(): void {
    this.#signal("SIGUSR1");
  }

  kill(): void {
    this.#signal("SIGKILL");
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

  async #watch(): Promise<Ending> {
    await this.#readLog();
    const { code, signal } = await this.#child.status;
    return this.ending = { code, signal };
  }

  /** Keeps the log beside the data; reads it to its end, or the node would stop at a full pipe. */
  async #readLog(): Promise<void> {
    const { dataDirectory } = this.plan;
    using file = dataDirectory === null ? null : openLog(`${dataDirectory}.log`);
    const lines = this.#child.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of lines) {
      this.lastWords = line;
      file?.writeSync(new TextEncoder().encode(`${line}\n`));
    }
  }
}

/** What `deno task node` may, with the data, the secret and the tokens where the ring has them. */
function permissions({ dataDirectory, secretFile, tokenFile }: PlannedNode): string[] {
  const own = [dataDirectory, secretFile, tokenFile].filter((path) => path !== null);
  if (own.length === 0) return ["-P=node"];
  const sources = consoleFiles.map((path) => `${root}/${path}`);
  return [
    "-P=node",
    `--allow-read=${[...own, "./.env", ...sources]}`,
    ...(dataDirectory === null ? [] : [`--allow-write=${dataDirectory}`]),
  ];
}

function openLog(path: string): Deno.FsFile {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  return Deno.openSync(path, { create: true, append: true });
}
