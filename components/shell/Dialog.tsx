import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface DialogProps {
  readonly title: string;
  readonly class?: string;
  /** Escape does nothing meanwhile. */
  readonly isBusy?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/**
 * What has to be dealt with before the page. Shown for as long as it is rendered; the browser keeps the focus in it
 * and gives it back afterwards. An element with `data-first` has the focus at first.
 */
export function Dialog({ title, isBusy = false, onClose, children, ...props }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const closed = useRef(onClose);
  closed.current = onClose;
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    // A browser closes a dialog at a second Escape, whatever the page says to the first.
    const tell = () => closed.current();
    element.addEventListener("close", tell);
    element.showModal();
    element.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => {
      element.removeEventListener("close", tell);
      element.close();
    };
  }, []);
  return (
    <dialog
      class={["dialog", props.class ?? ""].join(" ").trim()}
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (!isBusy) onClose();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}
