import type { JSX } from "preact";
import { bytes, duration, plural } from "../ring/words.ts";
import { KeyName } from "./KeyName.tsx";
import type { ImportPreview, PreviewRow } from "./preview.ts";
import { isReadable, textOfBytes, visible } from "./value_format.ts";

const valueCharsMax = 60;

/** The first rows of a file as they would be stored. Null: it is being read. */
export function ImportPreviewTable({ preview }: { preview: ImportPreview | null }): JSX.Element {
  if (preview === null) return <p class="muted" role="status">Reading the file…</p>;
  const { rows, hasMore, problem } = preview;
  const bad = rows.filter(({ kind }) => kind === "bad").length;
  return (
    <>
      {problem !== null && (
        <p class="field-problem" role="alert">
          The file cannot be imported. Line {problem.line}: {problem.message}
        </p>
      )}
      {rows.length > 0 && (
        <div class="table-frame import-preview" tabindex={0} role="region" aria-label="Preview">
          <table class="table">
            <caption>
              {hasMore ? `The first ${plural(rows.length, "row")}` : plural(rows.length, "row")}
              {bad > 0 && `, ${bad} of them bad: nothing is stored before the whole file is good`}
            </caption>
            <thead>
              <tr>
                <th scope="col" class="is-number">Line</th>
                <th scope="col">Key</th>
                <th scope="col">Value</th>
                <th scope="col" class="is-number">Size</th>
                <th scope="col">Expires</th>
              </tr>
            </thead>
            <tbody>{rows.map((row) => <Row key={row.line} row={row} />)}</tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Row({ row }: { row: PreviewRow }): JSX.Element {
  if (row.kind === "bad") {
    return (
      <tr>
        <td class="is-number">{row.line}</td>
        <td colSpan={4} class="is-danger">{row.problem}</td>
      </tr>
    );
  }
  return (
    <tr>
      <td class="is-number">{row.line}</td>
      <th scope="row">
        <KeyName name={row.key} />
      </th>
      <td class="mono import-value">{valueText(row.bytes)}</td>
      <td class="is-number">{bytes(row.bytes.length)}</td>
      <td>{expiryText(row)}</td>
    </tr>
  );
}

function valueText(value: Uint8Array): string {
  const text = textOfBytes(value);
  const shown = text !== null && isReadable(text) ? visible(text) : `${value.toHex()}`;
  return shown.length > valueCharsMax ? `${shown.slice(0, valueCharsMax)}…` : shown;
}

function expiryText({ ttlSeconds, expiresAt }: Extract<PreviewRow, { kind: "row" }>): string {
  if (expiresAt !== null) return expiresAt.toISOString();
  return ttlSeconds === null ? "never" : `in ${duration(ttlSeconds * 1_000)}`;
}
