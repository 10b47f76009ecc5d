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

/** The file is there but it is no readable database. Nothing in it was changed. */
export class StoreDamagedError extends Error {
  override readonly name = "StoreDamagedError";

  constructor(readonly directory: string, options: { cause: unknown }) {
    super(
      `Cannot read the store in ${directory}: ${messageOf(options.cause)}; move the directory away and ` +
        "restart, and the node will be refilled by its ring",
      options,
    );
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
  const isFull = messageOf(cause).includes("database or disk is full");
  return isFull
    ? new ChordError(errorCode.storageFull, "Cannot store: the disk is full", {}, { cause })
    : new ChordError(
      errorCode.unavailable,
      `Cannot store: ${messageOf(cause)}`,
      { definite: false, reason: "storage" },
      { cause },
    );
}

/** What a failed read means: nothing is known of the record, least of all that there is none. */
export function readFailure(cause: unknown): ChordError {
  if (cause instanceof ChordError) return cause;
  const message = `Cannot read the disk: ${messageOf(cause)}`;
  return new ChordError(errorCode.unavailable, message, { reason: "storage" }, { cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
