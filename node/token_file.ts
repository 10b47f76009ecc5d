import type { Log } from "../core/ports.ts";
import {
  readTokenList,
  TokenListProblem,
  type TokenRecord,
  tokensMax,
  writeTokenList,
} from "../transport/access/token_list.ts";
import { ConfigurationError } from "./exit_code.ts";
import { explained, type PrivateFileKind, readPrivateFile, stateOf } from "./private_file.ts";

/** How long a change may go unnoticed: a token that is revoked is good for nothing after this. */
const lookMs = 1_000;
const ownersMode = 0o600;

const kind: PrivateFileKind = {
  name: "token file",
  bytesMax: tokensMax * 1_024,
  howToMake: (path) => `deno task keys token --name NAME --role admin --file ${path}`,
  readBelow: "./data and ./secrets",
  problemOf: (error) => error instanceof TokenListProblem ? error.message : null,
};

/**
 * The tokens of the file.
 *
 * @throws ConfigurationError when there are none to be had, or others than its owner may have a hand in them.
 */
export function readTokenFile(path: string): readonly TokenRecord[] {
  return readPrivateFile(path, kind, readTokenList);
}

/** In one step, so that no node ever reads half of it. */
export function replaceTokenFile(path: string, records: readonly TokenRecord[]): void {
  const aside = `${path}.new`;
  explained(path, "write", kind, () => {
    Deno.writeTextFileSync(aside, writeTokenList(records), { mode: ownersMode });
    Deno.chmodSync(aside, ownersMode);
    Deno.renameSync(aside, path);
  });
}

export function isTokenFileThere(path: string): boolean {
  return explained(path, "use", kind, () => {
    try {
      Deno.statSync(path);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
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
