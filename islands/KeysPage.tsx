import type { JSX } from "preact";

export interface KeysPageProps {
  readonly selfUrl: string;
  readonly cluster: string;
}

export default function KeysPage({ selfUrl }: KeysPageProps): JSX.Element {
  return (
    <div class="keys-page">
      <p>{selfUrl}</p>
    </div>
  );
}
