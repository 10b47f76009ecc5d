import type { JSX } from "preact";
import { count, plural } from "../ring/words.ts";
import {
  endSentence,
  type ImportCounts,
  type ImportState,
  type RowProblem,
  rowsPerSecond,
  type RunningImport,
} from "./import_progress.ts";
import { KeyName } from "./KeyName.tsx";

interface ImportOutcomeProps {
  readonly state: Exclude<ImportState, { kind: "idle" }>;
  readonly nowMs: number;
  readonly onStop: () => void;
  readonly onReset: () => void;
  readonly onClose: () => void;
}

/** How an import goes, and how it went. */
export function ImportOutcome(props: ImportOutcomeProps): JSX.Element {
  const { state, onReset, onClose, onStop } = props;
  const isBusy = state.kind === "checking" || state.kind === "running";
  const isStopping = isBusy && state.isStopping;
  return (
    <>
      <Telling {...props} />
      <div class="dialog-actions">
        {isBusy
          ? (
            <button
              type="button"
              data-first
              disabled={isStopping}
              onClick={onStop}
            >
              {isStopping ? "Stopping…" : "Stop"}
            </button>
          )
          : (
            <>
              <button type="button" onClick={onReset}>Import another file</button>
              <button type="button" class="primary" onClick={onClose}>Close</button>
            </>
          )}
      </div>
    </>
  );
}

function Telling({ state, nowMs }: ImportOutcomeProps): JSX.Element {
  switch (state.kind) {
    case "checking":
      return (
        <>
          <p role="status">The file is sent and checked. Nothing is stored yet.</p>
          <progress class="import-bar" aria-label="Checking the file" />
        </>
      );
    case "running":
      return <Running state={state} nowMs={nowMs} />;
    case "ended":
      return (
        <>
          <p role="status" class={state.end.failed > 0 || !state.end.finished ? "is-warn" : "is-ok"}>
            {endSentence(state.end)}
          </p>
          {state.end.unknown > 0 && (
            <p class="is-warn">
              Of {plural(state.end.unknown, "failed row")}{" "}
              nobody knows whether they were stored: import them again.
            </p>
          )}
          <Problems problems={state.problems} more={state.untold} />
        </>
      );
    case "refused":
      return (
        <>
          <p role="alert" class="is-danger">{ended(state.why)}</p>
          <Problems problems={state.problems} more={Math.max(0, state.bad - state.problems.length)} />
        </>
      );
    case "lost":
      return (
        <>
          <p role="alert" class="is-danger">
            {ended(state.why)} {farSentence(state.counts)}
          </p>
          <Problems problems={state.problems} more={0} />
        </>
      );
  }
}

/** A node's messages have no full stop. */
function ended(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function farSentence(counts: ImportCounts | null): string {
  if (counts === null) return "It is not known whether anything was stored.";
  const line = counts.lastRow === null ? "no row" : `the rows up to line ${count(counts.lastRow)}`;
  return `When it was last heard of, ${line} had had their turn; what is stored stays.`;
}

function Running({ state, nowMs }: { state: RunningImport; nowMs: number }): JSX.Element {
  const { counts, problems, untold } = state;
  const rate = rowsPerSecond(state, nowMs);
  const { done = 0, total = 0, ok = 0, skipped = 0, failed = 0 } = counts ?? {};
  return (
    <>
      <progress class="import-bar" max={Math.max(1, total)} value={done} aria-label="Rows stored" />
      <p>
        {count(done)} of {plural(total, "row")}
        {rate !== null && `, ${count(Math.round(rate))} rows/s`}
        {rate !== null && done < total && `, about ${Math.ceil((total - done) / rate)} s left`}
      </p>
      <p class="muted">{count(ok)} stored, {count(skipped)} left out, {count(failed)} failed</p>
      <Problems problems={problems} more={untold} />
    </>
  );
}

function Problems({ problems, more }: { problems: readonly RowProblem[]; more: number }): JSX.Element | null {
  if (problems.length === 0) return null;
  return (
    <div class="table-frame import-problems" tabindex={0} role="region" aria-label="Rows with problems">
      <table class="table">
        <caption>Rows with problems{more > 0 && `, and ${count(more)} more`}</caption>
        <thead>
          <tr>
            <th scope="col" class="is-number">Line</th>
            <th scope="col">Key</th>
            <th scope="col">What is so</th>
          </tr>
        </thead>
        <tbody>
          {problems.map(({ row, key, code, message }) => (
            <tr key={`${row} ${key}`}>
              <td class="is-number">{row}</td>
              <th scope="row">{key === null ? "—" : <KeyName name={key} />}</th>
              <td title={code}>{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
