import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { KeyName } from "./KeyName.tsx";
import { isPassing, type UndoEvent, undoMs, type UndoState } from "./undo.ts";

interface UndoToastProps {
  readonly state: UndoState;
  readonly onEvent: (event: UndoEvent) => void;
  readonly onUndo: () => void;
}

/** Says that a key is gone, and takes it back. It waits while somebody points at it, or has the focus in it. */
export function UndoToast({ state, onEvent, onUndo }: UndoToastProps): JSX.Element {
  const [isHeld, setIsHeld] = useState(false);
  useEffect(() => {
    if (isHeld || !isPassing(state)) return;
    const timer = setTimeout(() => onEvent({ kind: "timeIsUp" }), undoMs);
    return () => clearTimeout(timer);
  }, [state, isHeld]);
  return (
    <div class="keys-toasts" role="status">
      {state.kind !== "nothing" && (
        <div
          class="keys-toast"
          onMouseEnter={() => setIsHeld(true)}
          onMouseLeave={() => setIsHeld(false)}
          onFocusCapture={() => setIsHeld(true)}
          onBlurCapture={() => setIsHeld(false)}
        >
          <p>{sentence(state)}</p>
          <p class="actions">
            {(state.kind === "offered" || state.kind === "refused") && (
              <button type="button" class="primary" onClick={onUndo}>
                {state.kind === "offered" ? "Undo" : "Try again"}
              </button>
            )}
            <button
              type="button"
              disabled={state.kind === "restoring"}
              onClick={() => onEvent({ kind: "dismissed" })}
            >
              Close
            </button>
          </p>
        </div>
      )}
    </div>
  );
}

function sentence(state: Exclude<UndoState, { kind: "nothing" }>): JSX.Element {
  switch (state.kind) {
    case "offered":
      return (
        <>
          Deleted <KeyName name={state.deleted.key} />.
        </>
      );
    case "restoring":
      return (
        <>
          Putting <KeyName name={state.deleted.key} /> back…
        </>
      );
    case "restored":
      return (
        <>
          <KeyName name={state.key} /> is back.
        </>
      );
    case "refused":
      return (
        <>
          <KeyName name={state.deleted.key} /> was not put back: {state.why}
        </>
      );
  }
}
