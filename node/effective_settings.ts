import type { EffectiveSetting } from "../transport/maintenance_routes.ts";
import { environmentNameOf, flagOf, type Option, type Options, type ValuesOf } from "./option.ts";
import type { Found } from "./settings.ts";

/**
 * Every setting as it is in effect, with its source, for people who look at the node. What starts another program
 * than a node, as `--help`, is none.
 *
 * @param values as they were read, or as they came to be where the default depends on others.
 */
export function effectiveSettings<O extends Options>(
  options: O,
  found: ReadonlyMap<string, Found>,
  values: Readonly<Record<keyof ValuesOf<O>, unknown>>,
): EffectiveSetting[] {
  const settings = Object.entries<Option<unknown>>(options).filter(([, { isOnlyFlag }]) => !isOnlyFlag);
  return settings.map(([name, option]) => ({
    flag: flagOf(name),
    environment: environmentNameOf(name),
    summary: option.summary,
    value: shown(option, values[name]),
    source: found.get(name)?.source ?? "default",
  }));
}

function shown({ isSecret }: Option<unknown>, value: unknown): string {
  const text = textOf(value);
  if (isSecret !== true || text === "") return text;
  return `set, ${text.length} chars`;
}

/** As it would be written after its flag. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Map) return [...value].map((pair) => pair.join("=")).join(",");
  return Array.isArray(value) ? value.join(",") : String(value);
}
