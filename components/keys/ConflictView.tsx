import type { JSX } from "preact";
import { bytes } from "../ring/words.ts";
import { loneLines, type StoredValue } from "./edit.ts";
import { madeAtMs } from "./listed_key.ts";
import { Moment } from "./Moment.tsx";
import { bestFormat, showValue } from "./value_format.ts";

interface ConflictViewProps {
  readonly yours: Uint8Array;
  /** Null: the key was deleted. */
  readonly theirs: StoredValue | null;
  readonly blocked: string | null;
  readonly onOverwrite: () => void;
  readonly onTakeTheirs: () => void;
}

/** Two values for one key, side by side; lines that only one of them has are marked. */
export function ConflictView(props: ConflictViewProps): JSX.Element {
  const { yours, theirs, blocked, onOverwrite, onTakeTheirs } = props;
  const yourText = textOf(yours);
  const theirText = theirs === null ? "" : textOf(theirs.value);
  const lone = loneLines(yourText, theirText);
  return (
    <section class="conflict" role="alert" aria-label="Conflict">
      <p>
        <strong>Somebody else changed this key meanwhile.</strong> Nothing of yours is stored yet.
      </p>
      <div class="conflict-sides">
        <div>
          <h3>Yours, {bytes(yours.length)}</h3>
          <Lines text={yourText} marked={lone.yours} />
        </div>
        <div>
          {theirs === null ? <h3>Theirs: deleted</h3> : (
            <h3>
              Theirs, {bytes(theirs.value.length)}, written <Moment ms={madeAtMs(theirs.version)} />
            </h3>
          )}
          {theirs !== null && <Lines text={theirText} marked={lone.theirs} />}
        </div>
      </div>
      <div class="dialog-actions">
        <button type="button" onClick={onTakeTheirs}>Take theirs</button>
        <button
          type="button"
          class="danger"
          disabled={blocked !== null}
          title={blocked ?? undefined}
          onClick={onOverwrite}
        >
          {theirs === null ? "Store yours again" : "Overwrite with yours"}
        </button>
      </div>
    </section>
  );
}

function Lines({ text, marked }: { text: string; marked: ReadonlySet<number> }): JSX.Element {
  return (
    <pre class="value-text" tabindex={0}>
      {text.split("\n").map((line, place) => marked.has(place) ? <mark key={place}>{`${line}\n`}</mark> : `${line}\n`)}
    </pre>
  );
}

function textOf(value: Uint8Array): string {
  const shown = showValue(value, bestFormat(value), false);
  return shown.kind === "shown" ? `${shown.text}${shown.isPart ? "\n…" : ""}` : "";
}
