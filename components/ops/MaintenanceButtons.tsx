import type { JSX } from "preact";
import type { Chore } from "../../client/operations.ts";
import { choreWords } from "./chores.ts";

export interface MaintenanceProps {
  /** What is being done now; null: nothing. */
  readonly busy: Chore | null;
  /** How the last one went. */
  readonly outcome: string | null;
  readonly problem: string | null;
  /** Why nothing can be asked of the node now; null when it can. */
  readonly blocked: string | null;
  readonly onRun: (chore: Chore) => void;
}

/** What does good, or nothing, at any time. */
export function MaintenanceButtons({ busy, blocked, onRun }: MaintenanceProps): JSX.Element {
  return (
    <>
      {choreWords.map(({ action, chore, meaning }) => (
        <button
          key={chore}
          type="button"
          title={blocked ?? meaning}
          disabled={busy !== null || blocked !== null}
          onClick={() => onRun(chore)}
        >
          {busy === chore ? "Working…" : action}
        </button>
      ))}
    </>
  );
}

export function MaintenanceOutcome({ blocked, outcome, problem }: MaintenanceProps): JSX.Element {
  return (
    <>
      {blocked !== null && <p class="is-warn">{blocked}.</p>}
      <p class="ops-outcome" role="status">{outcome}</p>
      {problem !== null && <p class="problem" role="alert">{problem}</p>}
    </>
  );
}
