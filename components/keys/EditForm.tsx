import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ConflictView } from "./ConflictView.tsx";
import { draftOf, valueOf } from "./draft.ts";
import { beginEdit, conditionOf, nextEdit, type StoredValue } from "./edit.ts";
import { ExpiryField } from "./ExpiryField.tsx";
import { problemText, type SaveOutcome } from "./open_key.ts";
import { type ExpiryDraft, expiryOf, noTtl } from "./ttl.ts";
import { ValueField } from "./ValueField.tsx";

/** A change as it is to be written. */
export interface Change {
  readonly value: Uint8Array;
  readonly ttlSeconds: number | null;
  readonly condition: { readonly ifVersion: string } | { readonly ifAbsent: true };
}

interface EditFormProps {
  readonly stored: StoredValue;
  readonly nowMs: number;
  readonly blocked: string | null;
  readonly onSave: (change: Change) => Promise<SaveOutcome>;
  /** It was saved, or was given up; the key is to be read again. */
  readonly onDone: () => void;
}

/** Changes a value only as it was read. Who comes too late sees both and chooses. */
export function EditForm({ stored, nowMs, blocked, onSave, onDone }: EditFormProps): JSX.Element {
  const [edit, setEdit] = useState(() => beginEdit(stored.version));
  const [draft, setDraft] = useState(() => draftOf(stored.value));
  const [expiry, setExpiry] = useState<ExpiryDraft>(() => ({
    mode: stored.expiresAtMs === null ? "never" : "keep",
    ttl: noTtl,
  }));
  const value = valueOf(draft);
  const ttl = expiryOf(expiry, stored.expiresAtMs, nowMs);
  const isSaving = edit.kind === "saving";
  const isReady = value.kind === "good" && ttl.kind === "good" && blocked === null;

  const save = async (event: "save" | "overwrite") => {
    const saving = nextEdit(edit, { kind: event });
    if (saving.kind !== "saving" || value.kind === "bad" || ttl.kind === "bad") return;
    setEdit(saving);
    const condition = conditionOf(saving.base);
    const outcome = await onSave({ value: value.bytes, ttlSeconds: ttl.seconds, condition });
    if (outcome.kind === "saved") return onDone();
    setEdit(nextEdit(
      saving,
      outcome.kind === "overtaken" ? outcome : { kind: "failed", why: problemText(outcome.problem) },
    ));
  };

  if (edit.kind === "conflict") {
    return (
      <ConflictView
        yours={value.kind === "good" ? value.bytes : new Uint8Array()}
        theirs={edit.theirs}
        blocked={blocked ?? (ttl.kind === "bad" ? ttl.why : null)}
        onOverwrite={() => void save("overwrite")}
        onTakeTheirs={onDone}
      />
    );
  }
  return (
    <form
      class="edit-form"
      aria-label="Change the value"
      onSubmit={(event) => (event.preventDefault(), void save("save"))}
    >
      <ValueField name="edit" draft={draft} onDraft={setDraft} isDisabled={isSaving} />
      <ExpiryField
        name="edit"
        draft={expiry}
        onDraft={setExpiry}
        keptMs={stored.expiresAtMs}
        nowMs={nowMs}
        ttl={ttl}
        isDisabled={isSaving}
      />
      <p class="field-problem" role="alert">{edit.kind === "editing" ? edit.problem : null}</p>
      <div class="dialog-actions">
        <button type="button" onClick={onDone} disabled={isSaving}>Cancel</button>
        <button type="submit" class="primary" disabled={!isReady || isSaving} title={blocked ?? undefined}>
          {isSaving ? "Saving…" : "Save"}
        </button>
      </div>
    </form>
  );
}
