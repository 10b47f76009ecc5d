import { ChordError, errorCode, WrongRingError } from "../core/errors.ts";
import { DirectoryInUseError, StoreDamagedError, StoreFormatError } from "../storage/store_errors.ts";
import { PortInUseError } from "../transport/http_server.ts";
import { type ExitCode, exitCode, StartError } from "./exit_code.ts";

export interface StartFailure {
  readonly exit: ExitCode;
  /** One line for stderr. */
  readonly line: string;
}

/**
 * What to tell the operator about a node that did not start, and how to end.
 *
 * @throws whatever is no failure of the world or of the operator: that is a mistake of ours, and wants its stack.
 */
export function describeStartFailure(error: unknown): StartFailure {
  const exit = exitOf(error);
  if (exit === null) throw error;
  return { exit, line: (error as Error).message.replaceAll(/\s*\n\s*/g, " ") };
}

function exitOf(error: unknown): ExitCode | null {
  if (error instanceof StartError) return error.exit;
  if (error instanceof PortInUseError) return exitCode.portInUse;
  if (error instanceof DirectoryInUseError) return exitCode.directoryInUse;
  if (error instanceof WrongRingError) return exitCode.wrongRing;
  return isStoreFailure(error) ? exitCode.storeFailure : null;
}

function isStoreFailure(error: unknown): boolean {
  if (error instanceof StoreFormatError || error instanceof StoreDamagedError) return true;
  return error instanceof ChordError &&
    (error.code === errorCode.storageFull || error.data.reason === "storage");
}
