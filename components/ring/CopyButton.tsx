import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

/** How long a button says that it has copied. */
const thanksMs = 1_500;

/** Copies a text, and shows it for copying by hand where the browser refuses (pages over plain HTTP). */
export function CopyButton({ what, text }: { what: string; text: string }): JSX.Element {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), thanksMs);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => setState(await tryToCopy(text) ? "copied" : "refused");
  if (state === "refused") return <input class="ring-copy-text" aria-label={what} readOnly value={text} />;
  return (
    <button type="button" onClick={copy}>
      {state === "copied" ? "Copied" : `Copy ${what}`}
      <span class="visually-hidden" role="status">{state === "copied" ? "Copied" : ""}</span>
    </button>
  );
}

async function tryToCopy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
