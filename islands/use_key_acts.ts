import { useState } from "preact/hooks";
import type { RondoClient } from "../client/mod.ts";
import type { Change } from "../components/keys/EditForm.tsx";
import type { StoredValue } from "../components/keys/edit.ts";
import type { ListedKey } from "../components/keys/listed_key.ts";
import { problemText, type SaveOutcome } from "../components/keys/open_key.ts";
import type { NewKey } from "../components/keys/PutDialog.tsx";
import { nextUndo, nothingToUndo, type UndoEvent } from "../components/keys/undo.ts";
import { deleteKey, deleteKeys, restoreKey, saveKey, type Write } from "./key_writes.ts";

interface KeyActsOptions {
  /** The node that serves the page. */
  readonly selfUrl: string;
  readonly client: RondoClient | null;
  /** A key has another value, or has come to be. */
  readonly onWritten: (key: ListedKey) => void;
  readonly onGone: (keys: ReadonlySet<string>) => void;
  /** The key that is looked at is gone, as this version of it says. */
  readonly onDeleted: (key: string, version: string) => void;
}

const notReady: SaveOutcome = {
  kind: "failed",
  problem: { message: "Cannot write: the page is not ready yet", requestId: null },
};

/** What changes keys, and what takes a deletion back. */
export function useKeyActs({ client, selfUrl, onWritten, onGone, onDeleted }: KeyActsOptions) {
  const [undo, setUndo] = useState(nothingToUndo);
  const [bulkDone, setBulkDone] = useState<number | null>(null);
  const tell = (event: UndoEvent) => setUndo((before) => nextUndo(before, event));

  const write = async (wanted: Write): Promise<SaveOutcome> => {
    if (client === null) return notReady;
    const outcome = await saveKey(client, wanted);
    if (outcome.kind === "saved") onWritten(listedOf(wanted.key, wanted.value, { outcome, selfUrl }));
    return outcome;
  };
  const put = ({ mayReplace, ...key }: NewKey) =>
    write({ ...key, condition: mayReplace ? null : { ifAbsent: true } });
  const change = (key: string, changed: Change) => write({ key, ...changed });

  const remove = async (key: string, { value, version, expiresAtMs }: StoredValue): Promise<SaveOutcome> => {
    if (client === null) return notReady;
    const outcome = await deleteKey(client, key, version);
    if (outcome.kind === "saved") {
      onGone(new Set([key]));
      onDeleted(key, outcome.version);
      tell({ kind: "deleted", deleted: { key, value, expiresAtMs } });
    }
    return outcome;
  };
  const restore = async () => {
    if (client === null || (undo.kind !== "offered" && undo.kind !== "refused")) return;
    const { deleted } = undo;
    tell({ kind: "undo" });
    const outcome = await restoreKey(client, deleted, Date.now());
    if (outcome.kind === "saved") {
      onWritten(listedOf(deleted.key, deleted.value, { outcome, selfUrl }));
      return tell({ kind: "restored" });
    }
    const why = outcome.kind === "failed"
      ? problemText(outcome.problem)
      : "the key exists again, with a value of somebody else.";
    tell({ kind: "refused", why });
  };

  /** @throws Error with how many could not be deleted, for the dialog to show. */
  const removeMany = async (keys: readonly string[]): Promise<void> => {
    if (client === null) return;
    setBulkDone(0);
    const { deleted, failures } = await deleteKeys(client, keys, setBulkDone);
    setBulkDone(null);
    onGone(deleted);
    const [first] = failures;
    if (first === undefined) return;
    throw new Error(
      `Cannot delete ${failures.length} of ${keys.length} keys. ${first.key}: ${problemText(first.problem)}`,
    );
  };
  return { undo, tell, put, change, remove, restore, removeMany, bulkDone };
}

function listedOf(
  key: string,
  { length: size }: Uint8Array,
  { outcome, selfUrl }: { outcome: Extract<SaveOutcome, { kind: "saved" }>; selfUrl: string },
): ListedKey {
  const { version, expiresAtMs, owner, replicas } = outcome;
  const isHere = replicas.some(({ url }) => url === selfUrl);
  const role = owner?.url === selfUrl ? "owner" : isHere ? "replica" : "none";
  const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs);
  return { key, size, version, expiresAt, role, ...(owner === null ? {} : { owner }) };
}
