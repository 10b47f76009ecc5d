import type { Colors } from "../cli/command_context.ts";
import { formatBytes, formatShare } from "../cli/display.ts";
import { type Column, renderTable, shortId } from "../cli/table.ts";
import type { NodeView } from "./node_view.ts";

export interface SystemMemory {
  readonly total: number;
  readonly available: number;
}

const columns: readonly Column[] = [
  { title: "NODE" },
  { title: "URL" },
  { title: "STATE" },
  { title: "READY" },
  { title: "KEYS", align: "right" },
  { title: "CPU", align: "right" },
  { title: "MEMORY", align: "right" },
  { title: "" },
];

/** Longest remark; the rest is in the node's log. */
const remarkMax = 60;

/** The ring as a table with its totals. Ends with a newline. */
export function renderRing(views: readonly NodeView[], system: SystemMemory, colors: Colors): string {
  return `${renderTable(columns, views.map((view) => rowOf(view, colors)), colors)}${
    totals(views, system)
  }\n`;
}

/** One line on one node, for output that cannot be drawn over. */
export function describeNode({ url, id, state, isReady, remark, info }: NodeView): string {
  const name = id === null ? url : `${shortId(id)} ${url}`;
  const parts = [isReady ? `${state}, ready` : state];
  if (remark !== "") parts.push(remark);
  if (info !== null) parts.push(`${info.keyCount} keys`, formatBytes(info.memory));
  return `${name} ${parts.join(", ")}`;
}

function rowOf({ url, id, state, isReady, remark, info }: NodeView, colors: Colors): string[] {
  const paint = isReady
    ? colors.green
    : state === "dead" || state === "unreachable"
    ? colors.red
    : colors.yellow;
  return [
    id === null ? "-" : shortId(id),
    url,
    paint(state),
    paint(isReady ? "yes" : "no"),
    info === null ? "-" : String(info.keyCount),
    formatShare(info?.cpu ?? null),
    formatBytes(info?.memory ?? null),
    remark.slice(0, remarkMax),
  ];
}

export function totals(views: readonly NodeView[], { total, available }: SystemMemory): string {
  const infos = views.map(({ info }) => info).filter((info) => info !== null);
  const sum = (of: (info: typeof infos[number]) => number | null) =>
    infos.reduce((before, info) => before + (of(info) ?? 0), 0);
  const ready = views.filter(({ isReady }) => isReady).length;
  const used = formatBytes(sum(({ memory }) => memory));
  return [
    `${ready} of ${views.length} nodes ready`,
    `${sum(({ keyCount }) => keyCount)} keys`,
    `CPU ${formatShare(sum(({ cpu }) => cpu))}`,
    `memory ${used}; the system has ${formatBytes(available)} of ${formatBytes(total)} left`,
  ].join(", ");
}
