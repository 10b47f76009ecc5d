import { ConfigurationError } from "./exit_code.ts";

/** Files whose contents let somebody in, or in which somebody could let himself in. */

/** Of other users, who must have no right to the file. */
const othersMask = 0o077;

/** How a kind of private file is spoken of, and what may be wrong with one. */
export interface PrivateFileKind {
  /** As in "Cannot use the NAME". */
  readonly name: string;
  readonly bytesMax: number;
  /** How to make one that is missing. */
  readonly howToMake: (path: string) => string;
  /** Below where the permission set of nodes lets it be read. */
  readonly readBelow: string;
  /** The reason, if the error says what is wrong with the contents; else null. */
  readonly problemOf: (error: unknown) => string | null;
}

/** What is wrong with a file before anybody looks into it. */
class FileProblem extends Error {}

/**
 * What `read` makes of the file's text.
 *
 * @throws ConfigurationError when there is none to be had, or others than its owner may have a hand in it.
 */
export function readPrivateFile<T>(path: string, kind: PrivateFileKind, read: (text: string) => T): T {
  return explained(path, "use", kind, () => {
    const { isFile, mode, size } = Deno.statSync(path);
    if (!isFile || size > kind.bytesMax) throw new FileProblem(`it is no ${kind.name}`);
    if (mode !== null && (mode & othersMask) !== 0) {
      throw new FileProblem(`others than its owner may use it; run: chmod 600 ${path}`);
    }
    return read(Deno.readTextFileSync(path));
  });
}

/** @throws ConfigurationError for what goes wrong with the file while it is used or written. */
export function explained<T>(path: string, verb: "use" | "write", kind: PrivateFileKind, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new ConfigurationError(`Cannot ${verb} the ${kind.name} ${path}: ${reasonOf(cause, path, kind)}`, {
      cause,
    });
  }
}

function reasonOf(
  error: unknown,
  path: string,
  { howToMake, problemOf, readBelow }: PrivateFileKind,
): string {
  if (error instanceof FileProblem) return error.message;
  if (error instanceof Deno.errors.NotFound) return `it is not there; make one: ${howToMake(path)}`;
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not do that";
  if (error instanceof Deno.errors.NotCapable) {
    return `this process may only read below ${readBelow}; run: deno run -P=node --allow-read=${path},... main.ts`;
  }
  const problem = problemOf(error);
  if (problem === null) throw error;
  return problem;
}

/** Changes whenever the file does; a file that is put in place of another has another inode. */
export function stateOf(path: string): string {
  try {
    const { ino, mode, mtime, size } = Deno.statSync(path);
    return [ino, mode, mtime?.getTime(), size].join();
  } catch {
    return "out of reach";
  }
}
