import { sharesOf } from "./figures.ts";
import { nodeStates, type RingNode, type RingSnapshot } from "./snapshot.ts";
import {
  address,
  bytes,
  count,
  duration,
  milliseconds,
  percent,
  reachWords,
  shortDigits,
  shortId,
} from "./words.ts";

/** One column of the table of nodes. */
export interface Column {
  readonly name: string;
  readonly title: string;
  readonly isNumber: boolean;
  /** What it sorts by; null stands at the end in either direction. */
  readonly valueOf: (node: RingNode) => number | string | null;
  readonly textOf: (node: RingNode) => string;
}

export interface Sorting {
  readonly column: string;
  readonly isDescending: boolean;
}

/** For a figure that a node does not tell. */
const unknownText = "–";

/** The columns for a ring, with ids as long as it takes to tell them apart there. */
export function columnsOf(snapshot: RingSnapshot, nowMs: number): Column[] {
  const digits = shortDigits(snapshot.nodes.map(({ id }) => id));
  const shares = sharesOf(snapshot);
  return [
    text("node", "Node", ({ id }) => id, (id) => shortId(id, digits)),
    text("address", "Address", ({ url }) => address(url), (value) => value),
    figure("share", "Owns", ({ id }) => shares.get(id) ?? null, percent),
    figure("keys", "Keys", ({ info }) => info?.keyCount ?? null, count),
    figure("records", "Records", ({ info }) => info?.recordCount ?? null, count),
    figure("cpu", "CPU", ({ info }) => info?.cpu ?? null, percent),
    figure("memory", "Memory", ({ info }) => info?.memory ?? null, bytes),
    figure("rtt", "Answer", ({ rttMs }) => rttMs, milliseconds),
    figure("uptime", "Up", ({ info }) => info?.uptimeMs ?? null, duration),
    text("version", "Version", ({ info }) => info?.version ?? null, (value) => value),
    text("reach", "Reached", ({ reach }) => (reach === null ? null : reachWords[reach]), (value) => value),
    figure("age", "Seen", ({ seenAtMs }) => (seenAtMs === null ? null : nowMs - seenAtMs), ageText),
  ];
}

/** States sort as in the legend: what is well first. */
export function stateRank({ state }: RingNode): number {
  return nodeStates.indexOf(state);
}

export function ageText(ms: number): string {
  return ms < 1_000 ? "now" : `${duration(ms)} ago`;
}

/** Sorted by a column; equal ones stay in ring order. */
export function sortNodes(
  nodes: readonly RingNode[],
  columns: readonly Column[],
  sorting: Sorting,
): RingNode[] {
  const valueOf = sorting.column === "state"
    ? stateRank
    : columns.find(({ name }) => name === sorting.column)?.valueOf ?? stateRank;
  const direction = sorting.isDescending ? -1 : 1;
  return nodes.toSorted((a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return left < right ? -direction : left > right ? direction : 0;
  });
}

function text(
  name: string,
  title: string,
  valueOf: (node: RingNode) => string | null,
  write: (value: string) => string,
): Column {
  const textOf = (node: RingNode) => {
    const value = valueOf(node);
    return value === null ? unknownText : write(value);
  };
  return { name, title, isNumber: false, valueOf, textOf };
}

function figure(
  name: string,
  title: string,
  valueOf: (node: RingNode) => number | null,
  write: (value: number) => string,
): Column {
  const textOf = (node: RingNode) => {
    const value = valueOf(node);
    return value === null ? unknownText : write(value);
  };
  return { name, title, isNumber: true, valueOf, textOf };
}
