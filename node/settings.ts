import { closest } from "./closest.ts";
import { ConfigurationError } from "./exit_code.ts";
import { environmentNameOf, flagOf, OptionProblem, type Options, type ValuesOf } from "./option.ts";

/** Where settings come from. */
export interface Sources {
  readonly args: readonly string[];
  readonly env: (name: string) => string | undefined;
  /** What the `.env` file says; it gives way to the environment. */
  readonly dotEnv: Readonly<Record<string, string | undefined>>;
}

/** Text of a setting, and where it was found. */
export interface Found {
  readonly text: string;
  readonly source: "flag" | "environment" | "file";
  /** For the message that it may cause. */
  readonly where: string;
}

/**
 * Every setting: from its flag, else from the environment, else from `.env`, else its default. An empty variable
 * counts as unset, and hides the one in `.env`.
 *
 * @throws ConfigurationError for an unknown flag and for a value that its option does not take.
 */
export function readSettings<O extends Options>(options: O, sources: Sources): ValuesOf<O> {
  const found = findSettings(options, sources);
  const values = Object.entries(options).map(([name, option]) => {
    const given = found.get(name);
    return [name, given === undefined ? option.fallback : readValue(option.read, given)];
  });
  return Object.fromEntries(values);
}

/**
 * The settings that somebody has made, by their names in code.
 *
 * @throws ConfigurationError for an unknown flag.
 */
export function findSettings(options: Options, { args, env, dotEnv }: Sources): Map<string, Found> {
  const flags = readFlags(options, args);
  const found = Object.entries(options).map(([name, { isOnlyFlag }]): [string, Found | null] => {
    const elsewhere = () => isOnlyFlag ? null : fromEnvironment(environmentNameOf(name), env, dotEnv);
    return [name, flags.get(name) ?? elsewhere()];
  });
  return new Map(found.filter((pair): pair is [string, Found] => pair[1] !== null));
}

function fromEnvironment(name: string, env: Sources["env"], dotEnv: Sources["dotEnv"]): Found | null {
  const own = env(name);
  const text = own ?? dotEnv[name] ?? "";
  if (text === "") return null;
  return own === undefined
    ? { text, source: "file", where: `${name} of .env` }
    : { text, source: "environment", where: name };
}

function readValue(read: (text: string) => unknown, { text, where }: Found): unknown {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof OptionProblem)) throw error;
    const shown = JSON.stringify(text.slice(0, 80));
    throw new ConfigurationError(`Cannot use ${shown} for ${where}: it takes ${error.message}`, {
      cause: error,
    });
  }
}

function readFlags(options: Options, args: readonly string[]): Map<string, Found> {
  const names = new Map(Object.keys(options).map((name) => [flagOf(name), name]));
  const found = new Map<string, Found>();
  for (let i = 0; i < args.length; i++) {
    const [flag = "", inline] = splitOnce(args[i] ?? "");
    const name = names.get(flag);
    const option = name === undefined ? undefined : options[name];
    if (name === undefined || option === undefined) throw unknownFlag(flag, [...names.keys()]);
    const isSwitch = option.placeholder === null;
    const text = inline ?? (isSwitch ? "" : args[++i]);
    if (text === undefined || (inline === undefined && text.startsWith("--"))) {
      throw new ConfigurationError(`Cannot use ${flag} without a value: ${option.summary}`);
    }
    const before = found.get(name);
    if (before !== undefined && option.isRepeatable !== true) {
      throw new ConfigurationError(`Cannot use ${flag} twice`);
    }
    const all = before === undefined ? text : `${before.text},${text}`;
    found.set(name, { text: all, source: "flag", where: flag });
  }
  return found;
}

/** `--port=8440` in its two parts. */
function splitOnce(argument: string): [flag: string, value: string | undefined] {
  const at = argument.indexOf("=");
  return at === -1 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

function unknownFlag(flag: string, known: readonly string[]): ConfigurationError {
  const near = closest(flag, known);
  const advice = near === null ? "--help shows what there is" : `did you mean ${near}?`;
  return new ConfigurationError(
    `Cannot use ${JSON.stringify(flag.slice(0, 80))}: there is no such flag; ${advice}`,
  );
}
