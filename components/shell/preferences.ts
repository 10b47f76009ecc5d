/**
 * How somebody wants the console to look. Kept in cookies rather than in the browser's storage: the server then makes
 * pages that are right from the first moment, and all nodes of one host share them, whatever their ports.
 */

const choices = {
  theme: ["system", "light", "dark"],
  density: ["comfortable", "compact"],
  motion: ["system", "reduced"],
  shortcuts: ["on", "off"],
} as const;

export type Preferences = { readonly [Name in keyof typeof choices]: typeof choices[Name][number] };
export type PreferenceName = keyof Preferences;

/** What can be chosen; the first is what holds when nothing was. */
export const preferenceChoices: Readonly<Record<PreferenceName, readonly string[]>> = choices;

export const defaultPreferences: Preferences = {
  theme: "system",
  density: "comfortable",
  motion: "system",
  shortcuts: "on",
};

const cookiePrefix = "rondo-";
const keptSeconds = 365 * 86_400;

/** @param cookies the `Cookie` header of a request, or `document.cookie`. What is not a choice counts as none. */
export function readPreferences(cookies: string): Preferences {
  const found = new Map(
    cookies.split(";").map((cookie) => {
      const [name = "", value = ""] = cookie.split("=").map((part) => part.trim());
      return [name, value];
    }),
  );
  const read = <Name extends PreferenceName>(name: Name): Preferences[Name] => {
    const value = found.get(cookiePrefix + name);
    const choice = choices[name].find((known) => known === value);
    return (choice ?? defaultPreferences[name]) as Preferences[Name];
  };
  return {
    theme: read("theme"),
    density: read("density"),
    motion: read("motion"),
    shortcuts: read("shortcuts"),
  };
}

/** For `document.cookie`. */
export function preferenceCookie(name: PreferenceName, value: string): string {
  return `${cookiePrefix}${name}=${value}; Path=/; Max-Age=${keptSeconds}; SameSite=Strict`;
}

/** The attributes of `<html>` that the style sheet goes by. */
export function rootAttributes({ theme, density, motion }: Preferences): Record<string, string> {
  return { "data-theme": theme, "data-density": density, "data-motion": motion };
}
