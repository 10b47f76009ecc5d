import type { JSX } from "preact";
import { type Health, type HealthLevel, healthWords } from "./health.ts";

/** Whether the node is well, before anything else is said of it. */
export function HealthCard({ health }: { health: Health }): JSX.Element {
  const { facts, level, problems, sentence } = health;
  return (
    <section class={`card node-health node-health-${level}`} aria-label="Health">
      <p class="node-health-sentence">
        <svg class="node-health-mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
          <path d={marks[level]} />
        </svg>
        <strong>{healthWords[level]}.</strong> <span>{sentence}</span>
      </p>
      {problems.length > 0 && (
        <ul class="node-problems">
          {problems.map((problem) => <li key={problem}>{problem}</li>)}
        </ul>
      )}
      {facts.length > 0 && <p class="node-facts">{facts.join(" · ")}</p>}
    </section>
  );
}

const marks: Readonly<Record<HealthLevel, string>> = {
  ok: "M3.5 10.5l4.5 4.5L16.5 5.5",
  warn: "M10 2.5L18.5 17H1.5zM10 8v4M10 14.4v.2",
  bad: "M4 4l12 12M16 4L4 16",
  unknown: "M7 7a3 3 0 1 1 4.4 2.7C10.4 10.3 10 10.9 10 12M10 15v.2",
};
