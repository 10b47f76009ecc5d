/** What of a page stands in its URL, so that it can be sent to a colleague. */

/** A parameter of the page's URL; null on the server, where nobody has come yet. */
export function readParameter(name: string): string | null {
  if (globalThis.location === undefined) return null;
  return new URLSearchParams(location.search).get(name);
}

/** Changes parameters in place: they are a view, not a place to go back to. Null takes one out. */
export function writeParameters(parameters: Readonly<Record<string, string | null>>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

/** The value if it is one of the choices, else the first of them. */
export function choiceOf<T extends string>(
  value: string | null,
  choices: readonly [T, ...(readonly T[])],
): T {
  return choices.find((choice) => choice === value) ?? choices[0];
}
