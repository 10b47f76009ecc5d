import type { ComponentChildren, JSX } from "preact";
import { type HopSample, summaryOf } from "../trace/HopHistogram.tsx";
import { ageText } from "./columns.ts";
import { figuresOf } from "./figures.ts";
import { InlineGlyph } from "./Glyph.tsx";
import { nodeStates, type RingSnapshot } from "./snapshot.ts";
import { count, milliseconds, plural, stateWords } from "./words.ts";

interface RingStatisticsProps {
  readonly snapshot: RingSnapshot;
  readonly nowMs: number;
  readonly samples: readonly HopSample[];
  readonly isMeasuring: boolean;
  readonly onMeasure: () => void;
}

/** Measured figures only, with where they are from. */
export function RingStatistics(props: RingStatisticsProps): JSX.Element {
  const { snapshot, nowMs, samples, isMeasuring, onMeasure } = props;
  const figures = figuresOf(snapshot);
  const { walkedAtMs, walkMs, nodes } = snapshot;
  return (
    <section class="ring-statistics" aria-label="Statistics">
      <ul class="ring-state-counts">
        {nodeStates.map((state) => ({ state, number: nodes.filter((node) => node.state === state).length }))
          .filter(({ number, state }) => number > 0 || state === "live").map(({ state, number }) => (
            <li key={state}>
              <InlineGlyph state={state} /> {count(number)} {stateWords[state]}
            </li>
          ))}
      </ul>
      <dl class="ring-facts">
        <Figure name="Keys">
          {count(figures.keys)}, {plural(snapshot.replicas, "copy", "copies")} of each
        </Figure>
        <Figure name="Copies not complete">{plural(figures.unsynced, "partition")}</Figure>
        <Figure name="Balance, circle">{figures.shareMaxOverMean.toFixed(2)} × mean at most</Figure>
        <Figure name="Balance, keys">
          {figures.keysMaxOverMean === null
            ? "no keys yet"
            : `${figures.keysMaxOverMean.toFixed(2)} × mean at most`}
        </Figure>
        <Figure name="Walk">
          {walkedAtMs === null || walkMs === null
            ? "under way"
            : `${plural(figures.members, "node")} in ${milliseconds(walkMs)}, ${ageText(nowMs - walkedAtMs)}`}
        </Figure>
        <Figure name="Asked directly">
          {figures.direct} of {figures.members}
          {figures.relayed > 0 && `; ${figures.relayed} relayed by this node`}
        </Figure>
        <Figure name="Hops">
          {samples.length === 0 ? "not measured yet" : summaryOf(samples, figures.members)}
        </Figure>
      </dl>
      <button type="button" onClick={onMeasure} disabled={isMeasuring || figures.members === 0}>
        {isMeasuring ? "Measuring…" : "Measure hops"}
      </button>
    </section>
  );
}

function Figure({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
