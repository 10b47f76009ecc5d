import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { shortId } from "../ring/words.ts";
import { Icon } from "./Icon.tsx";

/** How long the chip says that it has copied. */
const thanksMs = 1_500;

/** A node's id, short, and whole on a click. Where the browser does not let pages copy, it is shown to be selected. */
export function IdChip({ id }: { id: string }): JSX.Element {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), thanksMs);
    return () => clearTimeout(timer);
  }, [state]);
  if (state === "refused") return <input class="id-text" aria-label="Node id" readOnly value={id} />;
  return (
    <button
      type="button"
      class="chip id-chip"
      title={id}
      aria-label={`Copy node id ${shortId(id)}`}
      onClick={async () => setState(await tryToCopy(id) ? "copied" : "refused")}
    >
      <span class="mono">{shortId(id)}</span>
      <Icon name={state === "copied" ? "copied" : "copy"} />
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
