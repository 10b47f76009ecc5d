import type { JSX } from "preact";
import { InlineGlyph } from "./Glyph.tsx";
import { type HeatScale, heatWords } from "./heat.ts";
import { nodeStates } from "./snapshot.ts";
import { stateMeanings, stateWords } from "./words.ts";

/** What the shapes, lines and colours of the ring mean. */
export function Legend({ heat }: { heat: HeatScale }): JSX.Element {
  return (
    <details class="ring-legend">
      <summary>Legend</summary>
      <ul class="ring-legend-states">
        {nodeStates.map((state) => (
          <li key={state}>
            <InlineGlyph state={state} /> <strong>{stateWords[state]}</strong>: {stateMeanings[state]}
          </li>
        ))}
      </ul>
      <ul class="ring-legend-lines">
        <li>
          <LineSample name="successor" /> successor, outside the ring
        </li>
        <li>
          <LineSample name="finger" /> fingers of the selected node; as thick as many entries share a node
        </li>
        <li>
          <LineSample name="replica" /> arcs of others whose keys it keeps copies of, by place in the ring
        </li>
        <li>
          <LineSample name="copy" /> nodes that keep copies of its keys: 1 is the first after it
        </li>
      </ul>
      <HeatLegend heat={heat} />
    </details>
  );
}

function LineSample({ name }: { name: string }): JSX.Element {
  return (
    <svg class="ring-line-sample" viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">
      {name === "copy"
        ? <circle class="ring-copy-dot" cx="14" cy="6" r="5" />
        : <path class={`ring-sample-${name}`} d="M1,6H27" />}
    </svg>
  );
}

export function HeatLegend({ heat }: { heat: HeatScale }): JSX.Element {
  const name = heatWords[heat.figure];
  if (heat.legend.length === 0) return <p class="ring-heat-legend">Inner track: {name}, nothing yet</p>;
  return (
    <div class="ring-heat-legend">
      <span>Inner track: {name}, up to</span>
      <ol>
        {heat.legend.map(({ step, text }) => (
          <li key={step}>
            <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
              <rect class={`ring-heat heat-${step}`} x="1" y="1" width="12" height="12" />
            </svg>
            {text}
          </li>
        ))}
      </ol>
    </div>
  );
}
