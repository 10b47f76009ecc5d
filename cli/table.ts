import Table from "cli-table3";
import type { Colors } from "./command_context.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

const noBorder = {
  "top": "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  "bottom": "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  "left": "",
  "left-mid": "",
  "mid": "",
  "mid-mid": "",
  "right": "",
  "right-mid": "",
  "middle": "  ",
};

/** A table without lines, so that it can be cut with awk and read aloud. Ends with a newline. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  colors: Colors,
): string {
  const table = new Table({
    head: columns.map(({ title }) => colors.bold(title)),
    colAligns: columns.map(({ align }) => align ?? "left"),
    chars: noBorder,
    style: { "head": [], "border": [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString().split("\n").map((line) => line.trimEnd()).join("\n") + "\n";
}

/** Enough of an id to tell the nodes of one ring apart. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
