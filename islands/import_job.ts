import { importFile, type ImportFileOptions, type ImportLine, stopImport } from "../client/import_file.ts";
import { realTiming, type RondoClient, RondoError, type Timing } from "../client/mod.ts";
import { type ImportState, nextImport } from "../components/keys/import_progress.ts";
import { problemText } from "../components/keys/open_key.ts";
import { problemOf } from "./problem_of.ts";

export interface ImportJobOptions {
  readonly client: Pick<RondoClient, "urls" | "fetch">;
  readonly onChange: (state: ImportState) => void;
  readonly wallNow?: () => number;
  readonly timing?: Pick<Timing, "after">;
}

/** A file that is still on its way is cut off after so long; one that is being checked has begun by then. */
const stopMsMax = 2_000;

/** One import at a time, from its file to its end. */
export class ImportJob {
  readonly #options: Required<ImportJobOptions>;
  #sending = new AbortController();
  #cancelTimer: () => void = () => {};
  #state: ImportState = { kind: "idle" };

  constructor(options: ImportJobOptions) {
    this.#options = { wallNow: Date.now, timing: realTiming, ...options };
  }

  async start(file: Blob, options: Omit<ImportFileOptions, "signal">): Promise<void> {
    const { signal } = this.#sending = new AbortController();
    this.#tell({ kind: "checking", isStopping: false });
    try {
      for await (const line of importFile(this.#options.client, file, { ...options, signal })) {
        const wasStopping = this.#state.kind === "checking" && this.#state.isStopping;
        this.#tell(this.#after(line));
        if (wasStopping) await this.stop();
      }
      if (!this.#isOver) this.#tell(this.#lost("The answer of the node broke off."));
    } catch (error) {
      const why = problemText(problemOf(error));
      if (signal.aborted) this.#tell(this.#lost("Stopped."));
      else if (isRefusal(error)) this.#tell({ kind: "refused", why, problems: [], bad: 0 });
      else this.#tell(this.#lost(why));
    } finally {
      this.#cancelTimer();
    }
  }

  /** The node is asked to stop, so that it still tells how far it came; without an answer the connection is cut. */
  async stop(): Promise<void> {
    const state = this.#state;
    if ((state.kind !== "checking" && state.kind !== "running") || state.isStopping) return;
    this.#tell({ ...state, isStopping: true });
    if (state.kind === "checking") return this.#stopSoon();
    try {
      await stopImport(this.#options.client, state.id);
    } catch (error) {
      if (!(error instanceof RondoError)) throw error;
      this.#sending.abort();
    }
  }

  #stopSoon(): void {
    this.#cancelTimer = this.#options.timing.after(stopMsMax, () => {
      if (this.#state.kind === "checking") this.#sending.abort();
    });
  }

  /** Forgets how the last one ended. */
  reset(): void {
    if (this.#isOver) this.#tell({ kind: "idle" });
  }

  /** Nobody looks any more. */
  abandon(): void {
    this.#sending.abort();
  }

  get #isOver(): boolean {
    const { kind } = this.#state;
    return kind !== "checking" && kind !== "running";
  }

  #after(line: ImportLine): ImportState {
    if (line.kind !== "bad") return nextImport(this.#state, line, this.#options.wallNow());
    const { error, problems, bad } = line.report;
    const rows = problems.map((problem) => ({ ...problem, key: null }));
    return { kind: "refused", why: error.message, problems: rows, bad };
  }

  #lost(why: string): ImportState {
    const { counts = null, problems = [] } = this.#state.kind === "running" ? this.#state : {};
    return { kind: "lost", why, counts, problems };
  }

  #tell(state: ImportState): void {
    this.#state = state;
    this.#options.onChange(state);
  }
}

/** The node has read the file, or has not even begun, and said no. */
function isRefusal(error: unknown): boolean {
  return error instanceof RondoError && error.definite && error.status !== null;
}
