/** A row that was not stored, or perhaps not. */
export interface RowProblem {
  readonly row: number;
  readonly key: string | null;
  readonly code: string;
  readonly message: string;
}

export interface ImportCounts {
  readonly done: number;
  readonly total: number;
  readonly ok: number;
  readonly skipped: number;
  readonly failed: number;
  /** The line of the last row that had its turn. */
  readonly lastRow: number | null;
}

export interface ImportEnd extends ImportCounts {
  readonly finished: boolean;
  readonly reason?: "cancelled" | "tooManyFailures" | "internal" | undefined;
  readonly dry: boolean;
  readonly created: number;
  readonly unknown: number;
  readonly duplicates: number;
  readonly seconds: number;
}

/** What a node says of an import, line by line. */
export type ImportNews =
  | { readonly kind: "begun"; readonly id: string }
  | { readonly kind: "progress"; readonly counts: ImportCounts }
  | { readonly kind: "row"; readonly problem: RowProblem }
  | { readonly kind: "end"; readonly end: ImportEnd };

export type ImportState =
  | { readonly kind: "idle" }
  /** The file is on its way, or is being checked: nothing is stored yet. */
  | { readonly kind: "checking"; readonly isStopping: boolean }
  | RunningImport
  | {
    readonly kind: "ended";
    readonly end: ImportEnd;
    readonly problems: readonly RowProblem[];
    readonly untold: number;
  }
  /** Nothing was stored. */
  | {
    readonly kind: "refused";
    readonly why: string;
    readonly problems: readonly RowProblem[];
    readonly bad: number;
  }
  /** Nobody tells how it went on. */
  | {
    readonly kind: "lost";
    readonly why: string;
    readonly counts: ImportCounts | null;
    readonly problems: readonly RowProblem[];
  };

export interface RunningImport {
  readonly kind: "running";
  readonly id: string;
  readonly startedAtMs: number;
  readonly counts: ImportCounts | null;
  readonly problems: readonly RowProblem[];
  /** Problems that are no longer kept one by one. */
  readonly untold: number;
  readonly isStopping: boolean;
}

/** Kept one by one, so that a file of a million bad rows does not fill the page. */
const problemsMax = 500;

export function nextImport(state: ImportState, news: ImportNews, nowMs: number): ImportState {
  if (news.kind === "begun") {
    const none = { counts: null, problems: [], untold: 0, isStopping: false };
    return { kind: "running", id: news.id, startedAtMs: nowMs, ...none };
  }
  if (state.kind !== "running") return state;
  switch (news.kind) {
    case "progress":
      return { ...state, counts: news.counts };
    case "row":
      if (state.problems.length === problemsMax) return { ...state, untold: state.untold + 1 };
      return { ...state, problems: [...state.problems, news.problem] };
    case "end":
      return { kind: "ended", end: news.end, problems: state.problems, untold: state.untold };
  }
}

/** Rows a second so far; null before anything can be said. */
export function rowsPerSecond({ counts, startedAtMs }: RunningImport, nowMs: number): number | null {
  const seconds = (nowMs - startedAtMs) / 1_000;
  return counts === null || counts.done === 0 || seconds < 0.2 ? null : counts.done / seconds;
}

/** What came of it, in one sentence. */
export function endSentence(
  { finished, reason, dry, ok, created, total, failed, skipped, lastRow }: ImportEnd,
): string {
  const n = (count: number) => count.toLocaleString("en");
  const stored = dry
    ? `${n(ok)} of ${n(total)} rows would be stored, ${n(created)} of them new`
    : `${n(ok)} of ${n(total)} rows stored, ${n(created)} of them new`;
  const losses = [[skipped, "left out"], [failed, "failed"]].filter(([count]) => count !== 0)
    .map(([count, word]) => `, ${n(Number(count))} ${word}`).join("");
  if (finished) return `${stored}${losses}.`;
  const where = lastRow === null ? "before the first row" : `after line ${n(lastRow)}`;
  return `${whyEnded[reason ?? "internal"]} ${where}. ${stored}${losses}; what is stored stays.`;
}

const whyEnded = {
  cancelled: "Stopped",
  tooManyFailures: "Given up, because row after row failed,",
  internal: "Broken off by a fault of the node",
} as const;
