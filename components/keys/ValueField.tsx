import type { JSX } from "preact";
import { bytes as bytesText, count } from "../ring/words.ts";
import { kindTitles, type ValueDraft, type ValueKind, valueKinds, valueOf } from "./draft.ts";

interface ValueFieldProps {
  /** Tells its fields from others of the page. */
  readonly name: string;
  readonly draft: ValueDraft;
  readonly onDraft: (draft: ValueDraft) => void;
  readonly isDisabled: boolean;
}

/** A value to be typed or chosen, with its size in bytes while it grows. */
export function ValueField({ name, draft, onDraft, isDisabled }: ValueFieldProps): JSX.Element {
  const value = valueOf(draft);
  // A field that nobody has filled in yet is no mistake.
  const isUntouched = draft.kind === "file" ? draft.file === null : draft.text === "";
  const hintId = `${name}-value-hint`;
  return (
    <div class="field">
      <div class="value-field-head">
        <label for={`${name}-value`}>Value</label>
        <label>
          <span class="visually-hidden">Value given as</span>
          <select
            value={draft.kind}
            disabled={isDisabled}
            onChange={({ currentTarget }) => onDraft({ ...draft, kind: currentTarget.value as ValueKind })}
          >
            {valueKinds.map((kind) => (
              <option key={kind} value={kind} selected={kind === draft.kind}>{kindTitles[kind]}</option>
            ))}
          </select>
        </label>
      </div>
      {draft.kind === "file" ? <FileInput {...{ name, draft, onDraft, isDisabled, hintId }} /> : (
        <textarea
          id={`${name}-value`}
          class="mono"
          rows={8}
          spellcheck={false}
          disabled={isDisabled}
          value={draft.text}
          aria-describedby={hintId}
          aria-invalid={value.kind === "bad" && !isUntouched}
          onInput={({ currentTarget }) => onDraft({ ...draft, text: currentTarget.value })}
        />
      )}
      <p id={hintId} class={value.kind === "bad" && !isUntouched ? "field-problem" : "field-hint"}>
        {value.kind === "good" ? sizeOf(value.bytes.length) : value.why}
      </p>
    </div>
  );
}

function sizeOf(size: number): string {
  return size < 1_024 ? bytesText(size) : `${count(size)} B (${bytesText(size)})`;
}

function FileInput(
  { name, draft, onDraft, isDisabled, hintId }: ValueFieldProps & { hintId: string },
): JSX.Element {
  const choose = async (input: HTMLInputElement) => {
    const [file] = input.files ?? [];
    if (file === undefined) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    onDraft({ ...draft, kind: "file", file: { name: file.name, bytes } });
  };
  return (
    <input
      id={`${name}-value`}
      type="file"
      disabled={isDisabled}
      aria-describedby={hintId}
      onChange={({ currentTarget }) => void choose(currentTarget)}
    />
  );
}
