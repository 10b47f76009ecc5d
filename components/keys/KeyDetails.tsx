import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { CopyButton } from "../ring/CopyButton.tsx";
import { bytes, shortId } from "../ring/words.ts";
import { type Change, EditForm } from "./EditForm.tsx";
import { Keepers } from "./Keepers.tsx";
import { KeyName } from "./KeyName.tsx";
import { traceHref } from "./keys_url.ts";
import { madeAtMs } from "./listed_key.ts";
import { Countdown, Moment } from "./Moment.tsx";
import type { OpenKey, SaveOutcome } from "./open_key.ts";
import { ProblemCard } from "./ProblemCard.tsx";
import type { ValueFormat } from "./value_format.ts";
import { ValueViewer } from "./ValueViewer.tsx";

interface KeyDetailsProps {
  readonly open: Exclude<OpenKey, { kind: "none" }>;
  readonly isLoading: boolean;
  readonly format: ValueFormat | null;
  readonly onFormat: (format: ValueFormat) => void;
  readonly now: ReadonlySignal<number>;
  readonly blocked: string | null;
  readonly onReload: () => void;
  readonly onClose: () => void;
  readonly onSave: (change: Change) => Promise<SaveOutcome>;
  readonly onDelete: () => void;
  readonly onPut: () => void;
}

/** One key: what is in it, since when and for how long, and who keeps it. */
export function KeyDetails(props: KeyDetailsProps): JSX.Element {
  const { open, isLoading, onReload, onClose } = props;
  return (
    <section class="key-details card" aria-label={`Key ${open.key}`} aria-busy={isLoading}>
      <div class="key-details-head">
        <h2>
          <KeyName name={open.key} />
        </h2>
        <button type="button" onClick={onClose}>Close</button>
      </div>
      <p class="actions">
        <CopyButton what="key" text={open.key} />
        <a class="button" href={traceHref(open.key)}>Trace</a>
        <button type="button" onClick={onReload} disabled={isLoading}>Refresh</button>
      </p>
      {open.kind === "loading" && <p class="muted" role="status">Reading the key…</p>}
      {open.kind === "failed" && (
        <ProblemCard what="The key could not be read" problem={open.problem} onRetry={onReload} />
      )}
      {open.kind === "absent" && <Absent {...props} open={open} />}
      {open.kind === "found" && <Found {...props} open={open} />}
    </section>
  );
}

function Absent(
  { open, blocked, onPut }: KeyDetailsProps & { open: Extract<OpenKey, { kind: "absent" }> },
): JSX.Element {
  const { version, place } = open;
  return (
    <>
      <p>
        {version === null ? "There is no such key." : (
          <>
            This key was deleted, or its time was over: <Moment ms={madeAtMs(version)} />.
          </>
        )}
      </p>
      <p>
        <button type="button" disabled={blocked !== null} title={blocked ?? undefined} onClick={onPut}>
          Put it
        </button>
      </p>
      {place !== null && (
        <>
          <h3>It would be kept by</h3>
          <Keepers place={place} verb="Would keep it" />
        </>
      )}
    </>
  );
}

function Found(
  props: KeyDetailsProps & { open: Extract<OpenKey, { kind: "found" }> },
): JSX.Element {
  const { open: { stored, place }, now, blocked, format, onFormat, onSave, onDelete, onReload } = props;
  const [isEditing, setIsEditing] = useState(false);
  return (
    <>
      <dl class="key-facts">
        <Fact name="Size">{bytes(stored.value.length)}</Fact>
        <Fact name="Time left">
          <Countdown expiresAtMs={stored.expiresAtMs} now={now} />
        </Fact>
        <Fact name="Written">
          <Moment ms={madeAtMs(stored.version)} />
        </Fact>
        <Fact name="Version">
          <code class="key-version">{stored.version}</code>
        </Fact>
        {place !== null && (
          <Fact name="Position">
            <code title={place.keyHash}>{shortId(place.keyHash)}</code>, partition {place.partition}
          </Fact>
        )}
      </dl>
      {isEditing
        ? (
          <EditForm
            stored={stored}
            nowMs={now.peek()}
            blocked={blocked}
            onSave={onSave}
            onDone={() => (setIsEditing(false), onReload())}
          />
        )
        : (
          <>
            <ValueViewer value={stored.value} format={format} onFormat={onFormat} />
            <p class="actions">
              <button
                type="button"
                disabled={blocked !== null}
                title={blocked ?? undefined}
                onClick={() => setIsEditing(true)}
              >
                Edit
              </button>
              <button
                type="button"
                class="danger"
                disabled={blocked !== null}
                title={blocked ?? undefined}
                onClick={onDelete}
              >
                Delete…
              </button>
            </p>
          </>
        )}
      <h3>Kept by</h3>
      {place === null
        ? <p class="muted">Nobody could say who keeps it.</p>
        : <Keepers place={place} verb="Kept by" />}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
