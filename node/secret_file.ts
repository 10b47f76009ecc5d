import { createHash } from "node:crypto";
import type { Log } from "../core/ports.ts";
import { type Digest, RingTrust } from "../transport/trust/ring_trust.ts";
import { parseSecrets, SecretProblem } from "../transport/trust/secrets.ts";
import { ConfigurationError } from "./exit_code.ts";
import { type PrivateFileKind, readPrivateFile, stateOf } from "./private_file.ts";

/** How often the file is looked at; a new secret is in use that much later. */
const lookMs = 1_000;

const kind: PrivateFileKind = {
  name: "secret file",
  // Far more than two secrets take.
  bytesMax: 64 * 1024,
  howToMake: (path) => `deno task keys secret --out ${path}`,
  readBelow: "./secrets",
  problemOf: (error) => error instanceof SecretProblem ? error.message : null,
};

export const digest: Digest = (content) => createHash("sha256").update(content).digest("hex");

/**
 * The secrets of the file.
 *
 * @throws ConfigurationError when there are none to be had, or others than its owner may have them too.
 */
export function readSecretFile(path: string): readonly string[] {
  return readPrivateFile(path, kind, parseSecrets);
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
