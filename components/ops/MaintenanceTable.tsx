import type { JSX } from "preact";
import type { ChoreState } from "../../client/operations.ts";
import { DataTable } from "../node/DataTable.tsx";
import { count } from "../ring/words.ts";
import { choreWords, lastRunText, resultText } from "./chores.ts";
import { MaintenanceOutcome, type MaintenanceProps } from "./MaintenanceButtons.tsx";

interface MaintenanceTableProps extends MaintenanceProps {
  /** Null while the node has not said. */
  readonly states: readonly ChoreState[] | null;
  readonly statesProblem: string | null;
}

/** What the node does again and again: how it went the last time, and doing it now. */
export function MaintenanceTable(props: MaintenanceTableProps): JSX.Element {
  const { states, statesProblem, busy, blocked, onRun } = props;
  const stateOf = (chore: string) => states?.find((state) => state.chore === chore);
  return (
    <section class="card">
      <h2>Upkeep</h2>
      <p>The node does all of this by itself, about once a second. Doing it now does no harm at any time.</p>
      <MaintenanceOutcome {...props} />
      {statesProblem !== null && <p class="problem" role="alert">{statesProblem}</p>}
      <DataTable
        label="Upkeep"
        columns={["Chore", "What it does", "Last run", "Result", "Runs", "Act"]}
        figures={["Runs"]}
      >
        {choreWords.map(({ action, chore, meaning, title }) => (
          <tr key={chore}>
            <th scope="row">{title}</th>
            <td>{meaning}</td>
            <td>{lastRunText(stateOf(chore))}</td>
            <td>{resultText(stateOf(chore))}</td>
            <td class="is-number">{count(stateOf(chore)?.runs ?? 0)}</td>
            <td>
              <button
                type="button"
                disabled={busy !== null || blocked !== null}
                title={blocked ?? undefined}
                onClick={() => onRun(chore)}
              >
                {busy === chore ? "Working…" : action}
              </button>
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}
