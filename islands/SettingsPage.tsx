import type { JSX } from "preact";

export interface SettingsPageProps {
  readonly selfUrl: string;
  readonly cluster: string;
}

export default function SettingsPage({ selfUrl }: SettingsPageProps): JSX.Element {
  return (
    <div class="settings-page">
      <p>{selfUrl}</p>
    </div>
  );
}
