import type { JSX } from "preact";
import type { Bin } from "./bins.ts";
import { number, type Window } from "./geometry.ts";
import { lineHeight } from "./labels.ts";
import type { RingLayout } from "./shapes.ts";
import { plural, shortId } from "./words.ts";

/** Share of the radius that the summary in the middle takes. */
export const holeShare = 0.42;

/** Who owns what, how much of it, and who follows whom. */
export function TrackLayer({ layout, selectedId, onSelect }: {
  layout: RingLayout;
  selectedId: string | null;
  onSelect: (id: string) => void;
}): JSX.Element {
  return (
    <g aria-hidden="true">
      <circle class="ring-circle" r={layout.radius} />
      {layout.heat.map(({ id, path, step }) => <path key={id} class={`ring-heat heat-${step}`} d={path} />)}
      {layout.arcs.map(({ id, path, tone }) => (
        <path
          key={id}
          class={`ring-arc ring-arc-${tone}${id === selectedId ? " is-selected" : ""}`}
          d={path}
          onClick={() => onSelect(id)}
        />
      ))}
      {layout.replicaArcs.map(({ id, path }) => <path key={id} class="ring-replica-arc" d={path} />)}
      {layout.successors.map(({ id, line, head }) => (
        <g key={id} class={id === selectedId ? "ring-successor is-selected" : "ring-successor"}>
          <path class="ring-line" d={line} />
          <path class="ring-head" d={head} />
        </g>
      ))}
    </g>
  );
}

export function TickLayer({ layout }: { layout: RingLayout }): JSX.Element {
  return (
    <g class="ring-ticks" aria-hidden="true">
      {layout.ticks.map(({ label, at, from, to }, index) => (
        <g key={index}>
          <path d={`M${number(from.x)},${number(from.y)}L${number(to.x)},${number(to.y)}`} />
          <text x={number(at.x)} y={number(at.y)} dominant-baseline="central" text-anchor="middle">
            {label}
          </text>
        </g>
      ))}
    </g>
  );
}

/** What the selected node points at, and where the copies of its keys are. */
export function SelectionLayer({ layout }: { layout: RingLayout }): JSX.Element {
  return (
    <g aria-hidden="true">
      {layout.fingers.map(({ to, line, head, width, indices, isStale }) => (
        <g key={to} class={isStale ? "ring-finger is-stale" : "ring-finger"}>
          <path class="ring-line" d={line} stroke-width={number(width)}>
            <title>{indicesText(indices)}</title>
          </path>
          <path class="ring-head" d={head} />
        </g>
      ))}
      {layout.copies.map(({ id, rank, at }) => (
        <g key={id} class="ring-copy" transform={`translate(${number(at.x)},${number(at.y)})`}>
          <circle class="ring-copy-dot" r="9" />
          <text dominant-baseline="central" text-anchor="middle">{rank}</text>
        </g>
      ))}
    </g>
  );
}

/** `fingers 151–154, 159` */
export function indicesText(indices: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const index of indices) {
    const open = runs.at(-1);
    if (open !== undefined && open[1] + 1 === index) open[1] = index;
    else runs.push([index, index]);
  }
  const text = runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
  return `${indices.length === 1 ? "finger" : "fingers"} ${text}`;
}

export function LabelLayer(
  { layout, selectedId }: { layout: RingLayout; selectedId: string | null },
): JSX.Element {
  return (
    <g class="ring-labels" aria-hidden="true">
      {layout.labels.map(({ id, lines, at, align, leader }) => (
        <g key={id} class={id === selectedId ? "ring-label is-selected" : "ring-label"}>
          {leader !== null && (
            <path
              class="ring-leader"
              d={`M${number(leader.from.x)},${number(leader.from.y)}L${number(leader.to.x)},${
                number(leader.to.y)
              }`}
            />
          )}
          {lines.map((line, index) => (
            <text
              key={index}
              class={index === 0 ? "ring-label-id" : "ring-label-address"}
              x={number(at.x)}
              y={number(at.y + index * lineHeight)}
              text-anchor={align}
            >
              {line}
            </text>
          ))}
        </g>
      ))}
    </g>
  );
}

interface BinLayerProps {
  readonly layout: RingLayout;
  readonly focusId: string | null;
  readonly onFocus: (id: string) => void;
  readonly onZoom: ((window: Window) => void) | undefined;
}

/** A ring of more nodes than can be told apart: how many there are where, and which parts need a look. */
export function BinLayer({ layout, focusId, onFocus, onZoom }: BinLayerProps): JSX.Element | null {
  const filled = layout.bins.filter(({ nodes }) => nodes.length > 0);
  if (filled.length === 0) return null;
  const stop = filled.find(({ index }) => `bin-${index}` === focusId) ?? filled[0];
  return (
    <g>
      {filled.map((bin) => (
        <g
          key={bin.index}
          class="ring-bin"
          role="button"
          tabindex={bin === stop ? 0 : -1}
          aria-label={`${binText(bin)}. Zoom in`}
          data-ring-focus={`bin-${bin.index}`}
          onClick={() => onZoom?.(bin.window)}
          onFocus={() => onFocus(`bin-${bin.index}`)}
        >
          {bin.heat !== null && <path class={`ring-heat heat-${bin.heat.step}`} d={bin.heat.path} />}
          <path class={bin.problems > 0 ? "ring-bin-bar has-problems" : "ring-bin-bar"} d={bin.bar} />
          {bin.problems > 0 && (
            <text
              class="ring-bin-problems"
              x={number(bin.at.x)}
              y={number(bin.at.y)}
              text-anchor="middle"
              dominant-baseline="central"
            >
              {bin.problems}
            </text>
          )}
          <title>{binText(bin)}</title>
        </g>
      ))}
    </g>
  );
}

function binText({ nodes, problems }: Bin): string {
  const [first, last] = [nodes[0], nodes.at(-1)];
  const range = first === undefined || last === undefined
    ? ""
    : `, ${shortId(first.id)} to ${shortId(last.id)}`;
  return `${plural(nodes.length, "node")}${range}${problems === 0 ? "" : `, ${plural(problems, "problem")}`}`;
}
