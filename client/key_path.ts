import { keyBytesMax } from "../core/data/record.ts";
import { RondoError } from "./rondo_error.ts";

const encoder = new TextEncoder();

export interface KeyProblem {
  /** As a node would name it. */
  readonly code: "KEY_EMPTY" | "KEY_MALFORMED" | "KEY_TOO_LARGE";
  readonly reason: string;
}

/** Why the ring cannot take the key; null when it can. */
export function keyProblem(key: string): KeyProblem | null {
  if (key === "") return { code: "KEY_EMPTY", reason: "the key is empty" };
  if (!key.isWellFormed()) return { code: "KEY_MALFORMED", reason: "the key is not Unicode text" };
  const bytes = encoder.encode(key).length;
  if (bytes <= keyBytesMax) return null;
  return { code: "KEY_TOO_LARGE", reason: `the key has ${bytes} bytes, the most is ${keyBytesMax}` };
}

/** @throws RondoError for a key that no node would take, before anything is sent. */
export function assertKey(key: string): void {
  const problem = keyProblem(key);
  if (problem === null) return;
  throw new RondoError(problem.code, `Cannot use this key: ${problem.reason}`, { definite: true });
}

/**
 * `/api/keys/KEY` with its query, for `root` `/api/keys`.
 *
 * URLs normalise the segments `.` and `..` away, however they are escaped, so those two keys travel in the query.
 */
export function keyPath(root: string, key: string, query: Readonly<Record<string, string>> = {}): string {
  assertKey(key);
  if (key === "." || key === "..") return withQuery(root, { key, ...query });
  return withQuery(`${root}/${encodeURIComponent(key)}`, query);
}

export function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString();
  return text === "" ? path : `${path}?${text}`;
}
