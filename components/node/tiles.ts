import { bytes, count, milliseconds, percent } from "../ring/words.ts";
import { extentOf, lastOf, latestOf, type Series } from "./series.ts";

/** One figure of a node at a glance. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  /** What stands below the value. */
  readonly note: string;
  /** What the line shows. */
  readonly values: readonly (number | null)[];
  /** The same in words, for those who do not see the line. */
  readonly spoken: string;
}

/** Seconds that the lines of the tiles show. */
export const tileSeconds = 120;

/** For a figure that is not measured. */
const unknown = "–";

export function tilesOf(series: Series): Tile[] {
  const latest = (name: string) => latestOf(series, name);
  const written = (name: string, write: (value: number) => string) => {
    const value = latest(name);
    return value === null ? unknown : write(value);
  };
  const tile = (
    label: string,
    name: string,
    write: (value: number) => string,
    value: string,
    note: string,
  ): Tile => {
    const values = lastOf(series, name, tileSeconds);
    return { label, value, note, values, spoken: spokenTrend(label, values, write) };
  };
  return [
    tile(
      "Requests",
      "requests",
      rate,
      written("requests", rate),
      `REST ${written("restRequests", rate)}, nodes ${written("rpcRequests", rate)}`,
    ),
    tile(
      "p99 latency",
      "p99",
      milliseconds,
      written("p99", milliseconds),
      `median ${written("p50", milliseconds)}`,
    ),
    tile(
      "Hops",
      "hopsP50",
      hops,
      `${written("hopsP50", hops)} / ${written("hopsP95", hops)}`,
      "median / p95 of the last lookups",
    ),
    tile(
      "Keys",
      "keysOwn",
      count,
      `${written("keysOwn", short)} / ${written("keysReplica", short)}`,
      "own / copies for others, deleted ones included",
    ),
    tile(
      "Disk",
      "disk",
      bytes,
      written("disk", bytes),
      latest("disk") === null ? "no disk, or not measured" : "files of the data directory",
    ),
    tile(
      "CPU / loop lag",
      "cpu",
      percent,
      `${written("cpu", percent)} / ${written("loopLag", milliseconds)}`,
      `of one core; memory ${written("memory", bytes)}`,
    ),
  ];
}

/** `214 /s` */
export function rate(value: number): string {
  return `${value < 10 ? value.toFixed(1) : short(value)} /s`;
}

/** `13.7k` of 13,712: tiles are narrow. */
export function short(value: number): string {
  if (value < 10_000) return count(Math.round(value));
  const [unit, size] = value < 1e6 ? ["k", 1e3] as const : ["M", 1e6] as const;
  const scaled = value / size;
  return `${scaled < 100 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`;
}

function hops(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

/** What the line says: the last two minutes in one sentence. */
export function spokenTrend(
  label: string,
  values: readonly (number | null)[],
  write: (value: number) => string,
): string {
  const extent = extentOf(values);
  if (extent === null) return `${label}: nothing measured in the last ${tileSeconds / 60} minutes`;
  const now = values.at(-1) ?? null;
  const range = `between ${write(extent.least)} and ${write(extent.most)} in the last ${
    tileSeconds / 60
  } minutes`;
  return `${label}: ${now === null ? "not measured now" : `now ${write(now)}`}, ${range}`;
}
