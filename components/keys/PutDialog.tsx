import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { shortId } from "../ring/words.ts";
import { Dialog } from "../shell/Dialog.tsx";
import { byteCount, emptyDraft, ofAtMost, valueOf } from "./draft.ts";
import { ExpiryField } from "./ExpiryField.tsx";
import { Keepers } from "./Keepers.tsx";
import { type PlaceSearch, problemText, type SaveOutcome } from "./open_key.ts";
import { expiryOf, neverOver } from "./ttl.ts";
import { ValueField } from "./ValueField.tsx";

export interface NewKey {
  readonly key: string;
  readonly value: Uint8Array;
  readonly ttlSeconds: number | null;
  readonly mayReplace: boolean;
}

interface PutDialogProps {
  /** What the key begins with. */
  readonly prefix: string;
  readonly keyBytesMax: number;
  readonly keyProblemOf: (key: string) => string | null;
  /** Where the key belongs, asked for as it is typed. */
  readonly placeSearch: PlaceSearch;
  readonly onKey: (key: string) => void;
  readonly onPut: (key: NewKey) => Promise<SaveOutcome>;
  readonly onClose: () => void;
}

export function PutDialog(props: PutDialogProps): JSX.Element {
  const { keyBytesMax, keyProblemOf, onPut, onClose } = props;
  const [key, setKey] = useState(props.prefix);
  const [draft, setDraft] = useState(emptyDraft);
  const [expiry, setExpiry] = useState(neverOver);
  const [mayReplace, setMayReplace] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const keyProblem = keyProblemOf(key);
  const value = valueOf(draft);
  const ttl = expiryOf(expiry, null, 0);
  const isReady = keyProblem === null && value.kind === "good" && ttl.kind === "good" && !isBusy;

  const put = async (event: Event) => {
    event.preventDefault();
    if (keyProblem !== null || value.kind === "bad" || ttl.kind === "bad" || isBusy) return;
    setIsBusy(true);
    setProblem(null);
    const outcome = await onPut({ key, value: value.bytes, ttlSeconds: ttl.seconds, mayReplace });
    if (outcome.kind === "saved") return onClose();
    setIsBusy(false);
    setProblem(
      outcome.kind === "failed"
        ? problemText(outcome.problem)
        : "The key exists already, so nothing was stored. Choose another key, or allow replacing it.",
    );
  };

  return (
    <Dialog title="Put a key" class="keys-dialog" isBusy={isBusy} onClose={onClose}>
      <form onSubmit={put}>
        <label class="field">
          <span>Key</span>
          <input
            class="mono"
            data-first
            value={key}
            autocomplete="off"
            spellcheck={false}
            disabled={isBusy}
            aria-describedby="put-key-hint"
            aria-invalid={key !== "" && keyProblem !== null}
            onInput={({ currentTarget }) => (setKey(currentTarget.value), props.onKey(currentTarget.value))}
          />
          <span id="put-key-hint" class={key !== "" && keyProblem !== null ? "field-problem" : "field-hint"}>
            {ofAtMost(byteCount(key), keyBytesMax)}
            {key !== "" && keyProblem !== null && `: ${keyProblem}`}
          </span>
        </label>
        <ValueField name="put" draft={draft} onDraft={setDraft} isDisabled={isBusy} />
        <ExpiryField
          name="put"
          draft={expiry}
          onDraft={setExpiry}
          keptMs={null}
          nowMs={0}
          ttl={ttl}
          isDisabled={isBusy}
        />
        <label class="keys-check">
          <input
            type="checkbox"
            checked={mayReplace}
            disabled={isBusy}
            onChange={({ currentTarget }) => setMayReplace(currentTarget.checked)}
          />
          Replace the value if the key exists
        </label>
        <PlaceNotice search={props.placeSearch} />
        <p class="dialog-problem" role="alert">{problem}</p>
        <div class="dialog-actions">
          <button type="button" onClick={onClose} disabled={isBusy}>Cancel</button>
          <button type="submit" class="primary" disabled={!isReady}>{isBusy ? "Storing…" : "Put"}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Before anything is stored: where it will lie. */
function PlaceNotice({ search }: { search: PlaceSearch }): JSX.Element {
  return (
    <div class="put-place" aria-live="polite">
      {search.kind === "none" && <p class="muted">Type a key to see where on the ring it belongs.</p>}
      {search.kind === "asking" && <p class="muted">Looking up where it belongs…</p>}
      {search.kind === "failed" && (
        <p class="is-warn">It is not known where it belongs: {problemText(search.problem)}</p>
      )}
      {search.kind === "known" && (
        <>
          <p>
            Its hash <code title={search.place.keyHash}>{shortId(search.place.keyHash)}</code>{" "}
            lies in partition {search.place.partition}, which these nodes keep:
          </p>
          <Keepers place={search.place} verb="Will keep it" />
        </>
      )}
    </div>
  );
}
