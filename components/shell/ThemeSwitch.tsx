import type { JSX } from "preact";
import type { Preferences } from "./preferences.ts";

const names = { system: "System", light: "Light", dark: "Dark" } as const;

export function ThemeSwitch({ theme, onChoose }: {
  theme: Preferences["theme"];
  onChoose: (theme: string) => void;
}): JSX.Element {
  return (
    <select
      class="theme-switch"
      aria-label="Theme"
      value={theme}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {Object.entries(names).map(([value, name]) => (
        <option key={value} value={value} selected={value === theme}>{name}</option>
      ))}
    </select>
  );
}
