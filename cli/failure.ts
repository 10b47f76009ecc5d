import { clientErrorCode, isTransient, RondoError } from "../client/mod.ts";
import { BadFileError } from "../client/rows/bad_file.ts";
import { CommandError, type ExitCode, exitCode } from "./exit_code.ts";

export interface Failure {
  readonly exit: ExitCode;
  /** One line for stderr. */
  readonly line: string;
}

/**
 * What to tell the user about an error, and how to end.
 *
 * @throws whatever is no failure of the world or of the user: that is a mistake of ours, and wants its stack.
 */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CommandError) return { exit: error.exit, line: error.message };
  if (error instanceof BadFileError) return { exit: exitOfBadFile(error), line: error.message };
  if (error instanceof RondoError) return { exit: exitOf(error), line: lineOf(error) };
  throw error;
}

/** A column that the user named is a mistake of the command line, all else one of the file. */
function exitOfBadFile({ code }: BadFileError): ExitCode {
  return code === "NO_COLUMN" ? exitCode.usage : exitCode.badData;
}

export function exitOf(error: RondoError): ExitCode {
  if (!error.definite) return exitCode.temporary;
  if (error.code === clientErrorCode.unreachable) return exitCode.unreachable;
  if (error.code === clientErrorCode.connectionLost) return exitCode.unreachable;
  if (isTransient(error) || error.code === "STORAGE_FULL") return exitCode.temporary;
  // A call within a batch is refused in an answer whose status is 200.
  if (error.code === "FORBIDDEN" || error.code === "UNAUTHENTICATED") return exitCode.noPermission;
  return exitOfStatus(error.status);
}

function exitOfStatus(status: number | null): ExitCode {
  switch (status) {
    case 401:
    case 403:
      return exitCode.noPermission;
    case 409:
    case 412:
      return exitCode.negative;
    case 413:
      return exitCode.badData;
    default:
      // Without a status the client itself refused what it was given, as a node would with 400.
      return status === null || status === 400 ? exitCode.usage : exitCode.software;
  }
}

/** What the error means to a person, on one line. */
export function lineOf(error: RondoError): string {
  // The id leads to the node's log, and there is nothing in it about what the caller did wrong.
  const isLogged = error.requestId !== null && (error.status ?? 0) >= 500;
  const request = isLogged ? ` (request ${error.requestId})` : "";
  const message = error.message.replaceAll(/\s*\n\s*/g, " ");
  if (!error.definite) return `${message}: the write may or may not have been stored${request}`;
  if (error.code === clientErrorCode.unreachable) return message + startAdvice(error.url);
  if (error.code === "UNAUTHENTICATED") {
    return `${message}. Give one with --token-file PATH or in RONDO_TOKEN`;
  }
  return message + request;
}

/** Most who cannot reach a node of their own machine have not started one. */
function startAdvice(url: string | null): string {
  if (url === null) return "";
  const { hostname, port, protocol } = new URL(url);
  if (protocol !== "http:" || !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) return "";
  return `. Is a node running? Start one with: deno task node --port ${port === "" ? 80 : port}`;
}
