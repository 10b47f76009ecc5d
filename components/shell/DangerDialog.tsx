import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "./Dialog.tsx";

export interface DangerDialogProps {
  /** A question that names the object: `Remove node 7f3a from the ring?` */
  readonly title: string;
  /** What will happen, in numbers. */
  readonly children: ComponentChildren;
  /** To be typed before the act can be done. */
  readonly confirmWord: string;
  readonly actionLabel: string;
  /** What it throws is shown, and the dialog stays. When it resolves the dialog closes. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone. Cancel has the focus, and Enter never does the act. */
export function DangerDialog(props: DangerDialogProps): JSX.Element {
  const { title, children, confirmWord, actionLabel, onConfirm, onClose } = props;
  const [typed, setTyped] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const act = async () => {
    setIsBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(problemText(error));
      setIsBusy(false);
    }
  };
  return (
    <Dialog title={title} class="danger-dialog" isBusy={isBusy} onClose={onClose}>
      <div class="dialog-text">{children}</div>
      <label class="field">
        <span>
          Type <strong class="mono">{confirmWord}</strong> to confirm
        </span>
        <input
          value={typed}
          autocomplete="off"
          spellcheck={false}
          disabled={isBusy}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <p class="dialog-problem" role="alert">{problem}</p>
      <div class="dialog-actions">
        <button type="button" data-first onClick={onClose} disabled={isBusy}>Cancel</button>
        <button type="button" class="danger" onClick={act} disabled={isBusy || typed !== confirmWord}>
          {isBusy ? "Working…" : actionLabel}
        </button>
      </div>
    </Dialog>
  );
}

/** With the number under which the node's log has the request, where there is one. */
function problemText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const requestId = "requestId" in error && typeof error.requestId === "string" ? error.requestId : null;
  return requestId === null ? error.message : `${error.message} (request ${requestId})`;
}
