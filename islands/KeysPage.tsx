import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { exportPath } from "../client/export.ts";
import { keyProblem } from "../client/mod.ts";
import { KeyDetails } from "../components/keys/KeyDetails.tsx";
import { type KeysDialog, KeysDialogs } from "../components/keys/KeysDialogs.tsx";
import type { KeysView } from "../components/keys/keys_url.ts";
import { KeysToolbar } from "../components/keys/KeysToolbar.tsx";
import { KeyTable } from "../components/keys/KeyTable.tsx";
import { KeyTree } from "../components/keys/KeyTree.tsx";
import { ListFoot, ListHead } from "../components/keys/ListState.tsx";
import { SelectionBar } from "../components/keys/SelectionBar.tsx";
import { UndoToast } from "../components/keys/UndoToast.tsx";
import { keyBytesMax } from "../core/data/record.ts";
import type { Role } from "../core/role.ts";
import { useImport } from "./use_import.ts";
import { useSelection } from "./use_selection.ts";
import { useKeyActs } from "./use_key_acts.ts";
import {
  useBlocked,
  useKeyList,
  useKeyPlace,
  useKeysView,
  useNowSignal,
  useOpenKey,
  useOwnClient,
} from "./use_keys.ts";

export interface KeysPageProps {
  /** The node that serves the page. */
  readonly selfUrl: string;
  readonly cluster: string;
  /** Of whoever looks. */
  readonly role: Role;
}

/** The keys of the node or of the ring: found, read, written, brought in and taken out. */
export default function KeysPage({ selfUrl, role }: KeysPageProps): JSX.Element {
  const client = useOwnClient();
  const { view, change } = useKeysView();
  const { list, listing, reload } = useKeyList(client, view);
  const key = useOpenKey(client, view.key);
  const [dialog, setDialog] = useState<KeysDialog | null>(null);
  const [typedKey, setTypedKey] = useState<string | null>(null);
  const names = useMemo(() => list.keys.map(({ key }) => key), [list.keys]);
  const selection = useSelection(names);
  const now = useNowSignal();
  const blocked = useBlocked(role);
  const acts = useKeyActs({
    client,
    selfUrl,
    onWritten: (written) => {
      listing?.put(written);
      if (written.key === view.key) key.reload();
    },
    onGone: (gone) => listing?.remove(gone),
    onDeleted: key.showDeleted,
  });
  const imports = useImport(client);
  const placeSearch = useKeyPlace(client, dialog === "put" ? typedKey : null);

  const openPut = (begin: string) => (setTypedKey(begin), setDialog("put"));
  const open = (name: string | null) => change({ key: name, format: null });
  const removeMany = async (names: readonly string[]) => {
    try {
      await acts.removeMany(names);
    } finally {
      if (view.key !== null && names.includes(view.key)) key.reload();
    }
  };
  const listState = {
    list,
    prefix: view.prefix,
    scope: view.scope,
    onMore: () => void listing?.more(),
    onStop: () => listing?.stop(),
    onReload: reload,
  };
  return (
    <div class={view.key === null ? "keys-page" : "keys-page has-key"}>
      <KeysToolbar
        text={view.prefix}
        onText={(prefix) => change({ prefix })}
        onGet={() => open(view.prefix)}
        keyProblem={keyProblem(view.prefix)?.reason ?? null}
        scope={view.scope}
        onScope={(scope) => change({ scope })}
        onPut={() => openPut(view.prefix)}
        onImport={() => setDialog("import")}
        exportOf={exportSentence(view)}
        exportLinks={exportLinks(view)}
        blocked={blocked}
      />
      {blocked !== null && <p class="is-warn">{blocked}: keys can be looked at, but not changed.</p>}
      <div class="keys-columns">
        <KeyTree
          keys={names}
          openKey={view.key}
          onOpen={open}
          onPrefix={(prefix) => change({ prefix })}
        />
        <div class={list.isOld ? "keys-list is-old" : "keys-list"}>
          <ListHead {...listState} />
          <SelectionBar
            selected={selection.selected.length}
            blocked={blocked}
            onDelete={() => setDialog("bulk")}
            onClear={selection.clear}
          />
          {list.keys.length > 0 && (
            <KeyTable
              keys={list.keys}
              scope={view.scope}
              openKey={view.key}
              onOpen={open}
              selection={selection.selection}
              onToggle={selection.toggle}
              onToggleAll={selection.toggleAll}
              now={now}
            />
          )}
          <ListFoot
            {...listState}
            empty={
              <p class="actions">
                <button type="button" disabled={blocked !== null} onClick={() => openPut(view.prefix)}>
                  Put one
                </button>
                <button type="button" disabled={blocked !== null} onClick={() => setDialog("import")}>
                  Import a file
                </button>
                {view.scope === "node" && (
                  <button type="button" onClick={() => change({ scope: "ring" })}>
                    Search the whole ring
                  </button>
                )}
              </p>
            }
          />
        </div>
        {key.open.kind !== "none" && (
          <KeyDetails
            key={key.open.key}
            open={key.open}
            isLoading={key.isLoading}
            format={view.format}
            onFormat={(format) => change({ format })}
            now={now}
            blocked={blocked}
            onReload={key.reload}
            onClose={() => open(null)}
            onSave={(changed) => acts.change(view.key ?? "", changed)}
            onDelete={() => setDialog("delete")}
            onPut={() => openPut(view.key ?? "")}
          />
        )}
      </div>
      <KeysDialogs
        dialog={dialog}
        onClose={() => setDialog(null)}
        blocked={blocked}
        nowMs={dialog === "import" ? now.value : 0}
        open={key.open}
        selected={selection.selected}
        put={{
          key: typedKey ?? "",
          keyBytesMax,
          keyProblemOf: (text) => keyProblem(text)?.reason ?? null,
          placeSearch,
          onKey: setTypedKey,
          onPut: async (made) => {
            const outcome = await acts.put(made);
            if (outcome.kind === "saved") open(made.key);
            return outcome;
          },
        }}
        onDelete={acts.remove}
        bulk={{ done: acts.bulkDone, onDelete: removeMany }}
        imports={imports}
        onImported={() => (reload(), key.reload())}
      />
      <UndoToast state={acts.undo} onEvent={acts.tell} onUndo={() => void acts.restore()} />
    </div>
  );
}

function exportLinks({ prefix, scope }: KeysView) {
  return (["jsonl", "csv"] as const).map((format) => ({
    title: format === "csv" ? "CSV" : "JSON Lines",
    href: exportPath({ prefix, scope, format }),
  }));
}

function exportSentence({ prefix, scope }: KeysView): string {
  const where = scope === "ring" ? "of the whole ring" : "that this node has a copy of";
  return prefix === ""
    ? `All keys ${where}, with their values.`
    : `The keys ${where} that begin with “${prefix}”.`;
}
