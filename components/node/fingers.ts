import type { NodeRef } from "../../core/node_ref.ts";

/** Fingers in a row that lead to the same node; null: not looked up yet. */
export interface FingerRun {
  readonly first: number;
  readonly last: number;
  readonly node: NodeRef | null;
}

/** One node that fingers lead to, with all that lead there. */
export interface FingerTarget {
  readonly node: NodeRef | null;
  readonly runs: readonly FingerRun[];
  /** Of the circle: how much of it is looked up by way of this node. */
  readonly share: number;
}

interface Entry {
  readonly index: number;
  readonly node: NodeRef | null;
}

/** The same table in a few lines: of 160 fingers only about log2 of the ring's size lead to different nodes. */
export function fingerRuns(entries: readonly Entry[]): FingerRun[] {
  const runs: FingerRun[] = [];
  for (const { index, node } of entries) {
    const before = runs.at(-1);
    if (before !== undefined && before.last === index - 1 && before.node?.id === node?.id) {
      runs[runs.length - 1] = { ...before, last: index };
    } else runs.push({ first: index, last: index, node });
  }
  return runs;
}

/** By the nodes they lead to, nearest first. */
export function fingerTargets(runs: readonly FingerRun[], bits: number): FingerTarget[] {
  const targets = new Map<string, { node: NodeRef | null; runs: FingerRun[]; share: number }>();
  for (const run of runs) {
    const id = run.node?.id ?? "";
    const target = targets.get(id) ?? { node: run.node, runs: [], share: 0 };
    target.runs.push(run);
    target.share += shareOfRun(run, bits);
    targets.set(id, target);
  }
  return [...targets.values()];
}

/** From the start of the first finger to that of the one after the last: 2^first to 2^(last+1) ahead. */
function shareOfRun({ first, last }: FingerRun, bits: number): number {
  return 2 ** (last + 1 - bits) - 2 ** (first - bits);
}

/** The point that a finger of a node leads behind: 2^index ahead of it. */
export function fingerStart(selfId: string, index: number, bits: number): string {
  const start = (BigInt(`0x${selfId}`) + (1n << BigInt(index))) % (1n << BigInt(bits));
  return start.toString(16).padStart(selfId.length, "0");
}

/** `0–150, 153` */
export function indicesText(runs: readonly FingerRun[]): string {
  return runs.map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`)).join(", ");
}

/** All fingers, one by one. */
export function everyFinger(runs: readonly FingerRun[]): { index: number; node: NodeRef | null }[] {
  return runs.flatMap(({ first, last, node }) =>
    Array.from({ length: last - first + 1 }, (_, i) => ({ index: first + i, node }))
  );
}

/** The whole table for a spreadsheet. */
export function fingersCsv(runs: readonly FingerRun[], selfId: string, bits: number): string {
  const rows = everyFinger(runs).map(({ index, node }) =>
    [index, fingerStart(selfId, index, bits), node?.id ?? "", node?.url ?? ""].join(",")
  );
  return ["index,start,node,url", ...rows, ""].join("\r\n");
}
