import type { JSX } from "preact";
import { address, milliseconds, percent, shortId } from "../ring/words.ts";
import { reasonOf, type SentenceFacts } from "./sentences.ts";
import type { Timeline, TraceStep } from "./timeline.ts";

interface HopTableProps {
  readonly timeline: Timeline;
  readonly facts: SentenceFacts;
  readonly current: number;
  readonly onStep: (index: number) => void;
}

/** The same lookup in words and numbers; a row leads to its step in the picture. */
export function HopTable({ timeline, facts, current, onStep }: HopTableProps): JSX.Element {
  return (
    <div class="ring-table-frame" role="region" aria-label="Hops of the lookup" tabindex={0}>
      <table class="ring-table trace-table">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Node</th>
            <th scope="col">Why</th>
            <th scope="col" class="is-number">Left</th>
            <th scope="col" class="is-number">Answer</th>
          </tr>
        </thead>
        <tbody>
          {timeline.steps.map((step, index) => (
            <tr key={index} class={index === current ? "is-selected" : undefined}>
              <th scope="row">
                <button
                  type="button"
                  class="ring-row-button"
                  aria-current={index === current ? "step" : undefined}
                  onClick={() =>
                    onStep(index)}
                >
                  {mark(step, index)}
                </button>
              </th>
              <td title={step.node.id}>
                <code>{shortId(step.node.id, facts.digits)}</code>{" "}
                <span class="trace-address">{address(step.node.url)}</span>
              </td>
              <td>{reasonOf(timeline, index, facts)}</td>
              <td class="is-number">{step.kind === "failed" ? "–" : percent(step.left)}</td>
              <td class="is-number">{answerText(step)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function mark({ kind }: TraceStep, index: number): string {
  if (kind === "owner") return `${index} owner`;
  if (kind === "failed") return `${index} silent`;
  return index === 0 ? "0 start" : String(index);
}

function answerText({ kind, rttMs }: TraceStep): string {
  if (rttMs === null) return "–";
  return kind === "failed" ? `none in ${milliseconds(rttMs)}` : milliseconds(rttMs);
}
