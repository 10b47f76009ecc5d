import { createHash } from "node:crypto";
import type { Log } from "../core/ports.ts";
import { RingTrust } from "../transport/trust/ring_trust.ts";
import { parseSecrets, SecretProblem } from "../transport/trust/secrets.ts";
import type { Digest } from "../transport/trust/mac.ts";
import { ConfigurationError } from "./exit_code.ts";

/** How often the file is looked at; a new secret is in use that much later. */
const lookMs = 1_000;

/** Of other users, who must have no right to the file. */
const othersMask = 0o077;

/** Far more than two secrets take. */
const fileBytesMax = 64 * 1024;

export const digest: Digest = (content) => createHash("sha256").update(content).digest("hex");

/**
 * The secrets of the file.
 *
 * @throws ConfigurationError when there are none to be had, or others than its owner may have them too.
 */
export function readSecretFile(path: string): readonly string[] {
  try {
    const { isFile, mode, size } = Deno.statSync(path);
    if (!isFile || size > fileBytesMax) throw new SecretProblem("it is no file of secrets");
    if (mode !== null && (mode & othersMask) !== 0) {
      throw new SecretProblem(`others than its owner may use it; run: chmod 600 ${path}`);
    }
    return parseSecrets(Deno.readTextFileSync(path));
  } catch (error) {
    throw new ConfigurationError(`Cannot use the secret file ${path}: ${reasonOf(error, path)}`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown, path: string): string {
  if (error instanceof SecretProblem) return error.message;
  if (error instanceof Deno.errors.NotFound) return "it is not there; deno task keys secret --out makes one";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not read it";
  if (error instanceof Deno.errors.NotCapable) {
    return `this process may only read below ./secrets; run: deno run -P=node --allow-read=${path},... main.ts`;
  }
  throw error;
}

/** The trust of a node, and what ends its watch over the file. */
export interface OpenTrust {
  readonly trust: RingTrust;
  readonly stop: () => void;
}

/**
 * Trusts whoever has the file's secrets, and follows the file as it changes: that is how a secret is replaced while
 * the ring runs. A file that has become unusable changes nothing.
 *
 * SIGHUP would be the usual sign, but here it already stops a node (`StopRequests`), and a file that is put in place by
 * a machine has nobody to send it.
 *
 * @throws ConfigurationError as `readSecretFile`.
 */
export function openTrust(path: string, self: string, log: Log): OpenTrust {
  const secrets = readSecretFile(path);
  const trust = new RingTrust({ self, secrets, digest, wallNow: () => Date.now() });
  let seen = stateOf(path);
  const timer = setInterval(() => {
    const now = stateOf(path);
    if (now === seen) return;
    seen = now;
    renew(trust, path, log);
  }, lookMs);
  Deno.unrefTimer(timer);
  return { trust, stop: () => clearInterval(timer) };
}

function renew(trust: RingTrust, path: string, log: Log): void {
  try {
    const secrets = readSecretFile(path);
    trust.renew(secrets);
    log("info", "secretsRead", { path, secrets: secrets.length });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    log("error", "secretsKept", { path, reason: error.message });
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
