import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { CopyButton } from "../ring/CopyButton.tsx";
import { bytes as bytesText } from "../ring/words.ts";
import {
  bestFormat,
  formatTitles,
  showValue,
  textOfBytes,
  type ValueFormat,
  valueFormats,
} from "./value_format.ts";

interface ValueViewerProps {
  readonly value: Uint8Array;
  /** Null: whichever shows most. */
  readonly format: ValueFormat | null;
  readonly onFormat: (format: ValueFormat) => void;
}

/** Copied at a click; more is for the download. */
const copyBytesMax = 64 * 1024;

/** A value in several ways, all of them text: what somebody stored is never taken for markup. */
export function ValueViewer({ value, format, onFormat }: ValueViewerProps): JSX.Element {
  const [wholeOf, setWholeOf] = useState<Uint8Array | null>(null);
  const best = useMemo(() => bestFormat(value), [value]);
  const shownAs = format ?? best;
  const isWhole = wholeOf === value;
  const shown = useMemo(() => showValue(value, shownAs, isWhole), [value, shownAs, isWhole]);
  return (
    <section class="value-viewer" aria-label="Value">
      <div class="keys-formats" role="group" aria-label="Show the value as">
        {valueFormats.map((name) => (
          <button
            type="button"
            key={name}
            aria-pressed={name === shownAs}
            onClick={() => onFormat(name)}
          >
            {formatTitles[name]}
          </button>
        ))}
      </div>
      {shown.kind === "unfit"
        ? (
          <p class="value-unfit">
            {shown.why}{" "}
            <button type="button" class="link" onClick={() => onFormat(best)}>
              Show it as {formatTitles[best]}
            </button>
          </p>
        )
        : value.length === 0
        ? <p class="value-unfit">The value is empty: no bytes.</p>
        : (
          <pre
            class="value-text"
            tabindex={0}
            aria-label={`Value as ${formatTitles[shownAs]}`}
          >{shown.text}</pre>
        )}
      <p class="actions">
        {shown.kind === "shown" && shown.isPart && (
          <>
            <span>The first part of {bytesText(value.length)}.</span>
            <button type="button" onClick={() => setWholeOf(value)}>Load all</button>
          </>
        )}
        {value.length > 0 && value.length <= copyBytesMax && (
          <CopyButton what="value" text={textOfBytes(value) ?? value.toBase64()} />
        )}
      </p>
    </section>
  );
}
