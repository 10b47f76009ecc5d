/** One measured figure beside what it is held against. */
export interface Figure {
  readonly name: string;
  readonly measured: string;
  /** The floor or peer of the same run, or the bound. */
  readonly against: string;
  readonly target: string;
  /** Null: shown for information, there is no target. */
  readonly isMet: boolean | null;
}

export interface Measurement {
  readonly name: string;
  readonly run: (seconds: number) => Promise<readonly Figure[]>;
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, measured, against, target, isMet }) => [
    name,
    measured,
    against,
    target,
    isMet === null ? "-" : isMet ? "met" : "MISSED",
  ]);
  const head = ["figure", "measured", "against, in the same run", "target", ""];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? "").length)));
  return [head, ...rows].map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd())
    .join("\n");
}
