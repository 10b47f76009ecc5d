import type { RowResult } from "../client/mod.ts";
import { showKey } from "./display.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";
import type { ImportRow } from "../client/rows/row.ts";
import type { Output } from "./terminal.ts";

type Loss = Exclude<RowResult<ImportRow>, { outcome: "stored" }>;

/** Counts what became of the rows of an import. */
export class Tally {
  stored = 0;
  created = 0;
  readonly losses: Loss[] = [];

  constructor(readonly total: number) {}

  add(results: readonly RowResult<ImportRow>[]): void {
    for (const result of results) {
      if (result.outcome !== "stored") this.losses.push(result);
      else {
        this.stored++;
        if (result.created) this.created++;
      }
    }
  }

  /** Rows whose fate is told, the unknown ones included. */
  get settled(): number {
    return this.stored + this.losses.length;
  }

  /** Rows that were never sent, because the import stopped. */
  get unsent(): number {
    return this.total - this.settled;
  }

  count(outcome: Loss["outcome"]): number {
    return this.losses.filter((loss) => loss.outcome === outcome).length;
  }
}

/** One line for each row that is not known to be stored, in the order of the file. */
export function reportLosses({ losses }: Tally, output: Output): void {
  for (const { row, outcome, error } of losses.toSorted((a, b) => a.row.line - b.row.line)) {
    const fate = outcome === "unknown" ? "may or may not have been stored" : "was not stored";
    output.write(`line ${row.line}: ${showKey(row.key)} ${fate}: ${error.message}\n`);
  }
}

export function summaryOf(tally: Tally, seconds: number): string {
  const rate = Math.round(tally.stored / Math.max(seconds, 0.001));
  const rows = tally.stored === 1 ? "1 row" : `${tally.stored} rows`;
  const losses = lossesOf(tally).map(([count, fate]) => `; ${count} ${fate}`).join("");
  return `Imported ${rows} in ${seconds.toFixed(1)} s (${rate} rows/s)${losses}\n`;
}

function lossesOf(tally: Tally): [count: number, fate: string][] {
  const all: [number, string][] = [
    [tally.count("failed"), "failed"],
    [tally.count("unknown"), "may or may not have been stored"],
    [tally.unsent, "not sent"],
  ];
  return all.filter(([count]) => count > 0);
}

export function tallyJson(tally: Tally, seconds: number) {
  const { stored, created, unsent, losses } = tally;
  const rows = losses.map(({ row, outcome, error }) => ({
    line: row.line,
    key: row.key,
    outcome,
    code: error.code,
    message: error.message,
  }));
  return { stored, created, unsent, losses: rows, seconds };
}

/** Rows of unknown fate are worse than none lost, and better than failures: trying again settles them. */
export function exitOfImport(tally: Tally): ExitCode {
  if (tally.count("failed") > 0 || tally.unsent > 0) return exitCode.negative;
  return tally.count("unknown") > 0 ? exitCode.temporary : exitCode.ok;
}
