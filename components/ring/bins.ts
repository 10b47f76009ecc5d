import { band, type Dial, fractionOf, type Point, pointAt, type Window } from "./geometry.ts";
import { figureOf, type HeatScale } from "./heat.ts";
import { isProblem, type RingNode } from "./snapshot.ts";

/** One of the equal slices in which a ring is shown that has more nodes than can be told apart. */
export interface Bin {
  readonly index: number;
  readonly nodes: readonly RingNode[];
  readonly problems: number;
  /** The part of the circle it stands for: zooming in shows this. */
  readonly window: Window;
  /** Outwards, as long as it has nodes. */
  readonly bar: string;
  /** Inwards, coloured by the mean of its nodes. */
  readonly heat: { readonly path: string; readonly step: number } | null;
  /** Where its number of problems is written. */
  readonly at: Point;
}

export const binCount = 120;
const barMax = 40;

interface BinOptions {
  readonly nodes: readonly RingNode[];
  readonly bits: number;
  readonly dial: Dial;
  readonly radius: number;
  readonly heat: HeatScale;
}

export function binsOf({ nodes, bits, dial, radius, heat }: BinOptions): Bin[] {
  const edges = Array.from({ length: binCount + 1 }, (_, i) => dial.fractionAt(i / binCount));
  const first = dial.angle(edges[0] ?? 0) ?? 0;
  const width = dial.window === null ? 2 * Math.PI : 2 * (Math.PI - first);
  const parts: RingNode[][] = Array.from({ length: binCount }, () => []);
  for (const node of nodes) {
    const angle = dial.angle(fractionOf(node.id, bits)) ?? 0;
    parts[Math.min(binCount - 1, Math.floor(((angle - first) / width) * binCount))]?.push(node);
  }
  const most = Math.max(1, ...parts.map((part) => part.length));
  return parts.map((part, index) => {
    const start = first + (index / binCount) * width;
    const end = first + ((index + 1) / binCount) * width;
    const length = (part.length / most) * barMax;
    const step = meanStep(part, heat);
    return {
      index,
      nodes: part,
      problems: part.filter(isProblem).length,
      window: { from: edges[index] ?? 0, to: edges[index + 1] ?? 1 },
      bar: part.length === 0 ? "" : band(start, end, radius + 4, radius + 4 + length),
      heat: step === null ? null : { path: band(start, end, radius - 24, radius - 8), step },
      at: pointAt((start + end) / 2, radius + 14 + length),
    };
  });
}

function meanStep(nodes: readonly RingNode[], heat: HeatScale): number | null {
  const steps = nodes.filter((node) => figureOf(node, heat.figure) !== null).map((node) =>
    heat.stepOf(node) ?? 0
  );
  if (steps.length === 0) return null;
  return Math.round(steps.reduce((sum, step) => sum + step, 0) / steps.length);
}
