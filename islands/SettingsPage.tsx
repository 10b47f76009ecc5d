import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { About } from "../components/settings/About.tsx";
import { ChoiceGroup } from "../components/settings/ChoiceGroup.tsx";
import {
  defaultPreferences,
  type PreferenceName,
  type Preferences,
} from "../components/shell/preferences.ts";
import type { NodeInfo } from "../core/protocol.ts";
import { choosePreference } from "./preference_choice.ts";
import { useLive } from "./use_shell.ts";

export interface SettingsPageProps {
  readonly selfUrl: string;
  readonly cluster: string;
  readonly preferences: Preferences;
  /** What the node said of itself when the page was made; null when it had no answer. */
  readonly info: NodeInfo | null;
}

/** How the console looks to whoever looks at it, and what it is that they look at. */
export default function SettingsPage(props: SettingsPageProps): JSX.Element {
  const [chosen, setChosen] = useState(props.preferences);
  const info = useLive((store) => store.topic("node").value.data?.info ?? props.info, props.info);
  const choose = (name: PreferenceName, value: string) => setChosen(choosePreference(name, value));
  const reset = () => {
    for (const [name, value] of Object.entries(defaultPreferences)) choose(name as PreferenceName, value);
  };
  return (
    <div class="settings-page">
      <section class="card" aria-labelledby="settings-appearance">
        <h2 id="settings-appearance">Appearance and keys</h2>
        <p class="muted">Kept by this browser, for all nodes of this host.</p>
        <ChoiceGroup name="theme" title="Theme" chosen={chosen} onChoose={choose} />
        <ChoiceGroup name="density" title="Rows of tables" chosen={chosen} onChoose={choose} />
        <ChoiceGroup name="motion" title="Motion" chosen={chosen} onChoose={choose} />
        <ChoiceGroup name="shortcuts" title="Single-key shortcuts" chosen={chosen} onChoose={choose} />
        <button type="button" onClick={reset}>Reset</button>
      </section>
      <About info={info} selfUrl={props.selfUrl} cluster={props.cluster} />
    </div>
  );
}
