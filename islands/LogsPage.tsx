import type { JSX } from "preact";

export interface LogsPageProps {
  readonly selfUrl: string;
  readonly cluster: string;
}

export default function LogsPage({ selfUrl }: LogsPageProps): JSX.Element {
  return (
    <div class="logs-page">
      <p>{selfUrl}</p>
    </div>
  );
}
