/** One setting: how it is written, what it means, and what stands in for it. */
export interface Option<T> {
  readonly summary: string;
  /** What stands for the value in the help. A switch takes none. */
  readonly placeholder: string | null;
  /** @throws OptionProblem that says what it takes. */
  readonly read: (text: string) => T;
  readonly fallback: T;
  /** The default in the help, where the fallback does not speak for itself. */
  readonly fallbackText?: string;
  /** Several of them make one, as if separated by commas. */
  readonly isRepeatable?: boolean;
  /** Has no twin in the environment. */
  readonly isOnlyFlag?: boolean;
  /** Is shown to nobody, only how long it is. */
  readonly isSecret?: boolean;
}

export function option<T>(option: Option<T>): Option<T> {
  return option;
}

/** Settings by their name in code: `stabilizeMs` is `--stabilize-ms` and `RONDO_STABILIZE_MS`. */
export type Options = Readonly<Record<string, Option<unknown>>>;

export type ValuesOf<O extends Options> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/** A value that the option does not take; the message continues "it takes". */
export class OptionProblem extends Error {
  override readonly name = "OptionProblem";
}

export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function environmentNameOf(name: string): string {
  return `RONDO${flagOf(name).slice(1).replaceAll("-", "_").toUpperCase()}`;
}

/** The variables that the settings may come from. */
export function environmentNamesOf(options: Options): string[] {
  return Object.keys(options).filter((name) => options[name]?.isOnlyFlag !== true).map(environmentNameOf);
}

/** Text that the pattern fits. */
export function text(pattern: RegExp, takes: string): (text: string) => string {
  return (given) => {
    if (!pattern.test(given)) throw new OptionProblem(takes);
    return given;
  };
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (given) => {
    const value = Number(given);
    if (!/^[0-9]{1,15}$/.test(given) || value < min || value > max) {
      throw new OptionProblem(`a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

export function oneOf<const T extends string>(...choices: readonly T[]): (text: string) => T {
  return (given) => {
    const choice = choices.find((choice) => choice === given);
    if (choice === undefined) throw new OptionProblem(choices.join(" or "));
    return choice;
  };
}

/** On or off; the bare flag means on. */
export function onOrOff(given: string): boolean {
  if (["", "true", "1", "yes", "on"].includes(given)) return true;
  if (["false", "0", "no", "off"].includes(given)) return false;
  throw new OptionProblem("true or false");
}

/** The origin of a node's URL. Nodes speak plain HTTP as long as there is no TLS. */
export function nodeUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || url.protocol !== "http:" || url.hostname === "") {
    throw new OptionProblem("the URL of a node, as http://127.0.0.1:8440");
  }
  return url.origin;
}

/** Comma-separated URLs of nodes, each once; none is fine. */
export function nodeUrls(given: string): readonly string[] {
  const urls = given.split(",").map((url) => url.trim()).filter((url) => url !== "");
  return [...new Set(urls.map(nodeUrl))];
}
