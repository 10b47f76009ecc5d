import type { JSX } from "preact";
import type { NodePageData } from "../components/node/node_page_data.ts";

export interface NodePageProps {
  readonly selfUrl: string;
  readonly cluster: string;
  readonly initial: NodePageData;
}

export default function NodePage({ selfUrl }: NodePageProps): JSX.Element {
  return (
    <div class="node-page">
      <p>{selfUrl}</p>
    </div>
  );
}
