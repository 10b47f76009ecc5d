import type { NodeState, Reach, RingNode } from "./snapshot.ts";

/** How ids, figures and states are written, the same in every picture and table. */

export const stateWords: Readonly<Record<NodeState, string>> = {
  live: "live",
  syncing: "joining",
  suspect: "suspect",
  leaving: "leaving",
  dead: "dead",
  unknown: "not seen",
};

export const stateMeanings: Readonly<Record<NodeState, string>> = {
  live: "answers, its copies are complete",
  syncing: "in the ring, its copies are not complete yet",
  suspect: "has missed probes",
  leaving: "is handing over its keys",
  dead: "confirmed gone",
  unknown: "no fresh information",
};

export const reachWords: Readonly<Record<Reach, string>> = {
  own: "this node",
  direct: "asked directly",
  relayed: "relayed by this node",
};

const countFormat = new Intl.NumberFormat("en");
/** Digits shown of an id at least: two groups of four. */
const shortDigitsMin = 8;

/** So many leading digits as tell all the ids apart, in whole groups of four. */
export function shortDigits(ids: readonly string[], least = shortDigitsMin): number {
  const sorted = [...ids].sort();
  let shared = 0;
  for (let i = 1; i < sorted.length; i++) {
    shared = Math.max(shared, sharedPrefix(sorted[i - 1] ?? "", sorted[i] ?? ""));
  }
  return Math.max(least, Math.ceil((shared + 1) / 4) * 4);
}

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length === a.length ? 0 : length;
}

/** `7f3a·91c2` */
export function shortId(id: string, digits = shortDigitsMin): string {
  return (id.slice(0, digits).match(/.{1,4}/g) ?? []).join("·");
}

/** `127.0.0.1:8440` of `http://127.0.0.1:8440` */
export function address(url: string): string {
  return url.replace(/^https?:\/\//, "");
}

/** A share of the circle, or of anything, as `12.4 %`. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return "0 %";
  if (value > 0 && value < 0.01) return "< 0.01 %";
  return `${value.toFixed(value < 1 ? 2 : 1)} %`;
}

export function milliseconds(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  const value = count / 1_024 ** power;
  return `${value.toFixed(power > 0 && value < 10 ? 1 : 0)} ${units[power]}`;
}

export function count(value: number): string {
  return countFormat.format(value);
}

/** `3 d 4 h`, `4 h 12 min`, `42 s`: two parts are enough to judge by. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const parts: [value: number, unit: string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return "0 s";
  return parts.slice(first, first + 2).filter(([value]) => value > 0).map((part) => part.join(" ")).join(" ");
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** What a screen reader says of a node: the sighted see the same in its glyph, its place and its label. */
export function spokenNode(
  node: RingNode,
  { share, place, total, digits }: { share: number | null; place: number; total: number; digits: number },
): string {
  const { hostname, port } = new URL(node.url);
  const parts = [
    `Node ${node.id.slice(0, digits)}`,
    stateWords[node.state],
    port === "" ? hostname : `${hostname} port ${port}`,
    share === null ? "owns nothing" : `owns ${(share * 100).toFixed(1)} percent`,
    ...(node.info === null ? [] : [plural(node.info.keyCount, "key")]),
    `${place} of ${total}`,
  ];
  return parts.join(", ");
}
