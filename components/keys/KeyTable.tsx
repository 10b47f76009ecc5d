import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { bytes, shortId } from "../ring/words.ts";
import { KeyName } from "./KeyName.tsx";
import { type ListedKey, madeAtMs } from "./listed_key.ts";
import { Countdown, Moment } from "./Moment.tsx";
import type { Selection } from "./selection.ts";

interface KeyTableProps {
  readonly keys: readonly ListedKey[];
  readonly scope: "node" | "ring";
  readonly openKey: string | null;
  readonly onOpen: (key: string) => void;
  readonly selection: Selection;
  readonly onToggle: (key: string, isRange: boolean) => void;
  readonly onToggleAll: () => void;
  readonly now: ReadonlySignal<number>;
}

export const roleWords: Readonly<Record<string, string>> = {
  owner: "owner",
  replica: "copy",
  holder: "passing on",
  none: "elsewhere",
};

export function KeyTable(props: KeyTableProps): JSX.Element {
  const { keys, scope, selection, onToggleAll } = props;
  const areAll = keys.length > 0 && keys.every(({ key }) => selection.has(key));
  return (
    <div class="table-frame" tabindex={0} role="region" aria-label="Keys">
      <table class="table keys-table">
        <thead>
          <tr>
            <th scope="col" class="keys-tick">
              <input
                type="checkbox"
                aria-label="Select all keys that are shown"
                checked={areAll}
                onChange={onToggleAll}
              />
            </th>
            <th scope="col">Key</th>
            <th scope="col">{scope === "ring" ? "Owner" : "Here as"}</th>
            <th scope="col" class="is-number">Time left</th>
            <th scope="col" class="is-number">Size</th>
            <th scope="col" class="is-number">Written</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((listed) => <KeyRow {...props} key={listed.key} listed={listed} />)}
        </tbody>
      </table>
    </div>
  );
}

function KeyRow(
  { listed, scope, openKey, onOpen, selection, onToggle, now }: KeyTableProps & { listed: ListedKey },
): JSX.Element {
  const { key, size, version, expiresAt, role, owner } = listed;
  return (
    <tr class={key === openKey ? "is-selected" : undefined}>
      <td class="keys-tick">
        <input
          type="checkbox"
          aria-label={`Select ${key}`}
          checked={selection.has(key)}
          onClick={(event) => onToggle(key, event.shiftKey)}
        />
      </td>
      <th scope="row">
        <button
          type="button"
          class="link keys-open"
          aria-current={key === openKey ? "true" : undefined}
          onClick={() => onOpen(key)}
        >
          <KeyName name={key} />
        </button>
      </th>
      <td data-label={scope === "ring" ? "Owner" : "Here as"}>
        {scope === "ring" && owner !== undefined
          ? <code title={owner.url}>{shortId(owner.id)}</code>
          : roleWords[role] ?? role}
      </td>
      <td class="is-number" data-label="Time left">
        <Countdown expiresAtMs={expiresAt?.getTime() ?? null} now={now} />
      </td>
      <td class="is-number" data-label="Size">{bytes(size)}</td>
      <td class="is-number" data-label="Written" title={version}>
        <Moment ms={madeAtMs(version)} />
      </td>
    </tr>
  );
}
