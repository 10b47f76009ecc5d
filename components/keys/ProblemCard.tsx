import type { JSX } from "preact";
import { CopyButton } from "../ring/CopyButton.tsx";
import type { Problem } from "./listed_key.ts";

/** What failed, why, and the number under which the node's log has it. The rest of the page lives on. */
export function ProblemCard(
  { what, problem, onRetry }: { what: string; problem: Problem; onRetry: () => void },
): JSX.Element {
  const { message, requestId } = problem;
  return (
    <div class="card keys-problem" role="alert">
      <p>
        <strong>{what}.</strong> {message}
      </p>
      <p class="actions">
        <button type="button" onClick={onRetry}>Retry</button>
        {requestId !== null && <CopyButton what="request id" text={requestId} />}
      </p>
    </div>
  );
}
