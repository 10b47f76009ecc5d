import type { ComponentChildren, JSX } from "preact";

interface DataTableProps {
  /** What the rows are; said by screen readers, and a place to go to by keyboard where it scrolls. */
  readonly label: string;
  readonly columns: readonly string[];
  /** Columns of figures, by their titles. */
  readonly figures?: readonly string[];
  readonly children: ComponentChildren;
}

/** A table that scrolls within its own frame where the page is too narrow for it. */
export function DataTable({ label, columns, figures = [], children }: DataTableProps): JSX.Element {
  return (
    <div class="table-frame" role="region" aria-label={label} tabindex={0}>
      <table class="table">
        <thead>
          <tr>
            {columns.map((title) => (
              <th key={title} scope="col" class={figures.includes(title) ? "is-number" : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
