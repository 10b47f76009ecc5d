// @ts-types="@types/d3-shape"
import { arc, curveCatmullRom, lineRadial } from "d3-shape";
import { number, type Point, pointAt } from "./circle.ts";

export * from "./circle.ts";

/**
 * What is drawn on the circle, as paths around its centre.
 *
 * Everything here is a pure function of numbers: no document, no state.
 */

const turn = 2 * Math.PI;
/** Writes hundredths, as `number()` does. */
const shape = arc().digits(2);

/** A line with a head, as two paths. */
export interface Arrow {
  readonly line: string;
  readonly head: string;
}

/** Between two angles, a band of the ring. */
export function band(start: number, end: number, inner: number, outer: number): string {
  // A gap of half a pixel keeps neighbours apart; a whole circle has none.
  const pad = end - start >= turn - 1e-9 ? 0 : Math.min(0.5 / outer, (end - start) / 4);
  const angles = { startAngle: start + pad, endAngle: end - pad };
  return shape({ innerRadius: inner, outerRadius: outer, ...angles }) ?? "";
}

/** From one angle clockwise to another, outside the ring: a successor is somebody beside us, not across. */
export function outsideArrow(from: number, to: number, radius: number, bulge: number): Arrow {
  const end = to <= from ? to + turn : to;
  // Between close neighbours a high arch would be taller than wide.
  const height = bulge * Math.min(1, ((end - from) * radius) / 60);
  const steps = Math.max(6, Math.ceil((end - from) / (turn / 48)));
  // Both ends stand a little beside the markers, so that the arrows of neighbours do not meet.
  const inset = Math.min((end - from) / 6, 9 / radius);
  const points = Array.from({ length: steps + 1 }, (_, i): [number, number] => {
    const part = i / steps;
    const angle = from + inset + part * (end - from - 2 * inset);
    return [angle, radius + height * Math.min(1, 1.6 * Math.sin(Math.PI * part) ** 0.7)];
  });
  const [tip, before] = [points.at(-1), points.at(-2)];
  const line = rounded(lineRadial().curve(curveCatmullRom)(points) ?? "");
  if (tip === undefined || before === undefined) return { line, head: "" };
  return { line, head: head(pointAt(before[0], before[1]), pointAt(tip[0], tip[1]), 6) };
}

/** A curve between two points that bends towards the centre of the ring. */
export class Chord {
  readonly control: Point;

  /** `pull` 0 is a straight line, 1 bends to the centre itself. */
  constructor(readonly from: Point, readonly to: Point, pull = 0.55) {
    // Neighbours on the ring need no detour through the middle.
    const apart = Math.hypot(to.x - from.x, to.y - from.y) / (Math.hypot(from.x, from.y) || 1);
    const bend = pull * Math.min(1, apart);
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    this.control = { x: middle.x * (1 - bend), y: middle.y * (1 - bend) };
  }

  at(part: number): Point {
    const rest = 1 - part;
    const mix = (a: number, b: number, c: number) => rest * rest * a + 2 * rest * part * b + part * part * c;
    return {
      x: mix(this.from.x, this.control.x, this.to.x),
      y: mix(this.from.y, this.control.y, this.to.y),
    };
  }

  /** The first part of the same curve. */
  until(part: number): Chord {
    const { from, control } = this;
    const towardsControl = {
      x: from.x + (control.x - from.x) * part,
      y: from.y + (control.y - from.y) * part,
    };
    return Object.assign(new Chord(from, this.at(part)), { control: towardsControl });
  }

  /** The same curve with room left for the markers at its ends. */
  trimmed(startGap: number, endGap: number): Chord {
    const from = towards(this.from, this.control, startGap);
    const to = towards(this.to, this.control, endGap);
    const chord = new Chord(from, to);
    return Object.assign(chord, { control: this.control });
  }

  arrow(size = 7): Arrow {
    const { from, control, to } = this;
    const line = `M${number(from.x)},${number(from.y)}Q${number(control.x)},${number(control.y)} ${
      number(to.x)
    },${number(to.y)}`;
    return { line, head: head(this.at(0.9), to, size) };
  }
}

function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length < 1e-6) return from;
  const part = Math.min(0.5, distance / length);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/** A triangle with its tip at `tip`, looking away from `from`. */
function head(from: Point, tip: Point, size: number): string {
  const angle = Math.atan2(tip.y - from.y, tip.x - from.x);
  const corner = (side: number) => {
    const at = angle + Math.PI - side * 0.45;
    return `${number(tip.x + size * Math.cos(at))},${number(tip.y + size * Math.sin(at))}`;
  };
  return `M${number(tip.x)},${number(tip.y)}L${corner(1)}L${corner(-1)}Z`;
}

function rounded(path: string): string {
  return path.replace(/-?\d+\.\d+(e-?\d+)?/g, (text) => String(number(Number(text))));
}
