import type { JSX } from "preact";
import { useState } from "preact/hooks";

interface FileDropProps {
  /** What is chosen; null: nothing yet. */
  readonly fileText: string | null;
  readonly onFile: (file: File) => void;
}

/** A file, chosen by a button or dropped here. */
export function FileDrop({ fileText, onFile }: FileDropProps): JSX.Element {
  const [isOver, setIsOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    const [file] = files ?? [];
    if (file !== undefined) onFile(file);
  };
  return (
    <div
      class={isOver ? "file-drop is-over" : "file-drop"}
      onDragOver={(event) => (event.preventDefault(), setIsOver(true))}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <label>
        <span>{fileText ?? "Choose a CSV or JSON Lines file, or drop it here"}</span>
        <input
          type="file"
          data-first
          accept=".csv,.jsonl,.ndjson,text/csv,application/x-ndjson"
          onChange={({ currentTarget }) => take(currentTarget.files)}
        />
      </label>
      <p class="field-hint">
        CSV begins with the header <code>key,value</code>, if need be with <code>ttl_seconds</code> and{" "}
        <code>encoding</code>. A line of JSON Lines is <code>{'{"key": …, "text": …}'}</code>, or has the{" "}
        <code>value</code> in base64.
      </p>
    </div>
  );
}
