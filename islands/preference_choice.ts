import {
  preferenceCookie,
  type PreferenceName,
  type Preferences,
  readPreferences,
  rootAttributes,
} from "../components/shell/preferences.ts";

/** Keeps a choice and shows it at once. Gives what now holds: a browser may refuse to keep anything. */
export function choosePreference(name: PreferenceName, value: string): Preferences {
  document.cookie = preferenceCookie(name, value);
  const preferences = { ...readPreferences(document.cookie), [name]: value } as Preferences;
  for (const [attribute, text] of Object.entries(rootAttributes(preferences))) {
    document.documentElement.setAttribute(attribute, text);
  }
  return preferences;
}
