import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Column, columnsOf, type Sorting, sortNodes } from "./columns.ts";
import { InlineGlyph } from "./Glyph.tsx";
import type { RingNode, RingSnapshot } from "./snapshot.ts";
import { stateWords } from "./words.ts";

export interface RingTableProps {
  readonly snapshot: RingSnapshot;
  readonly selectedId: string | null;
  readonly onSelect: (id: string | null) => void;
  /** By the clock of the page: ages are counted from it. */
  readonly nowMs: number;
  readonly id?: string;
}

/** Rows shown at first: a table of thousands is slow, and nobody reads it. */
const rowsShown = 200;

/** The ring in words and numbers: all that the picture shows, and what it cannot. */
export function RingTable({ snapshot, selectedId, onSelect, nowMs, id }: RingTableProps): JSX.Element {
  const [sorting, setSorting] = useState<Sorting>({ column: "node", isDescending: false });
  const [rowsMax, setRowsMax] = useState(rowsShown);
  const columns = columnsOf(snapshot, nowMs);
  const rows = sortNodes(snapshot.nodes, columns, sorting);
  const [first, ...others] = columns;
  if (snapshot.nodes.length === 0 || first === undefined) {
    return <p class="ring-empty">No node has answered yet.</p>;
  }
  const sort = (column: string) =>
    setSorting({ column, isDescending: sorting.column === column && !sorting.isDescending });
  return (
    <div class="ring-table-frame" role="region" aria-label="Nodes of the ring" tabindex={0} id={id}>
      <table class="ring-table">
        <thead>
          <tr>
            <SortHeader column={first} sorting={sorting} onSort={sort} />
            <SortHeader
              column={{ name: "state", title: "State", isNumber: false }}
              sorting={sorting}
              onSort={sort}
            />
            {others.map((column) => (
              <SortHeader key={column.name} column={column} sorting={sorting} onSort={sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, rowsMax).map((node) => (
            <NodeRow
              key={node.id}
              node={node}
              first={first}
              others={others}
              isSelected={node.id === selectedId}
              isSelf={node.id === snapshot.selfId}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
      {rows.length > rowsMax && (
        <button type="button" onClick={() => setRowsMax(rowsMax + 5 * rowsShown)}>
          Show more of {rows.length} nodes
        </button>
      )}
    </div>
  );
}

function SortHeader({ column: { name, title, isNumber }, sorting, onSort }: {
  column: Pick<Column, "name" | "title" | "isNumber">;
  sorting: Sorting;
  onSort: (column: string) => void;
}): JSX.Element {
  const isSorted = sorting.column === name;
  const order = !isSorted ? "none" : sorting.isDescending ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={order} class={isNumber ? "is-number" : undefined}>
      <button type="button" class="ring-sort" onClick={() => onSort(name)}>
        {title}
        {isSorted && (
          <svg class="ring-sort-mark" viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
            <path d={sorting.isDescending ? "M1,3H9L5,8Z" : "M1,7H9L5,2Z"} />
          </svg>
        )}
      </button>
    </th>
  );
}

function NodeRow({ node, first, others, isSelected, isSelf, onSelect }: {
  node: RingNode;
  first: Column;
  others: readonly Column[];
  isSelected: boolean;
  isSelf: boolean;
  onSelect: (id: string | null) => void;
}): JSX.Element {
  return (
    <tr class={isSelected ? "is-selected" : undefined}>
      <th scope="row">
        <button
          type="button"
          class="ring-row-button"
          aria-pressed={isSelected}
          title={node.id}
          onClick={() => onSelect(isSelected ? null : node.id)}
        >
          {first.textOf(node)}
        </button>
        {isSelf && <span class="ring-self-tag">this node</span>}
      </th>
      <td title={node.why ?? undefined}>
        <span class={`ring-state ring-state-${node.state}`}>
          <InlineGlyph state={node.state} /> {stateWords[node.state]}
        </span>
      </td>
      {others.map((column) => (
        <td key={column.name} class={column.isNumber ? "is-number" : undefined}>{column.textOf(node)}</td>
      ))}
    </tr>
  );
}
