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
        this life). Where the node has a list of tokens, it names whose token was shown, and single keys too;
        without one everybody is “anyone”. Acts on other nodes stand in their logs.
      </p>
      {entries.length === 0
        ? <p class="empty">Nothing was done to it in this time.</p>
        : (
          <DataTable label="Acts" columns={["Time (UTC)", "Who", "Act", "Details"]}>
            {entries.map(({ act, detail, isRefused, level, number, timeMs, who }) => (
              <tr key={number}>
                <th scope="row">{moment(timeMs).slice(0, 19)}</th>
                <td>{who === null ? "–" : shown(who)}</td>
                <td class={level === "error" || isRefused ? "problem ops-detail" : "ops-detail"}>
                  {shown(act)}
                </td>
                <td class="mono ops-detail">{shown(detail)}</td>
              </tr>
            ))}
          </DataTable>
        )}
    </section>
  );
}
