import type { JSX } from "preact";
import { BulkDeleteDialog, DeleteDialog } from "./DeleteDialog.tsx";
import { type ImportChoice, ImportDialog } from "./ImportDialog.tsx";
import type { ImportState } from "./import_progress.ts";
import type { StoredValue } from "./edit.ts";
import type { OpenKey, PlaceSearch, SaveOutcome } from "./open_key.ts";
import type { ImportPreview } from "./preview.ts";
import { type NewKey, PutDialog } from "./PutDialog.tsx";

export type KeysDialog = "put" | "import" | "delete" | "bulk";

interface KeysDialogsProps {
  /** Which of them is open. */
  readonly dialog: KeysDialog | null;
  readonly onClose: () => void;
  readonly blocked: string | null;
  readonly nowMs: number;
  readonly open: OpenKey;
  readonly selected: readonly string[];
  readonly put: {
    readonly key: string;
    readonly keyBytesMax: number;
    readonly keyProblemOf: (key: string) => string | null;
    readonly placeSearch: PlaceSearch;
    readonly onKey: (key: string) => void;
    readonly onPut: (key: NewKey) => Promise<SaveOutcome>;
  };
  readonly onDelete: (key: string, stored: StoredValue) => Promise<SaveOutcome>;
  readonly bulk: {
    readonly done: number | null;
    readonly onDelete: (keys: readonly string[]) => Promise<void>;
  };
  readonly imports: {
    readonly state: ImportState;
    readonly preview: ImportPreview | null;
    readonly look: (choice: Omit<ImportChoice, "isDry" | "onConflict">) => Promise<void>;
    readonly start: (choice: ImportChoice) => Promise<void>;
    readonly stop: () => void;
    readonly reset: () => void;
  };
  /** The list may have changed under an import. */
  readonly onImported: () => void;
}

export function KeysDialogs(props: KeysDialogsProps): JSX.Element | null {
  const { dialog, onClose, blocked, nowMs, open, selected, put, bulk, imports } = props;
  if (dialog === "put") {
    const { key, ...rest } = put;
    return <PutDialog {...rest} prefix={key} onClose={onClose} />;
  }
  if (dialog === "delete" && open.kind === "found") {
    return (
      <DeleteDialog
        name={open.key}
        keepers={open.place?.keepers.length ?? null}
        onDelete={() => props.onDelete(open.key, open.stored)}
        onClose={onClose}
      />
    );
  }
  if (dialog === "bulk") {
    return (
      <BulkDeleteDialog
        keys={selected}
        done={bulk.done}
        onDelete={() => bulk.onDelete(selected)}
        onClose={onClose}
      />
    );
  }
  if (dialog !== "import") return null;
  const close = () => {
    const hasStored = imports.state.kind !== "idle" && imports.state.kind !== "refused";
    imports.reset();
    onClose();
    if (hasStored) props.onImported();
  };
  return (
    <ImportDialog
      state={imports.state}
      nowMs={nowMs}
      blocked={blocked}
      preview={imports.preview}
      onPreview={(choice) => void imports.look(choice)}
      onStart={(choice) => void imports.start(choice)}
      onStop={imports.stop}
      onReset={imports.reset}
      onClose={close}
    />
  );
}
