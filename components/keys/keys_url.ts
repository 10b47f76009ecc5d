import { type ValueFormat, valueFormats } from "./value_format.ts";

/** What of the page stands in its address, so that it can be sent to a colleague. */
export interface KeysView {
  readonly prefix: string;
  readonly scope: "node" | "ring";
  /** The key that is looked at. */
  readonly key: string | null;
  /** Null: whichever shows most. */
  readonly format: ValueFormat | null;
}

export const emptyView: KeysView = { prefix: "", scope: "node", key: null, format: null };

export function viewOf(search: string): KeysView {
  const query = new URLSearchParams(search);
  return {
    prefix: query.get("q") ?? "",
    scope: query.get("scope") === "ring" ? "ring" : "node",
    key: query.get("key") || null,
    format: valueFormats.find((name) => name === query.get("fmt")) ?? null,
  };
}

/** Null takes a parameter out of the address. */
export function parametersOf({ prefix, scope, key, format }: KeysView): Record<string, string | null> {
  return { q: prefix || null, scope: scope === "ring" ? scope : null, key, fmt: format };
}

export function traceHref(key: string): string {
  return `/trace?${new URLSearchParams({ key })}`;
}
