import type { JSX } from "preact";
import type { NodeSetting } from "../../client/operations.ts";
import { shown } from "../logs/lines.ts";
import { CopyButton } from "../ring/CopyButton.tsx";
import { DataTable } from "./DataTable.tsx";
import { asFlags, sourceWords } from "./settings.ts";

interface ConfigProps {
  readonly settings: readonly NodeSetting[] | null;
  readonly problem: string | null;
}

/** The settings in effect, and where each comes from. */
export function Config({ settings, problem }: ConfigProps): JSX.Element {
  if (settings === null) {
    return problem === null ? <p role="status">Asking…</p> : <p class="problem" role="alert">{problem}</p>;
  }
  return (
    <>
      <div class="panel-bar">
        <p>A flag wins over the environment, that over .env, and that over the default.</p>
        <CopyButton what="as flags" text={asFlags(settings)} />
      </div>
      <DataTable label="Settings" columns={["Setting", "Value", "Source", "Variable", "Meaning"]}>
        {settings.map(({ environment, flag, source, summary, value }) => (
          <tr key={flag}>
            <th scope="row" class="mono">{flag}</th>
            <td class="mono node-setting">{value === "" ? "–" : shown(value)}</td>
            <td class={source === "default" ? undefined : "node-set"}>{sourceWords[source]}</td>
            <td class="mono">{environment ?? "–"}</td>
            <td>{summary}</td>
          </tr>
        ))}
      </DataTable>
    </>
  );
}
