import type { Log } from "../core/ports.ts";
import {
  readTokenList,
  TokenListProblem,
  type TokenRecord,
  tokensMax,
  writeTokenList,
} from "../transport/access/token_list.ts";
import { ConfigurationError } from "./exit_code.ts";

/** How long a change may go unnoticed: a token that is revoked is good for nothing after this. */
const lookMs = 1_000;
/** Of other users, who must have no right to the file: who may write to it lets himself in. */
const othersMask = 0o077;
const ownersMode = 0o600;
const fileBytesMax = tokensMax * 1_024;

/**
 * The tokens of the file.
 *
 * @throws ConfigurationError when there are none to be had, or others than its owner may have a hand in them.
 */
export function readTokenFile(path: string): readonly TokenRecord[] {
  try {
    const { isFile, mode, size } = Deno.statSync(path);
    if (!isFile || size > fileBytesMax) throw new TokenListProblem("it is no list of tokens");
    if (mode !== null && (mode & othersMask) !== 0) {
      throw new TokenListProblem(`others than its owner may use it; run: chmod 600 ${path}`);
    }
    return readTokenList(Deno.readTextFileSync(path));
  } catch (error) {
    throw new ConfigurationError(`Cannot use the token file ${path}: ${reasonOf(error, path)}`, {
      cause: error,
    });
  }
}

/** In one step, so that no node ever reads half of it. */
export function replaceTokenFile(path: string, records: readonly TokenRecord[]): void {
  const aside = `${path}.new`;
  try {
    Deno.writeTextFileSync(aside, writeTokenList(records), { mode: ownersMode });
    Deno.chmodSync(aside, ownersMode);
    Deno.renameSync(aside, path);
  } catch (error) {
    throw new ConfigurationError(`Cannot write the token file ${path}: ${reasonOf(error, path)}`, {
      cause: error,
    });
  }
}

export function isTokenFileThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new ConfigurationError(`Cannot use the token file ${path}: ${reasonOf(error, path)}`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown, path: string): string {
  if (error instanceof TokenListProblem) return error.message;
  if (error instanceof Deno.errors.NotFound) {
    return `it is not there; make one: deno task keys token --name NAME --role admin --file ${path}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not do that";
  if (error instanceof Deno.errors.NotCapable) {
    return `this process may only read below ./data; run: deno run -P=node --allow-read=${path},... main.ts`;
  }
  throw error;
}

/**
 * Follows the file as it changes: that is how tokens are made and revoked while the node runs.
 *
 * It is looked at when somebody asks, and at most once in a while. A file that has become unusable changes nothing,
 * but for one that is gone: with it go all its tokens.
 *
 * @throws ConfigurationError as `readTokenFile`.
 */
export function followTokenFile(path: string, log: Log, nowMs: () => number): () => readonly TokenRecord[] {
  let records = readTokenFile(path);
  let seen = stateOf(path);
  let lookedAtMs = nowMs();
  return () => {
    if (nowMs() - lookedAtMs < lookMs) return records;
    lookedAtMs = nowMs();
    const state = stateOf(path);
    if (state === seen) return records;
    seen = state;
    records = changed(path, records, log);
    return records;
  };
}

function changed(path: string, before: readonly TokenRecord[], log: Log): readonly TokenRecord[] {
  try {
    const records = readTokenFile(path);
    log("info", "tokensRead", { path, tokens: records.length });
    return records;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const isGone = error.cause instanceof Deno.errors.NotFound;
    log("error", isGone ? "tokensGone" : "tokensKept", { path, reason: error.message });
    return isGone ? [] : before;
  }
}

/** Changes whenever the file does; a file that is put in place of another has another inode. */
function stateOf(path: string): string {
  try {
    const { ino, mode, mtime, size } = Deno.statSync(path);
    return [ino, mode, mtime?.getTime(), size].join();
  } catch {
    return "out of reach";
  }
}
