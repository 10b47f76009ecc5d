import { makeSecret } from "../../transport/trust/secrets.ts";
import { ConfigurationError } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { isSwitch, onlyAsFlag, option } from "../node_options.ts";
import { readSecretFile } from "../secret_file.ts";
import { readSettings } from "../settings.ts";
import type { KeysCommand } from "./main.ts";

/** Only its owner reads it and writes to it. */
const fileMode = 0o600;
const directoryMode = 0o700;

const options = {
  out: onlyAsFlag(option<string | null>({
    summary: "file to write it to, for its owner alone; without it the secret is shown",
    placeholder: "FILE",
    read: (path) => path,
    fallback: null,
  })),
  rotate: onlyAsFlag(isSwitch("put the new secret before the present one, which stays valid as the second")),
  force: onlyAsFlag(isSwitch("write over a file that is there: its secrets are lost")),
  help: onlyAsFlag(isSwitch("show this")),
} as const;

const usage = [
  "Usage: deno task keys secret [--out FILE [--rotate|--force]]: makes a secret for the nodes of one ring.",
];

export const secretCommand: KeysCommand = {
  summary: "the secret that all nodes of a ring have (--secret-file)",
  run: (args) => {
    const settings = readSettings(options, { args, env: () => undefined, dotEnv: {} });
    if (settings.help) return helpText(usage, options);
    const { force, out, rotate } = settings;
    if (out === null) {
      if (force || rotate) throw new ConfigurationError("Cannot use --rotate or --force without --out");
      return `${makeSecret()}\n`;
    }
    if (force && rotate) throw new ConfigurationError("Cannot use both --rotate and --force");
    return rotate ? rotateIn(out) : writeTo(out, force);
  },
};

function writeTo(path: string, isForced: boolean): string {
  if (isForced) replace(path, [makeSecret()]);
  else create(path, [makeSecret()]);
  return `The secret is in ${path}; every node of the ring takes it with --secret-file.\n`;
}

/** Nodes go on with the present secret until those they speak to have the new one, so no moment is the wrong one. */
function rotateIn(path: string): string {
  const [present] = readSecretFile(path);
  if (present === undefined) throw new TypeError("Cannot replace the secret of a file without any");
  replace(path, [makeSecret(), present]);
  return `The new secret is the first in ${path}, the old one is still valid. When every node has this file, delete ` +
    "its second line.\n";
}

/** @throws ConfigurationError when there is such a file already. */
function create(path: string, secrets: readonly string[]): void {
  const directory = path.slice(0, path.lastIndexOf("/") + 1);
  try {
    if (directory !== "") Deno.mkdirSync(directory, { recursive: true, mode: directoryMode });
    Deno.writeTextFileSync(path, textOf(secrets), { createNew: true, mode: fileMode });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw cannotWrite(path, error);
    throw new ConfigurationError(
      `Cannot write to ${path}: it is there already; --rotate replaces its secret, --force loses it`,
      { cause: error },
    );
  }
}

/** In one step, so that a node never reads half a file. */
function replace(path: string, secrets: readonly string[]): void {
  const aside = `${path}.new`;
  try {
    Deno.writeTextFileSync(aside, textOf(secrets), { createNew: true, mode: fileMode });
    Deno.renameSync(aside, path);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): Error {
  if (!(error instanceof Error)) throw error;
  return new ConfigurationError(`Cannot write to ${path}: ${error.message}`, { cause: error });
}

function textOf(secrets: readonly string[]): string {
  return secrets.map((secret) => `${secret}\n`).join("");
}
