import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { bytes } from "../ring/words.ts";
import { Dialog } from "../shell/Dialog.tsx";
import { ExpiryField } from "./ExpiryField.tsx";
import { FileDrop } from "./FileDrop.tsx";
import type { ImportState } from "./import_progress.ts";
import { ImportOutcome } from "./ImportOutcome.tsx";
import { ImportPreviewTable } from "./ImportPreviewTable.tsx";
import {
  type FileFormat,
  fileFormats,
  fileFormatTitles,
  formatOfName,
  type ImportPreview,
} from "./preview.ts";
import { expiryOf, neverOver } from "./ttl.ts";

export interface ImportChoice {
  readonly file: File;
  readonly format: FileFormat;
  readonly prefix: string;
  /** For rows that do not say themselves; null: for ever. */
  readonly ttlSeconds: number | null;
  readonly onConflict: "overwrite" | "skip";
  readonly isDry: boolean;
}

interface ImportDialogProps {
  readonly state: ImportState;
  readonly nowMs: number;
  readonly blocked: string | null;
  readonly preview: ImportPreview | null;
  /** The file, or how it is read, has changed. */
  readonly onPreview: (choice: Omit<ImportChoice, "isDry" | "onConflict">) => void;
  readonly onStart: (choice: ImportChoice) => void;
  readonly onStop: () => void;
  /** Back to the choice of a file. */
  readonly onReset: () => void;
  readonly onClose: () => void;
}

type Draft = Pick<ImportChoice, "format" | "prefix" | "onConflict"> & { readonly file: File | null };

const conflictTitles = {
  overwrite: "Replace its value",
  skip: "Keep the value that is there",
} as const;

/** From a file to keys: choose, look, store, and hear what became of each row. */
export function ImportDialog(props: ImportDialogProps): JSX.Element {
  const { state, nowMs, onStop, onReset, onClose } = props;
  const isBusy = state.kind === "checking" || state.kind === "running";
  return (
    <Dialog title="Import keys" class="keys-dialog import-dialog" isBusy={isBusy} onClose={onClose}>
      {state.kind === "idle"
        ? <Choice {...props} />
        : <ImportOutcome state={state} nowMs={nowMs} onStop={onStop} onReset={onReset} onClose={onClose} />}
    </Dialog>
  );
}

function Choice({ preview, blocked, onPreview, onStart, onClose }: ImportDialogProps): JSX.Element {
  const [draft, setDraft] = useState<Draft>({
    file: null,
    format: "csv",
    prefix: "",
    onConflict: "overwrite",
  });
  const [expiry, setExpiry] = useState(neverOver);
  const ttl = expiryOf(expiry, null, 0);
  const { file } = draft;
  const isReady = file !== null && ttl.kind === "good" && blocked === null && preview !== null &&
    preview.problem === null;

  const change = (changes: Partial<Draft>, nextExpiry = expiry) => {
    const next = { ...draft, ...changes };
    const nextTtl = expiryOf(nextExpiry, null, 0);
    setDraft(next);
    setExpiry(nextExpiry);
    if (next.file === null || nextTtl.kind === "bad") return;
    onPreview({ file: next.file, format: next.format, prefix: next.prefix, ttlSeconds: nextTtl.seconds });
  };
  const start = (isDry: boolean) => {
    if (file === null || ttl.kind === "bad") return;
    onStart({ ...draft, file, ttlSeconds: ttl.seconds, isDry });
  };

  return (
    <form onSubmit={(event) => (event.preventDefault(), isReady && start(false))}>
      <FileDrop
        fileText={file === null ? null : `${file.name}, ${bytes(file.size)}`}
        onFile={(chosen) => change({ file: chosen, format: formatOfName(chosen.name) })}
      />
      {file !== null && (
        <>
          <div class="import-options">
            <label class="field">
              <span>Read as</span>
              <select
                value={draft.format}
                onChange={({ currentTarget }) => change({ format: currentTarget.value as FileFormat })}
              >
                {fileFormats.map((format) => (
                  <option key={format} value={format} selected={format === draft.format}>
                    {fileFormatTitles[format]}
                  </option>
                ))}
              </select>
            </label>
            <label class="field">
              <span>Before every key</span>
              <input
                class="mono"
                value={draft.prefix}
                autocomplete="off"
                spellcheck={false}
                onInput={({ currentTarget }) => change({ prefix: currentTarget.value })}
              />
            </label>
            <label class="field">
              <span>If a key exists</span>
              <select
                value={draft.onConflict}
                onChange={({ currentTarget }) =>
                  setDraft({ ...draft, onConflict: currentTarget.value as Draft["onConflict"] })}
              >
                {Object.entries(conflictTitles).map(([rule, title]) => (
                  <option key={rule} value={rule} selected={rule === draft.onConflict}>{title}</option>
                ))}
              </select>
            </label>
          </div>
          <ExpiryField
            name="import"
            draft={expiry}
            onDraft={(next) => change({}, next)}
            keptMs={null}
            nowMs={0}
            ttl={ttl}
            isDisabled={false}
          />
          <p class="field-hint">This holds for rows that do not say themselves when they expire.</p>
          <ImportPreviewTable preview={preview} />
        </>
      )}
      <div class="dialog-actions">
        <button type="button" onClick={onClose}>Cancel</button>
        <span class="actions">
          <button type="button" disabled={!isReady} onClick={() => start(true)}>Check only</button>
          <button type="submit" class="primary" disabled={!isReady} title={blocked ?? undefined}>
            Import
          </button>
        </span>
      </div>
    </form>
  );
}
