import { ConfigurationError } from "../node/exit_code.ts";
import { isSwitch, onlyAsFlag, option } from "../node/node_options.ts";
import { type Option, OptionProblem, text, type ValuesOf, wholeNumber } from "../node/option.ts";
import { readSettings } from "../node/settings.ts";
import { type FaultKind, faultKinds } from "./nemesis.ts";

/** More processes than that are another machine's business. */
const nodesMax = 24;
/** A soak of a day. */
const minutesMax = 24 * 60;

function flag<T>(summary: string, placeholder: string, read: (text: string) => T): Option<T | null> {
  return onlyAsFlag(option<T | null>({ summary, placeholder, read, fallback: null }));
}

export const tortureOptions = {
  nodes: flag("nodes in the ring (default: 8)", "COUNT", wholeNumber(3, nodesMax)),
  minutes: flag("how long clients and faults go on (default: 2)", "MINUTES", minutes),
  faults: flag(`kinds of faults, of ${faultKinds.join(",")}`, "KINDS", kindsOf),
  keys: flag(
    "keys that are there before the first fault (default: 10000)",
    "COUNT",
    wholeNumber(1, 1_000_000),
  ),
  clients: flag("clients that ask at the same time (default: 16)", "COUNT", wholeNumber(1, 1_000)),
  rate: flag("operations a second, of all clients (default: 200)", "COUNT", wholeNumber(1, 100_000)),
  killEvery: flag("from one fault of a node to the next (default: 20)", "SECONDS", wholeNumber(1, 3_600)),
  scenario: flag(
    "a story with figures of its own; see below",
    "NAME",
    text(/^[a-z]+$/, "the name of a scenario"),
  ),
  seed: flag("decides all that chance decides (default: from the clock)", "NUMBER", wholeNumber(0, 2 ** 31)),
  data: flag(
    "where the history, the logs and the nodes' data go (default: a new one in /tmp)",
    "DIR",
    String,
  ),
  program: flag("folder of the Rondo to torture (default: this one)", "DIR", String),
  json: onlyAsFlag(isSwitch("the result as JSON on stdout, everything else on stderr")),
  keep: onlyAsFlag(isSwitch("keep the nodes' data also when all went well")),
  help: onlyAsFlag(isSwitch("show this")),
} as const;

export type TortureOptions = ValuesOf<typeof tortureOptions>;

/** @throws ConfigurationError for a flag that there is not, and for a value that it does not take. */
export function readOptions(args: readonly string[]): TortureOptions {
  return readSettings(tortureOptions, { args, env: () => undefined, dotEnv: {} });
}

export { ConfigurationError };

function minutes(given: string): number {
  const value = Number(given);
  if (/^[0-9]+(\.[0-9]+)?$/.test(given) && value > 0 && value <= minutesMax) return value;
  throw new OptionProblem(`minutes, more than 0 and at most ${minutesMax}`);
}

/** Kinds of faults, each once. */
function kindsOf(given: string): readonly FaultKind[] {
  const names = given.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const kinds = faultKinds.filter((kind) => names.includes(kind));
  const isKnown = (name: string) => faultKinds.some((kind) => kind === name);
  if (names.length > 0 && names.every(isKnown)) return kinds;
  throw new OptionProblem(`some of ${faultKinds.join(", ")}`);
}
