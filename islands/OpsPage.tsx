import type { JSX } from "preact";

export interface OpsPageProps {
  readonly selfUrl: string;
  readonly cluster: string;
  readonly allowKill: boolean;
}

export default function OpsPage({ selfUrl }: OpsPageProps): JSX.Element {
  return (
    <div class="ops-page">
      <p>{selfUrl}</p>
    </div>
  );
}
