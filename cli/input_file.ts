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
  const reason = reasons.find(([kind]) => error instanceof kind)?.[1];
  if (reason === undefined) throw error;
  return new CommandError(exitCode.noInput, `Cannot read ${path}: ${reason}`, { cause: error });
}

const reasons = [
  [Deno.errors.NotFound, "there is no such file"],
  [Deno.errors.PermissionDenied, "permission denied"],
  [Deno.errors.NotCapable, "this process may not read it (--allow-read)"],
  [Deno.errors.IsADirectory, "it is a folder"],
] as const;
