import { CommandError, exitCode } from "./exit_code.ts";
import type { Terminal } from "./terminal.ts";

/** @throws CommandError when there is no such file, or none that may be read. */
export async function openInput(path: string, terminal: Terminal): Promise<ReadableStream<Uint8Array>> {
  try {
    return await terminal.openFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** All bytes of a file. */
export async function readWhole(path: string, terminal: Terminal): Promise<Uint8Array> {
  const stream = await openInput(path, terminal);
  try {
    return await new Response(stream).bytes();
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Folders open like files and fail at the first read, so both moments come here. */
export function unreadable(path: string, error: unknown): CommandError {
  const reason = reasonOf(error, "read");
  if (reason === null) throw error;
  return new CommandError(exitCode.noInput, `Cannot read ${path}: ${reason}`, { cause: error });
}

/** Why a file cannot be read or written; null for what has nothing to do with files. */
export function reasonOf(error: unknown, deed: "read" | "write"): string | null {
  if (error instanceof Deno.errors.NotFound) {
    return deed === "read" ? "there is no such file" : "no such folder";
  }
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) return `this process may not ${deed} it (--allow-${deed})`;
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  return null;
}
