import type { JSX } from "preact";
import { useCopy } from "../shell/use_copy.ts";

/** Copies a text, and shows it for copying by hand where the browser refuses (pages over plain HTTP). */
export function CopyButton({ what, text }: { what: string; text: string }): JSX.Element {
  const { state, copy } = useCopy(text);
  if (state === "refused") return <input class="ring-copy-text" aria-label={what} readOnly value={text} />;
  return (
    <button type="button" onClick={copy}>
      {state === "copied" ? "Copied" : `Copy ${what}`}
      <span class="visually-hidden" role="status">{state === "copied" ? "Copied" : ""}</span>
    </button>
  );
}
