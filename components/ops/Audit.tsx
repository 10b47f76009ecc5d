import type { JSX } from "preact";
import { DataTable } from "../node/DataTable.tsx";
import { moment } from "../node/local_data.ts";
import { shown } from "../logs/lines.ts";
import type { AuditEntry } from "./audit.ts";

/** What was done to this node, as far as its log tells. */
export function Audit({ entries }: { entries: readonly AuditEntry[] }): JSX.Element {
  return (
    <section class="card">
      <h2>Audit</h2>
      <p>
        This is what the log of this one node says, as far back as the node remembers (about 1,000 lines of
        this life). It does not say who asked, for nobody has to say who they are. Single keys that were
        written or deleted are not logged, and acts on other nodes stand in their logs.
      </p>
      {entries.length === 0
        ? <p class="empty">Nothing was done to it in this time.</p>
        : (
          <DataTable label="Acts" columns={["Time (UTC)", "Act", "Details"]}>
            {entries.map(({ act, detail, level, number, timeMs }) => (
              <tr key={number}>
                <th scope="row">{moment(timeMs).slice(0, 19)}</th>
                <td class={level === "error" ? "problem" : undefined}>{act}</td>
                <td class="mono ops-detail">{shown(detail)}</td>
              </tr>
            ))}
          </DataTable>
        )}
    </section>
  );
}
