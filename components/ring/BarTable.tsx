import type { JSX } from "preact";
import { number } from "./circle.ts";

/** A figure of each node, as a bar and in words. */
export interface BarRow {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** Null for a node that does not say. */
  readonly values: readonly (number | null)[];
}

export interface BarColumn {
  readonly title: string;
  readonly write: (value: number) => string;
  /** What a bar of full length stands for. */
  readonly full: number;
  /** Drawn as lines across all bars, with their meaning in the head of the column. */
  readonly marks?: readonly { readonly value: number; readonly name: string }[];
}

interface BarTableProps {
  readonly label: string;
  readonly columns: readonly BarColumn[];
  readonly rows: readonly BarRow[];
  readonly selectedId: string | null;
  readonly onSelect: (id: string | null) => void;
}

const barWidth = 160;

export function BarTable({ label, columns, rows, selectedId, onSelect }: BarTableProps): JSX.Element {
  return (
    <div class="ring-table-frame" role="region" aria-label={label} tabindex={0}>
      <table class="ring-table ring-bars">
        <thead>
          <tr>
            <th scope="col">Node</th>
            {columns.map((column) => (
              <th scope="col" key={column.title}>
                {column.title}
                {(column.marks ?? []).map(({ name, value }) => (
                  <span key={name} class="ring-mark-name">{name} {column.write(value)}</span>
                ))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} class={row.id === selectedId ? "is-selected" : undefined}>
              <th scope="row">
                <button
                  type="button"
                  class="ring-row-button"
                  title={row.title}
                  aria-pressed={row.id === selectedId}
                  onClick={() => onSelect(row.id === selectedId ? null : row.id)}
                >
                  {row.name}
                </button>
              </th>
              {columns.map((column, index) => (
                <td key={column.title}>
                  <Bar column={column} value={row.values[index] ?? null} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Bar({ column, value }: { column: BarColumn; value: number | null }): JSX.Element {
  if (value === null) return <span class="ring-unknown">no figure</span>;
  const across = (part: number) => number(Math.min(1, part / (column.full || 1)) * barWidth);
  return (
    <span class="ring-bar">
      <svg width={barWidth} height="14" viewBox={`0 0 ${barWidth} 14`} aria-hidden="true">
        <rect class="ring-bar-track" x="0.5" y="1.5" width={barWidth - 1} height="11" />
        <rect class="ring-bar-fill" x="0" y="1" height="12" width={across(value)} />
        {(column.marks ?? []).filter((mark) => mark.value > 0 && mark.value < column.full).map((mark) => (
          <path key={mark.name} class="ring-bar-mark" d={`M${across(mark.value)},0V14`} />
        ))}
      </svg>
      {column.write(value)}
    </span>
  );
}
