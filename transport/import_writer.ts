import { newRequestId } from "../client/request_id.ts";
import type { ImportRow } from "../client/rows/row.ts";
import { ChordError, errorCode } from "../core/errors.ts";
import type { CallContext, NodeService, WriteOptions } from "../core/service.ts";

/** What to do with a row whose key exists. `newer`: the later version stays. */
export const conflictRules = ["overwrite", "skip", "newer"] as const;
export type ConflictRule = typeof conflictRules[number];

export interface WriterOptions {
  readonly onConflict: ConflictRule;
  /** Only finds out what would happen. */
  readonly isDry: boolean;
  readonly context: CallContext;
  readonly wallNow: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Nobody waits for the outcome any more: do not try again. */
  readonly isStopped: () => boolean;
}

/** What became of a row. */
export type RowOutcome =
  | { readonly kind: "stored"; readonly row: ImportRow; readonly created: boolean }
  | { readonly kind: "skipped"; readonly row: ImportRow }
  | { readonly kind: "failed"; readonly row: ImportRow; readonly error: ChordError };

/** Tries at a row. Each has the node's whole patience with a ring that is moving. */
const attemptsMax = 3;
const pauseMs = 250;
/** Times that somebody else may be faster with the same key. */
const racesMax = 5;

const passing: ReadonlySet<number> = new Set([
  errorCode.unavailable,
  errorCode.notOwner,
  errorCode.draining,
  errorCode.overloaded,
  errorCode.deadlineExceeded,
]);

/** Stores rows through the node, as clients would one by one. */
export class ImportWriter {
  constructor(readonly node: NodeService, readonly options: WriterOptions) {}

  /** Never throws a ChordError: that a row fails is an outcome. A repeat after a failure is the same write. */
  async write(row: ImportRow): Promise<RowOutcome> {
    if (this.#hasExpired(row)) return { kind: "skipped", row };
    const requestId = newRequestId();
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#attempt(row, requestId);
      } catch (error) {
        if (!(error instanceof ChordError)) throw error;
        const isLast = attempt === attemptsMax || !passing.has(error.code) || this.options.isStopped();
        if (isLast) return { kind: "failed", row, error };
        await this.options.pause(pauseMs * attempt);
      }
    }
  }

  /** What is over already, in an old export, must not come back for a moment, nor end what is there now. */
  #hasExpired({ expiresAt }: ImportRow): boolean {
    return expiresAt !== undefined && expiresAt.getTime() <= this.options.wallNow();
  }

  async #attempt(row: ImportRow, requestId: string): Promise<RowOutcome> {
    const { isDry, onConflict } = this.options;
    if (isDry) return await this.#foresee(row);
    if (onConflict === "newer") return await this.#putIfNewer(row, requestId);
    try {
      return await this.#put(row, { requestId, ...(onConflict === "skip" ? { ifAbsent: true } : {}) });
    } catch (error) {
      if (isConflict(error)) return { kind: "skipped", row };
      throw error;
    }
  }

  async #foresee(row: ImportRow): Promise<RowOutcome> {
    const { onConflict, context } = this.options;
    const { found, record } = await this.node.get(row.key, context);
    const isKept = onConflict === "skip" ? found : onConflict === "newer" && !isNewer(row, record);
    return isKept ? { kind: "skipped", row } : { kind: "stored", row, created: !found };
  }

  /** A deletion has a version too: a row from before it must not undo it. */
  async #putIfNewer(row: ImportRow, requestId: string): Promise<RowOutcome> {
    for (let races = 1;; races++) {
      const { found, record } = await this.node.get(row.key, this.options.context);
      if (record?.requestId === requestId) return { kind: "stored", row, created: false };
      if (!isNewer(row, record)) return { kind: "skipped", row };
      const condition = found && record !== null ? { ifVersion: record.version } : { ifAbsent: true };
      try {
        return await this.#put(row, { requestId, ...condition });
      } catch (error) {
        if (!isConflict(error) || races === racesMax) throw error;
      }
    }
  }

  async #put(row: ImportRow, options: WriteOptions): Promise<RowOutcome> {
    const { key, value, ttlSeconds, expiresAt } = row;
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    const { created } = await this.node.put(key, bytes, {
      ...options,
      ...(ttlSeconds === undefined ? {} : { ttlMs: ttlSeconds * 1_000 }),
      ...(expiresAt === undefined ? {} : { expiresAtMs: expiresAt.getTime() }),
    }, this.options.context);
    return { kind: "stored", row, created };
  }
}

function isNewer({ version = "" }: ImportRow, record: { readonly version: string } | null): boolean {
  return record === null || version > record.version;
}

function isConflict(error: unknown): boolean {
  return error instanceof ChordError && error.code === errorCode.versionConflict;
}
