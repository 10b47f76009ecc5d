import type { JSX } from "preact";
import { count } from "../ring/words.ts";

interface SelectionBarProps {
  readonly selected: number;
  readonly blocked: string | null;
  readonly onDelete: () => void;
  readonly onClear: () => void;
}

/** What can be done with the keys that are ticked. */
export function SelectionBar(
  { selected, blocked, onDelete, onClear }: SelectionBarProps,
): JSX.Element | null {
  if (selected === 0) return null;
  return (
    <div class="keys-selection" role="region" aria-label="Selection">
      <p>{count(selected)} selected</p>
      <p class="actions">
        <button type="button" onClick={onClear}>Clear</button>
        <button
          type="button"
          class="danger"
          disabled={blocked !== null}
          title={blocked ?? undefined}
          onClick={onDelete}
        >
          Delete {count(selected)}…
        </button>
      </p>
    </div>
  );
}
