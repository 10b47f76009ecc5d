import { ChordError, errorCode } from "../core/errors.ts";

/** Another process, or another store of this one, works in the directory. */
export class DirectoryInUseError extends Error {
  override readonly name = "DirectoryInUseError";

  constructor(readonly directory: string) {
    super(`Cannot open the store in ${directory}: another process has it open`);
  }
}

/** The directory was written by a newer program than this one. */
export class StoreFormatError extends Error {
  override readonly name = "StoreFormatError";

  constructor(readonly directory: string, readonly found: unknown, readonly known: number) {
    super(
      `Cannot open the store in ${directory}: its format is ${found} and this program knows up to ${known}; ` +
        "use the newer program, or another directory",
    );
  }
}

/** The disk or the system keeps the database from being used, and not what is in it. Nothing was changed. */
export class StoreDamagedError extends Error {
  override readonly name = "StoreDamagedError";

  constructor(readonly directory: string, options: { cause: unknown }) {
    super(
      `Cannot use the store in ${directory}: ${
        messageOf(options.cause)
      }; mend the disk and restart, or move ` +
        "the directory away for the ring to refill the node",
      options,
    );
  }
}

/** The database gave rows that no store wrote there: keys in it are damaged, and a search may miss others. */
export class RowsOutOfOrderError extends Error {
  override readonly name = "RowsOutOfOrderError";

  constructor() {
    super("Cannot trust the database: its rows are out of order");
  }
}

/**
 * What SQLite and Deno KV say of bytes that make no sense: of a page, of the file's head, of the type of a column,
 * of an encoded key. Collected by flipping bits all over a file.
 */
const corruption =
  /not a database|malformed|unsupported file format|value encoding -?\d+ is unknown|Invalid column type|invalid tag|unexpected end of file|deserializ/i;

/** Whether the failure shows that the database is damaged, so that another try would end no better. */
export function isCorruption(error: unknown): boolean {
  return error instanceof RowsOutOfOrderError || corruption.test(messageOf(error));
}

/** There is no room for what was to be written, and nothing of it was. */
export class StorageFullError extends ChordError {
  override readonly name = "StorageFullError";

  constructor(options?: ErrorOptions) {
    super(errorCode.storageFull, "Cannot store: the disk is full", {}, options);
  }
}

/** The store was closed before the call. */
export class StoreClosedError extends Error {
  override readonly name = "StoreClosedError";

  constructor() {
    super("Cannot use the store: it is closed");
  }
}

/**
 * What a failed commit means to the one who asked for it.
 *
 * A full disk is refused by SQLite before anything is written, and heals by itself. Of other failures we do not
 * know enough to promise that nothing happened.
 */
export function commitFailure(cause: unknown): ChordError {
  if (cause instanceof ChordError) return cause;
  return isFull(cause) ? new StorageFullError({ cause }) : new ChordError(
    errorCode.unavailable,
    `Cannot store: ${messageOf(cause)}`,
    { definite: false, reason: "storage" },
    { cause },
  );
}

/** What a failed clearing means: some of it happened. */
export function clearFailure(cause: unknown): ChordError {
  const { code, message } = commitFailure(cause);
  return new ChordError(code, message, { definite: false, reason: "storage" }, { cause });
}

export function isFull(cause: unknown): boolean {
  return messageOf(cause).includes("database or disk is full");
}

/** What a failed read means: nothing is known of the record, least of all that there is none. */
export function readFailure(cause: unknown): ChordError {
  if (cause instanceof ChordError) return cause;
  const message = `Cannot read the disk: ${messageOf(cause)}`;
  return new ChordError(errorCode.unavailable, message, { reason: "storage" }, { cause });
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
