import { type FaultKind, faultKinds, Faults } from "./faults.ts";
import type { OperationCounts, Regime, RunReport } from "./run.ts";

/** From so many runs on, every kind of fault must have been met. */
const runsForAll = 1_000;
/** And from so many on, this often. */
const runsForMany = 20_000;
const many = 100;

/** The sums over the runs of a regime, for the summary. */
export class Totals {
  runs = 0;
  failures = 0;
  readonly faults = new Faults();
  readonly #sums = new Map<string, number>();

  constructor(readonly regime: Regime) {}

  add(report: RunReport): void {
    this.runs++;
    if (report.failure !== "") this.failures++;
    this.faults.add(report.faults);
    const { calm, checks, events, messages, operations, violations, virtualMs } = report;
    const numbers = {
      checks,
      events,
      messages,
      virtualMs,
      ...calm,
      ...operations,
      violations: violations.length,
    };
    for (const [name, value] of Object.entries(numbers)) this.#sums.set(name, this.#sum(name) + value);
  }

  get summary(): string {
    const { runs, regime } = this;
    const sum = (name: string) => this.#sum(name);
    const writes = this.#counts({ acknowledged: "acknowledged", unknown: "unknown", refused: "refused" });
    const reads = this.#counts({ found: "found", absent: "absent", uncertain: "cannot tell" });
    return [
      `${regime}: ${runs} runs, ${sum("events")} events, ${sum("violations")} violations`,
      `  ${(sum("virtualMs") / 3_600_000).toFixed(1)} virtual hours, ${sum("messages")} messages, ` +
      `${sum("checks")} checks of the ring`,
      `  writes ${writes}; reads ${reads}`,
      ...this.#conditions,
      `  at the end ${sum("readable")} of ${sum("expected")} ${
        regime === "faults" ? "keys" : "acknowledged values"
      } ` +
      "were readable",
      ...this.#faultTable,
    ].join("\n");
  }

  /** Kinds of faults that were met too rarely for what so many runs are worth. */
  get missed(): readonly FaultKind[] {
    if (this.regime !== "faults" || this.runs < runsForAll) return [];
    return this.faults.rarerThan(this.runs < runsForMany ? 1 : many);
  }

  get #conditions(): string[] {
    if (!this.#sums.has("conditional")) return [];
    return [
      `  writes on a version ${this.#sum("conditional")}, of which ${
        this.#sum("condDouble")
      } replaced one that ` +
      "another had replaced, while views changed",
    ];
  }

  get #faultTable(): string[] {
    if (this.regime !== "faults") return [];
    const rows = faultKinds.map((kind) => {
      const note = this.missed.includes(kind) ? "  too rare" : this.faults.hits[kind] === 0 ? "  never" : "";
      return `    ${kind.padEnd(16)} ${String(this.faults.hits[kind]).padStart(12)}${note}`;
    });
    return ["  faults, and messages they met:", ...rows];
  }

  #counts(names: Partial<Record<keyof OperationCounts, string>>): string {
    return Object.entries(names).map(([name, words]) => `${words} ${this.#sum(name)}`).join(", ");
  }

  #sum(name: string): number {
    return this.#sums.get(name) ?? 0;
  }
}
