import { type Check, rowsToSend } from "../client/rows/check.ts";
import type { ImportRow } from "../client/rows/row.ts";
import type { RowSource } from "./import_check.ts";
import type { RowOutcome } from "./import_writer.ts";
import { inOrder } from "./in_order.ts";
import { restCodeOf } from "./rest_error.ts";

/** Rows on their way at once: enough for group commits and round trips, few enough to leave room for other clients. */
const rowsInFlightMax = 32;
/** Progress is told this often at most. */
const progressMs = 200;
/** So many failures without a success between them, and the rest will fare no better. */
const failuresInARowMax = 200;
/** Rows told of that give way to a later one with the same key; after that only their number is. */
const duplicatesMax = 100;

export interface RunOptions {
  /** Under which the import can be stopped. */
  readonly id: string;
  readonly source: RowSource;
  readonly check: Check;
  readonly isDry: boolean;
  readonly write: (row: ImportRow) => Promise<RowOutcome>;
  /** The client has gone, or has had enough. */
  readonly isStopped: () => boolean;
  readonly now: () => number;
  /** What came of it, whether or not anybody hears the last line; and what nobody foresaw. */
  readonly onEnd: (summary: ImportSummary, error: unknown) => void;
}

/** How far an import is. `ok`, `skipped` and `failed` make up `done`. */
export interface ImportProgress {
  readonly done: number;
  readonly total: number;
  readonly ok: number;
  readonly skipped: number;
  readonly failed: number;
  /** The line of the last row that had its turn, and with it all before; null when none had. */
  readonly lastRow: number | null;
}

export interface ImportSummary extends ImportProgress {
  /** Every row had its turn. */
  readonly finished: boolean;
  readonly dry: boolean;
  /** Of `ok`: keys that did not exist before. */
  readonly created: number;
  /** Of `failed`: rows that may have been stored all the same. */
  readonly unknown: number;
  /** Of `skipped`: rows that gave way to a later one with the same key. */
  readonly duplicates: number;
  /** Why it did not finish. */
  readonly reason?: "cancelled" | "tooManyFailures" | "internal";
  readonly seconds: number;
}

/** Stores the rows of a checked file, and tells of it line by line of the answer. */
export class ImportRun {
  readonly #options: RunOptions;
  readonly #startedAtMs: number;
  readonly #duplicates: number;
  #done: number;
  #ok = 0;
  #skipped: number;
  #failed = 0;
  #created = 0;
  #unknown = 0;
  #failuresInARow = 0;
  #lastRow: number | null = null;
  #mishap: { readonly error: unknown } | null = null;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#startedAtMs = options.now();
    this.#duplicates = options.check.rows - options.check.lastLines.size;
    this.#done = this.#duplicates;
    this.#skipped = this.#duplicates;
  }

  /** Whoever stops reading stops the import, once the rows in flight have ended. */
  async *lines(): AsyncGenerator<object, void, undefined> {
    try {
      yield { id: this.#options.id };
      yield* this.#duplicateLines();
      yield this.#progress();
      yield* this.#work();
    } catch (error) {
      this.#mishap = { error };
    } finally {
      this.#options.onEnd(this.#summary(), this.#mishap?.error);
    }
    yield this.#summary();
  }

  async *#work(): AsyncGenerator<object, void, undefined> {
    const { now, write } = this.#options;
    let toldAtMs = now();
    for await (const outcome of inOrder(this.#rows(), write, rowsInFlightMax)) {
      this.#count(outcome);
      if (outcome.kind === "failed") yield lineOfFailure(outcome);
      if (now() - toldAtMs < progressMs) continue;
      toldAtMs = now();
      yield this.#progress();
    }
  }

  async *#rows(): AsyncGenerator<ImportRow, void, undefined> {
    const { source, check } = this.#options;
    for await (const row of rowsToSend(source(), check)) {
      if (this.#options.isStopped() || this.#failuresInARow >= failuresInARowMax) return;
      yield row;
    }
  }

  #count(outcome: RowOutcome): void {
    this.#done++;
    this.#lastRow = outcome.row.line;
    this.#failuresInARow = outcome.kind === "failed" ? this.#failuresInARow + 1 : 0;
    if (outcome.kind === "skipped") this.#skipped++;
    else if (outcome.kind === "stored") {
      this.#ok++;
      if (outcome.created) this.#created++;
    } else {
      this.#failed++;
      if (!outcome.error.data.definite) this.#unknown++;
    }
  }

  *#duplicateLines(): Generator<object, void, undefined> {
    let left = duplicatesMax;
    for (const [key, lines] of this.#options.check.duplicates) {
      const message = `Not stored: line ${lines.at(-1)} has the same key`;
      for (const row of lines.slice(0, -1)) {
        if (left-- <= 0) return;
        yield { row, key, code: "DUPLICATE_KEY", message };
      }
    }
  }

  #reason(): ImportSummary["reason"] {
    if (this.#mishap !== null) return "internal";
    if (this.#done === this.#options.check.rows) return undefined;
    return this.#failuresInARow >= failuresInARowMax ? "tooManyFailures" : "cancelled";
  }

  #progress(): ImportProgress {
    const { rows: total } = this.#options.check;
    return {
      done: this.#done,
      total,
      ok: this.#ok,
      skipped: this.#skipped,
      failed: this.#failed,
      lastRow: this.#lastRow,
    };
  }

  #summary(): ImportSummary {
    const reason = this.#reason();
    return {
      finished: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      dry: this.#options.isDry,
      ...this.#progress(),
      created: this.#created,
      unknown: this.#unknown,
      duplicates: this.#duplicates,
      seconds: Math.round(this.#options.now() - this.#startedAtMs) / 1_000,
    };
  }
}

function lineOfFailure({ row: { key, line }, error }: Extract<RowOutcome, { kind: "failed" }>): object {
  const { message, data: { definite } } = error;
  return { row: line, key, code: restCodeOf(error), message, ...(definite ? {} : { definite }) };
}
