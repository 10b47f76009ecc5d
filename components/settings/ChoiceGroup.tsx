import type { JSX } from "preact";
import { preferenceChoices, type PreferenceName, type Preferences } from "../shell/preferences.ts";

interface ChoiceGroupProps {
  readonly name: PreferenceName;
  readonly title: string;
  readonly chosen: Preferences;
  readonly onChoose: (name: PreferenceName, value: string) => void;
}

/** One preference and all that it can be. */
export function ChoiceGroup({ name, title, chosen, onChoose }: ChoiceGroupProps): JSX.Element {
  return (
    <fieldset class="choice-group">
      <legend>{title}</legend>
      {preferenceChoices[name].map((value) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={chosen[name] === value}
            onChange={() => onChoose(name, value)}
          />
          {value === "system" ? "as the system has it" : value}
        </label>
      ))}
    </fieldset>
  );
}
