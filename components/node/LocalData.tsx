import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ListedKey } from "../../client/mod.ts";
import { shown } from "../logs/lines.ts";
import { bytes, plural } from "../ring/words.ts";
import { DataTable } from "./DataTable.tsx";
import { moment, roleMeanings, roleWords, timeLeft, writtenAtMs } from "./local_data.ts";

interface LocalDataProps {
  readonly keys: readonly ListedKey[];
  readonly hasMore: boolean;
  readonly isAsking: boolean;
  readonly problem: string | null;
  readonly nowMs: number;
  readonly onPrefix: (prefix: string) => void;
  readonly onMore: () => void;
}

/** The records that this node keeps, its own and others', in the order of the ring. */
export function LocalData(props: LocalDataProps): JSX.Element {
  const { keys, hasMore, isAsking, problem, onMore } = props;
  return (
    <>
      <PrefixForm {...props} />
      {problem !== null && <p class="problem" role="alert">{problem}</p>}
      {keys.length === 0 && !isAsking && problem === null && (
        <p class="empty">
          No keys stored on this node. <a href="/keys">Put one or import a file</a>
        </p>
      )}
      {keys.length > 0 && <Records {...props} />}
      {hasMore && <button type="button" onClick={onMore} disabled={isAsking}>Load more</button>}
    </>
  );
}

function PrefixForm({ keys, hasMore, isAsking, onPrefix }: LocalDataProps): JSX.Element {
  const [text, setText] = useState("");
  return (
    <form
      class="panel-bar"
      onSubmit={(event) => {
        event.preventDefault();
        onPrefix(text);
      }}
    >
      <label class="field">
        <span>Keys that begin with</span>
        <input value={text} spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <button type="submit">Show</button>
      <p role="status">
        {isAsking ? "Asking…" : `${plural(keys.length, "key")} shown${hasMore ? ", more follow" : ""}`}
      </p>
    </form>
  );
}

function Records({ keys, nowMs }: LocalDataProps): JSX.Element {
  return (
    <DataTable
      label="Records of this node"
      columns={["Key", "Role", "Size", "Time left", "Written (UTC)", "Version"]}
      figures={["Size", "Time left"]}
    >
      {keys.map((record) => (
        <tr key={record.key}>
          <th scope="row" class="node-key">
            <a class="mono" href={`/keys?key=${encodeURIComponent(record.key)}`}>{shown(record.key)}</a>
          </th>
          <td title={roleMeanings[record.role]}>{roleWords[record.role] ?? record.role}</td>
          <td class="is-number">{bytes(record.size)}</td>
          <td class="is-number" title={record.expiresAt?.toISOString()}>{timeLeft(record, nowMs)}</td>
          <td title={record.version}>{moment(writtenAtMs(record.version))}</td>
          <td class="mono">{record.version.slice(0, 22)}…</td>
        </tr>
      ))}
    </DataTable>
  );
}
