import { type Role, roles } from "../../core/role.ts";
import { digestOf, newToken } from "../../transport/access/credential.ts";
import { isTokenName, nameTakes, type TokenRecord, tokensMax } from "../../transport/access/token_list.ts";
import { ConfigurationError } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { isSwitch, onlyAsFlag, option } from "../node_options.ts";
import { oneOf, OptionProblem, wholeNumber } from "../option.ts";
import { readSettings } from "../settings.ts";
import { isTokenFileThere, readTokenFile, replaceTokenFile } from "../token_file.ts";

const dayMs = 86_400_000;

const file = onlyAsFlag(option<string | null>({
  summary: "the token file of the nodes (their --token-file)",
  placeholder: "FILE",
  read: (path) => path,
  fallback: null,
}));
const help = onlyAsFlag(isSwitch("show this"));
const name = onlyAsFlag(option<string | null>({
  summary: "whose token it is, as the audit names them",
  placeholder: "NAME",
  read: nameOf,
  fallback: null,
}));

const newOptions = {
  name,
  role: onlyAsFlag(option<Role>({
    summary: "read, write, operator or admin; each may do what those before it may",
    placeholder: "ROLE",
    read: oneOf(...roles),
    fallback: "read",
  })),
  file,
  expires: onlyAsFlag(option<number | null>({
    summary: "days after which it is good for nothing",
    placeholder: "DAYS",
    read: wholeNumber(1, 3_650),
    fallback: null,
    fallbackText: "never",
  })),
  help,
} as const;

/** Makes a token, keeps its digest, and gives its text: the only time that it is seen. */
export const tokenCommand = {
  summary: "a token for a client (--name, --role, --file), shown once",
  run: (args: readonly string[]): string => {
    const usage = "Usage: deno task keys token --name NAME --role ROLE --file FILE [--expires DAYS]";
    const settings = readSettings(newOptions, sourcesOf(args));
    if (settings.help) return helpText([usage], newOptions);
    const path = required(settings.file, "--file");
    const owner = required(settings.name, "--name");
    const before = isTokenFileThere(path) ? readTokenFile(path) : [];
    if (before.some((record) => record.name === owner)) {
      throw new ConfigurationError(`Cannot make a second token of the name ${owner}: revoke the first`);
    }
    if (before.length >= tokensMax) throw new ConfigurationError(`Cannot keep more than ${tokensMax} tokens`);
    const token = newToken();
    const createdAtMs = Date.now();
    const { expires, role } = settings;
    const record: TokenRecord = {
      name: owner,
      role,
      sha256: digestOf(token).toHex(),
      createdAtMs,
      expiresAtMs: expires === null ? null : createdAtMs + expires * dayMs,
    };
    replaceTokenFile(path, [...before, record]);
    return `${token}\n`;
  },
};

const listOptions = { file, help } as const;

export const listCommand = {
  summary: "the tokens of a file: names and roles, never the tokens",
  run: (args: readonly string[]): string => {
    const settings = readSettings(listOptions, sourcesOf(args));
    if (settings.help) return helpText(["Usage: deno task keys list --file FILE"], listOptions);
    const records = readTokenFile(required(settings.file, "--file"));
    if (records.length === 0) return "No tokens.\n";
    return records.map((record) => `${lineOf(record, Date.now())}\n`).join("");
  },
};

export const revokeCommand = {
  summary: "takes a token out of a file; nodes notice within a second",
  run: ([first = "", ...rest]: readonly string[]): string => {
    const isNamed = first !== "" && !first.startsWith("--");
    const settings = readSettings(listOptions, sourcesOf(isNamed ? rest : [first, ...rest].filter(Boolean)));
    if (settings.help) return helpText(["Usage: deno task keys revoke NAME --file FILE"], listOptions);
    if (!isNamed) throw new ConfigurationError("Cannot revoke a token without its name");
    const path = required(settings.file, "--file");
    const records = readTokenFile(path);
    const left = records.filter((record) => record.name !== first);
    if (left.length === records.length) {
      throw new ConfigurationError(
        `Cannot revoke ${JSON.stringify(first.slice(0, 80))}: there is no such token`,
      );
    }
    replaceTokenFile(path, left);
    return `The token ${first} is revoked; nodes with this file take it no more after a second.\n`;
  },
};

function lineOf({ createdAtMs, expiresAtMs, name, role }: TokenRecord, wallMs: number): string {
  const ends = expiresAtMs === null
    ? "does not expire"
    : `${expiresAtMs <= wallMs ? "expired" : "expires"} ${dateOf(expiresAtMs)}`;
  return `${name.padEnd(20)} ${role.padEnd(8)}  created ${dateOf(createdAtMs)}, ${ends}`;
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function nameOf(given: string): string {
  if (isTokenName(given)) return given;
  throw new OptionProblem(nameTakes);
}

function required(value: string | null, flag: string): string {
  if (value !== null) return value;
  throw new ConfigurationError(`Cannot do this without ${flag}; --help tells more`);
}

function sourcesOf(args: readonly string[]) {
  return { args, env: () => undefined, dotEnv: {} };
}
