import type { MetricItem } from "../../core/live/topics.ts";

/** Figures over the last seconds, one each, oldest first; null: not measured, or not heard. */
export type Series = Readonly<Record<string, readonly (number | null)[]>>;

/** Seconds that a page keeps: as many as a node does. */
export const secondsMax = 900;

/** The figures one second later. A second of which nothing was heard is a gap, not a zero. */
export function withSample(series: Series, metrics: Readonly<Record<string, MetricItem>> | null): Series {
  const names = new Set([...Object.keys(series), ...Object.keys(metrics ?? {})]);
  const length = Math.max(0, ...Object.values(series).map((values) => values.length));
  return Object.fromEntries([...names].map((name) => {
    const before = series[name] ?? Array.from({ length }, () => null);
    return [name, [...before, metrics?.[name]?.value ?? null].slice(-secondsMax)];
  }));
}

/** The last seconds of a figure, with gaps in front where there is less. */
export function lastOf(series: Series, name: string, seconds: number): (number | null)[] {
  const values = (series[name] ?? []).slice(-seconds);
  return [...Array.from({ length: seconds - values.length }, () => null), ...values];
}

export function latestOf(series: Series, name: string): number | null {
  return series[name]?.at(-1) ?? null;
}

export interface Extent {
  readonly least: number;
  readonly most: number;
}

/** Null when nothing was measured. */
export function extentOf(values: readonly (number | null)[]): Extent | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : { least: Math.min(...known), most: Math.max(...known) };
}

/** A drawn line: its parts between gaps, and single points that are no line. */
export interface SparkLine {
  readonly path: string;
  readonly dots: readonly { readonly x: number; readonly y: number }[];
}

/** A line of the values over the width, from 0 at the bottom to `most` at the top. Gaps stay open. */
export function sparkLine(
  values: readonly (number | null)[],
  { width, height, most }: { width: number; height: number; most: number },
): SparkLine {
  const step = width / Math.max(1, values.length - 1);
  const points = values.map((value, i) =>
    value === null ? null : { x: round(i * step), y: round(height - (value / (most || 1)) * height) }
  );
  let path = "";
  const dots: { x: number; y: number }[] = [];
  for (const [i, point] of points.entries()) {
    if (point === null) continue;
    const [isBegun, goesOn] = [points[i - 1] !== null && i > 0, (points[i + 1] ?? null) !== null];
    if (!isBegun && !goesOn) dots.push(point);
    else path += `${isBegun ? "L" : "M"}${point.x},${point.y}`;
  }
  return { path, dots };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
