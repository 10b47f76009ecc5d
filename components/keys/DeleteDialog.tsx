import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { plural } from "../ring/words.ts";
import { DangerDialog } from "../shell/DangerDialog.tsx";
import { Dialog } from "../shell/Dialog.tsx";
import { KeyName } from "./KeyName.tsx";
import { problemText, type SaveOutcome } from "./open_key.ts";

interface DeleteDialogProps {
  readonly name: string;
  readonly keepers: number | null;
  readonly onDelete: () => Promise<SaveOutcome>;
  readonly onClose: () => void;
}

/** A small question, for it can be undone. */
export function DeleteDialog({ name, keepers, onDelete, onClose }: DeleteDialogProps): JSX.Element {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const act = async () => {
    setIsBusy(true);
    const outcome = await onDelete();
    if (outcome.kind === "saved") return onClose();
    setIsBusy(false);
    setProblem(
      outcome.kind === "failed"
        ? problemText(outcome.problem)
        : "Somebody else changed this key meanwhile, so it was not deleted. Look at it again first.",
    );
  };
  return (
    <Dialog title="Delete this key?" isBusy={isBusy} onClose={onClose}>
      <p>
        <KeyName name={name} />
      </p>
      <p>
        It is deleted on{" "}
        {keepers === null ? "all nodes that keep it" : `the ${plural(keepers, "node")} that keep it`}. For six
        seconds you can take that back.
      </p>
      <p class="dialog-problem" role="alert">{problem}</p>
      <div class="dialog-actions">
        <button type="button" data-first onClick={onClose} disabled={isBusy}>Cancel</button>
        <button type="button" class="danger" onClick={act} disabled={isBusy}>
          {isBusy ? "Deleting…" : "Delete"}
        </button>
      </div>
    </Dialog>
  );
}

interface BulkDeleteProps {
  readonly keys: readonly string[];
  /** How many have had their turn; null before it begins. */
  readonly done: number | null;
  readonly onDelete: () => Promise<void>;
  readonly onClose: () => void;
}

const samplesMax = 5;

/** Many keys at once cannot be taken back, so their number has to be typed. */
export function BulkDeleteDialog({ keys, done, onDelete, onClose }: BulkDeleteProps): JSX.Element {
  return (
    <DangerDialog
      title={`Delete ${plural(keys.length, "key")}?`}
      confirmWord={String(keys.length)}
      actionLabel={`Delete ${plural(keys.length, "key")}`}
      onConfirm={onDelete}
      onClose={onClose}
    >
      <p>
        <strong>{plural(keys.length, "key")}</strong>{" "}
        will be deleted on every node that keeps them, whatever is in them by then. This cannot be undone.
      </p>
      <ul class="delete-samples">
        {keys.slice(0, samplesMax).map((key) => (
          <li key={key}>
            <KeyName name={key} />
          </li>
        ))}
        {keys.length > samplesMax && <li class="muted">and {plural(keys.length - samplesMax, "more key")}
        </li>}
      </ul>
      {done !== null && (
        <p>
          <progress max={keys.length} value={done} aria-label="Deleted" /> {done} of {keys.length}
        </p>
      )}
    </DangerDialog>
  );
}
