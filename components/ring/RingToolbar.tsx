import type { JSX } from "preact";
import type { Window } from "./circle.ts";
import { type HeatFigure, heatFigures, heatWords } from "./heat.ts";
import type { LabelChoice, RingView } from "./shapes.ts";
import type { RingSnapshot } from "./snapshot.ts";
import { turnPart } from "./keyboard.ts";
import { turned, windowText, zoomed } from "./zoom.ts";

interface RingToolbarProps {
  readonly snapshot: RingSnapshot;
  readonly selectedId: string | null;
  readonly view: RingView;
  readonly onView: (view: RingView) => void;
  readonly heat: HeatFigure;
  readonly onHeat: (heat: HeatFigure) => void;
  readonly labels: LabelChoice;
  readonly onLabels: (labels: LabelChoice) => void;
  readonly window: Window | null;
  readonly onZoom: (window: Window | null) => void;
}

const viewWords: Readonly<Record<RingView, string>> = {
  all: "all of the selection",
  ownership: "ownership",
  replicas: "replicas",
  fingers: "fingers",
};
const labelWords: Readonly<Record<LabelChoice, string>> = {
  auto: "as they fit",
  ids: "ids",
  addresses: "addresses",
  none: "none",
};

/** How the ring is drawn. */
export function RingToolbar(props: RingToolbarProps): JSX.Element {
  const { window, onZoom, selectedId, snapshot: { bits } } = props;
  const zoom = (factor: number) => onZoom(zoomed(window, factor, selectedId, bits));
  const heats = Object.fromEntries(heatFigures.map((figure) => [figure, heatWords[figure]]));
  return (
    <div class="ring-toolbar">
      <Choice name="View" options={viewWords} value={props.view} onChange={props.onView} />
      <Choice
        name="Colour by"
        options={heats as Readonly<Record<HeatFigure, string>>}
        value={props.heat}
        onChange={props.onHeat}
      />
      <Choice name="Labels" options={labelWords} value={props.labels} onChange={props.onLabels} />
      <div class="ring-zoom" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom in" onClick={() => zoom(0.5)}>+</button>
        <button type="button" aria-label="Zoom out" disabled={window === null} onClick={() => zoom(2)}>
          −
        </button>
        {window !== null && (
          <>
            <button
              type="button"
              aria-label="Counter-clockwise"
              onClick={() => onZoom(turned(window, -turnPart))}
            >
              ‹
            </button>
            <button type="button" aria-label="Clockwise" onClick={() => onZoom(turned(window, turnPart))}>
              ›
            </button>
            <button type="button" onClick={() => onZoom(null)}>
              Whole ring <span class="ring-window">({windowText(window)})</span>
            </button>
          </>
        )}
      </div>
    </div>
  );
}

function Choice<T extends string>({ name, options, value, onChange }: {
  name: string;
  options: Readonly<Record<T, string>>;
  value: T;
  onChange: (value: T) => void;
}): JSX.Element {
  return (
    <label class="ring-choice">
      {name}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {(Object.keys(options) as T[]).map((option) => (
          <option key={option} value={option} selected={option === value}>{options[option]}</option>
        ))}
      </select>
    </label>
  );
}
