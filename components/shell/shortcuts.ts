import { pages } from "./pages.ts";

/** What a key, or two in a row, mean anywhere in the console. */
export type Shortcut =
  | { readonly kind: "open"; readonly path: string }
  | { readonly kind: "help" }
  | { readonly kind: "pause" };

/** The second key of two counts only for so long. */
export const sequenceMs = 1_500;

export interface KeyPress {
  readonly key: string;
  readonly atMs: number;
}

/** @param before the key pressed before this one, if any. */
export function shortcutOf(press: KeyPress, before: KeyPress | null): Shortcut | null {
  if (before?.key === "g" && press.atMs - before.atMs <= sequenceMs) {
    const page = pages.find(({ shortcut }) => shortcut === press.key);
    return page === undefined ? null : { kind: "open", path: page.path };
  }
  if (press.key === "?") return { kind: "help" };
  if (press.key === ".") return { kind: "pause" };
  return null;
}

/** For the sheet of keys. */
export const shortcutList: readonly (readonly [keys: string, meaning: string])[] = [
  ...pages.map(({ name, shortcut }) => [`g ${shortcut}`, `Open ${name}`] as const),
  [".", "Pause or resume live updates"],
  ["?", "Show these keys"],
  ["Esc", "Close what is open"],
];
