import { environmentNameOf, environmentNamesOf, flagOf, type Option, type Options } from "./option.ts";

/** What a program says of its settings: flag, meaning, default, and the name in the environment. */
export function helpText(usage: readonly string[], options: Options): string {
  const rows = Object.entries(options).map(([name, option]) => [writtenAs(name, option), meaningOf(option)]);
  const width = Math.max(...rows.map(([left = ""]) => left.length));
  return [
    ...usage,
    "",
    ...rows.map(([left = "", right = ""]) => `  ${left.padEnd(width)}  ${right}`),
    "",
    ...(environmentNamesOf(options).length === 0 ? [] : [aboutEnvironment, ""]),
  ].join("\n");
}

const aboutEnvironment =
  `Each flag may also be set in the environment or in .env: ${flagOf("stabilizeMs")} as ` +
  `${environmentNameOf("stabilizeMs")}. The flag wins, then the environment.`;

function writtenAs(name: string, { placeholder }: Option<unknown>): string {
  return placeholder === null ? flagOf(name) : `${flagOf(name)} ${placeholder}`;
}

function meaningOf({ summary, fallback, fallbackText }: Option<unknown>): string {
  const speaksForItself = typeof fallback === "string" || typeof fallback === "number";
  const shown = fallbackText ?? (speaksForItself ? String(fallback) : null);
  return shown === null ? summary : `${summary} (default: ${shown})`;
}
