import { bytes, count, milliseconds, percent } from "../ring/words.ts";
import { extentOf, lastOf, type Series } from "./series.ts";
import { rate } from "./tiles.ts";

/** One figure in a chart; charts tell them apart by the way their lines are drawn, not by colour alone. */
export interface ChartLine {
  readonly name: string;
  readonly label: string;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly ChartLine[];
  readonly write: (value: number) => string;
}

/** Spans of time that can be shown, in seconds. */
export const ranges = [60, 300, 900] as const;
export const rangeWords: Readonly<Record<number, string>> = { 60: "1 min", 300: "5 min", 900: "15 min" };

export const charts: readonly Chart[] = [
  {
    title: "Requests",
    unit: "per second",
    lines: [{ name: "restRequests", label: "REST" }, { name: "rpcRequests", label: "nodes" }],
    write: rate,
  },
  {
    title: "Latency",
    unit: "ms",
    lines: [{ name: "p50", label: "median" }, { name: "p99", label: "p99" }],
    write: milliseconds,
  },
  {
    title: "Hops",
    unit: "of lookups",
    lines: [{ name: "hopsP50", label: "median" }, { name: "hopsP95", label: "p95" }],
    write: (value) => String(value),
  },
  {
    title: "Records",
    unit: "kept",
    lines: [{ name: "keysOwn", label: "own" }, { name: "keysReplica", label: "copies" }],
    write: count,
  },
  {
    title: "CPU",
    unit: "share of a core",
    lines: [{ name: "cpu", label: "CPU" }],
    write: percent,
  },
  {
    title: "Event loop lag",
    unit: "ms",
    lines: [{ name: "loopLag", label: "lag" }],
    write: milliseconds,
  },
  {
    title: "Memory",
    unit: "resident",
    lines: [{ name: "memory", label: "memory" }],
    write: bytes,
  },
  {
    title: "Disk",
    unit: "data directory",
    lines: [{ name: "disk", label: "disk" }],
    write: bytes,
  },
];

/** The top of the axis: the largest value of all lines, rounded up so that it does not move with every sample. */
export function chartTop(values: readonly (readonly (number | null)[])[]): number {
  const most = Math.max(0, ...values.map((line) => extentOf(line)?.most ?? 0));
  if (most === 0) return 1;
  const size = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 2.5, 5, 10].map((step) => step * size).find((step) => step >= most) ?? most;
}

/** The chart in one sentence: now, and the largest of the time shown. */
export function chartSentence(chart: Chart, series: Series, seconds: number): string {
  const parts = chart.lines.map(({ name, label }) => {
    const values = lastOf(series, name, seconds);
    const extent = extentOf(values);
    if (extent === null) return `${label} not measured`;
    const now = values.at(-1) ?? null;
    return `${label} ${now === null ? "not measured now" : chart.write(now)}, at most ${
      chart.write(extent.most)
    }`;
  });
  return `${chart.title}: ${parts.join("; ")}.`;
}

/** One row a second, the oldest first; what was not measured is empty. */
export function chartCsv(chart: Chart, series: Series, seconds: number): string {
  const columns = chart.lines.map(({ name }) => lastOf(series, name, seconds));
  const rows = Array.from(
    { length: seconds },
    (_, i) => [i + 1 - seconds, ...columns.map((values) => values[i] ?? "")].join(","),
  );
  return [["seconds", ...chart.lines.map(({ name }) => name)].join(","), ...rows, ""].join("\r\n");
}
