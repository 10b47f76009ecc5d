import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Window } from "./geometry.ts";
import type { HeatFigure } from "./heat.ts";
import { ringKeyAction } from "./keyboard.ts";
import { layoutRing } from "./layout.ts";
import { Legend } from "./Legend.tsx";
import { MarkerLayer } from "./MarkerLayer.tsx";
import { RingSummary } from "./RingSummary.tsx";
import { BinLayer, holeShare, LabelLayer, SelectionLayer, TickLayer, TrackLayer } from "./RingLayers.tsx";
import type { LabelChoice, RingLayout, RingView, Viewport } from "./shapes.ts";
import { type Finger, isProblem, type RingSnapshot } from "./snapshot.ts";
import { useRingPointer } from "./use_ring_pointer.ts";
import { useViewport } from "./use_viewport.ts";
import { plural } from "./words.ts";
import { turned, zoomed } from "./zoom.ts";

export interface RingDiagramProps {
  readonly snapshot: RingSnapshot;
  readonly selectedId: string | null;
  /** Null when the selection was cleared. */
  readonly onSelect: (id: string | null) => void;
  readonly view?: RingView;
  readonly heat?: HeatFigure;
  readonly labels?: LabelChoice;
  /** Of the selected node. */
  readonly fingers?: readonly Finger[];
  /** The part of the circle that is shown; null is all of it. */
  readonly window?: Window | null;
  readonly onZoom?: (window: Window | null) => void;
  readonly onTrace?: (id: string) => void;
  readonly onOpen?: (id: string) => void;
  /** Id of the table that says the same in words. */
  readonly describedBy?: string;
  /** Fixes the size; else the ring is as wide as the page lets it. */
  readonly viewport?: Viewport;
  /** The summary in the middle and the legend; a path across the ring wants the room for itself. */
  readonly isPlain?: boolean;
  /** Drawn over the ring, like the path of a lookup. */
  readonly overlay?: (layout: RingLayout) => ComponentChildren;
}

/**
 * The ring as a picture. Preact owns every element and keys it by the node it stands for, so a node that moves is
 * the same element before and after, and keeps the focus.
 */
export function RingDiagram(props: RingDiagramProps): JSX.Element {
  const { snapshot, selectedId, view, heat, labels, fingers, window = null, isPlain = false } = props;
  const frame = useRef<HTMLDivElement>(null);
  const measured = useViewport(frame);
  const viewport = props.viewport ?? measured;
  const [focusId, setFocusId] = useState<string | null>(null);
  const layout = useMemo(
    () => layoutRing(snapshot, viewport, { selectedId, focusId, view, heat, labels, fingers, window }),
    [snapshot, viewport, selectedId, focusId, view, heat, labels, fingers, window],
  );
  const onKeyDown = useRingKeys(props, layout, { focusId, setFocusId, frame });
  const { isTurning, handlers } = useRingPointer({ window, onZoom: props.onZoom });
  const { width, height } = layout.viewport;
  const classes = [
    ...["ring-svg", `ring-svg-${layout.detail}`],
    ...(window === null ? [] : ["is-zoomed"]),
    ...(isTurning ? ["is-turning"] : []),
  ];
  return (
    <div class="ring-diagram" ref={frame}>
      <svg
        class={classes.join(" ")}
        role="group"
        aria-label={nameOf(snapshot)}
        aria-describedby={props.describedBy}
        width={width}
        height={height}
        viewBox={`${-width / 2} ${-height / 2} ${width} ${height}`}
        onKeyDown={onKeyDown}
        {...handlers}
      >
        <TrackLayer layout={layout} selectedId={selectedId} onSelect={props.onSelect} />
        <TickLayer layout={layout} />
        <SelectionLayer layout={layout} />
        {!isPlain && <Hole layout={layout} snapshot={snapshot} />}
        <BinLayer layout={layout} focusId={focusId} onFocus={setFocusId} onZoom={props.onZoom} />
        <MarkerLayer
          layout={layout}
          snapshot={snapshot}
          selectedId={selectedId}
          focusId={focusId}
          onFocus={setFocusId}
          onSelect={props.onSelect}
        />
        <LabelLayer layout={layout} selectedId={selectedId} />
        {props.overlay?.(layout)}
      </svg>
      {!isPlain && <Legend heat={layout.heatScale} />}
    </div>
  );
}

function Hole({ layout, snapshot }: { layout: RingLayout; snapshot: RingSnapshot }): JSX.Element {
  const radius = layout.radius * holeShare;
  const isSmall = radius < 80;
  return (
    <>
      <circle class="ring-hole" r={radius} aria-hidden="true" />
      <foreignObject x={-radius} y={-radius} width={2 * radius} height={2 * radius}>
        <div class={isSmall ? "ring-summary ring-summary-small" : "ring-summary"}>
          <RingSummary snapshot={snapshot} isSmall={isSmall} />
        </div>
      </foreignObject>
    </>
  );
}

function nameOf({ nodes }: RingSnapshot): string {
  return `Ring diagram, ${plural(nodes.length, "node")}, ${
    plural(nodes.filter(isProblem).length, "problem")
  }`;
}

interface Focus {
  readonly focusId: string | null;
  readonly setFocusId: (id: string) => void;
  readonly frame: { readonly current: HTMLElement | null };
}

/** One tab stop; inside it the arrows and letters of ringKeyAction() move the focus. */
function useRingKeys(props: RingDiagramProps, layout: RingLayout, { focusId, setFocusId, frame }: Focus) {
  const { snapshot, selectedId, fingers = [], window = null } = props;
  const hasMoved = useRef(false);
  useEffect(() => {
    if (!hasMoved.current || focusId === null) return;
    hasMoved.current = false;
    frame.current?.querySelector<SVGGElement>(`[data-ring-focus="${focusId}"]`)?.focus();
  }, [focusId]);
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = ringKeyAction(event.key, {
      snapshot,
      order: focusOrder(layout),
      focusId,
      selectedId,
      fingers,
    });
    if (action === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (action.kind === "focus") {
      hasMoved.current = true;
      setFocusId(action.id);
    } else if (action.kind === "select") chooseFocused(props, layout, action.id);
    else if (action.kind === "trace") props.onTrace?.(action.id);
    else if (action.kind === "open") props.onOpen?.(action.id);
    else if (action.kind === "zoom") {
      const centre = focusId ?? selectedId;
      props.onZoom?.(zoomed(window, action.factor, centre, snapshot.bits));
    } else if (action.kind === "turn") props.onZoom?.(turned(window, action.part));
    else if (selectedId !== null) props.onSelect(null);
    else props.onZoom?.(null);
  };
}

/** The markers; in a crowd the bins, which stand for them. */
function focusOrder({ detail, bins, markers }: RingLayout): string[] {
  if (detail !== "crowd") return markers.map(({ node }) => node.id);
  return bins.filter(({ nodes }) => nodes.length > 0).map(({ index }) => `bin-${index}`);
}

function chooseFocused(props: RingDiagramProps, layout: RingLayout, id: string): void {
  const bin = layout.bins.find(({ index }) => `bin-${index}` === id);
  if (bin !== undefined) props.onZoom?.(bin.window);
  else props.onSelect(id === props.selectedId ? null : id);
}
