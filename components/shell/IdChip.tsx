import type { JSX } from "preact";
import { shortId } from "../ring/words.ts";
import { Icon } from "./Icon.tsx";
import { useCopy } from "./use_copy.ts";

/** A node's id, short, and whole on a click. Where the browser does not let pages copy, it is shown to be selected. */
export function IdChip({ id }: { id: string }): JSX.Element {
  const { state, copy } = useCopy(id);
  if (state === "refused") return <input class="id-text" aria-label="Node id" readOnly value={id} />;
  return (
    <button
      type="button"
      class="chip id-chip"
      title={id}
      aria-label={`Copy node id ${shortId(id)}`}
      onClick={copy}
    >
      <span class="mono">{shortId(id)}</span>
      <Icon name={state === "copied" ? "copied" : "copy"} />
      <span class="visually-hidden" role="status">{state === "copied" ? "Copied" : ""}</span>
    </button>
  );
}
