import type { JSX } from "preact";
import type { NodeState } from "./snapshot.ts";
import { number } from "./circle.ts";

/** A node's state as a shape around the origin: no two states differ by their colour alone. */
export function Glyph({ state, radius }: { state: NodeState; radius: number }): JSX.Element {
  return <g class={`ring-glyph ring-glyph-${state}`}>{shapes[state](radius)}</g>;
}

/** The same beside text. */
export function InlineGlyph({ state }: { state: NodeState }): JSX.Element {
  return (
    <svg class="ring-inline-glyph" viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">
      <Glyph state={state} radius={6} />
    </svg>
  );
}

const shapes: Readonly<Record<NodeState, (radius: number) => JSX.Element>> = {
  live: (r) => <circle r={r} />,
  syncing: (r) => (
    <>
      <circle class="ring-glyph-dashed" r={r} stroke-dasharray={`${number(r * 0.7)} ${number(r * 0.35)}`} />
      <path class="ring-glyph-line" d={`M${-r / 2},0H${r / 2}M0,${-r / 2}V${r / 2}`} />
    </>
  ),
  suspect: (r) => {
    const [side, base] = [number(r * 1.1), number(r * 0.8)];
    return <path d={`M0,${number(-r * 1.15)}L${side},${base}L${-side},${base}Z`} />;
  },
  leaving: (r) => (
    <>
      <circle class="ring-glyph-outline" r={r} />
      <path d={`M0,${-r}A${r},${r} 0 0 0 0,${r}Z`} />
      <path
        class="ring-glyph-line"
        d={`M1,0H${r * 0.75}M${r * 0.35},${-r * 0.35}L${r * 0.75},0L${r * 0.35},${r * 0.35}`}
      />
    </>
  ),
  dead: (r) => <path class="ring-glyph-cross" d={`M${-r},${-r}L${r},${r}M${-r},${r}L${r},${-r}`} />,
  unknown: (r) => (
    <circle class="ring-glyph-dashed" r={r} stroke-dasharray={`${number(r * 0.45)} ${number(r * 0.35)}`} />
  ),
};
