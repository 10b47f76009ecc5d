import { type Point, pointAt } from "./geometry.ts";

/** A label that somebody would like to see, most wanted first in the list. */
export interface LabelWish {
  readonly id: string;
  readonly lines: readonly string[];
  readonly angle: number;
  /** Where its marker is, and how big. */
  readonly anchor: Point;
  readonly markerRadius: number;
  /** Distance from the centre at which it should stand. */
  readonly radius: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where labels may stand: outside the ring, inside the edges, and not on what is there already. */
export interface LabelRoom {
  readonly obstacles: readonly Box[];
  readonly edges: Box;
  readonly ringRadius: number;
}

export interface PlacedLabel {
  readonly id: string;
  readonly lines: readonly string[];
  /** Of the first baseline. */
  readonly at: Point;
  readonly align: "start" | "middle" | "end";
  readonly box: Box;
  /** From the marker to a label that could not stand next to it; null when it does. */
  readonly leader: { readonly from: Point; readonly to: Point } | null;
}

/** Of the monospaced 12 px face; a little too wide is better than letters on letters. */
const characterWidth = 7.3;
export const lineHeight = 15;
/** From the top of a line to its baseline. */
const ascent = 11.5;
/** How far out, and how far up or down from the best place, a label is tried. */
const outwards = [0, 14, 28, 44, 60];
const sideways = [0, 10, -10, 20, -20, 32, -32, 46, -46, 62, -62];
/** A label moved less than this still stands at its marker. */
const leaderMin = 16;

export function widthOf(lines: readonly string[]): number {
  return Math.max(0, ...lines.map((line) => line.length)) * characterWidth;
}

/**
 * Places as many labels as fit without any of them touching another, a marker or the edge. First come, first served;
 * what finds no room is left out, for the table has it.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  { obstacles, edges, ringRadius }: LabelRoom,
): PlacedLabel[] {
  const taken: Box[] = [...obstacles];
  const placed: PlacedLabel[] = [];
  for (const wish of wishes) {
    const label = firstThatFits(wish, { obstacles: taken, edges, ringRadius });
    if (label === null) continue;
    placed.push(label);
    taken.push(label.box);
  }
  return placed;
}

function firstThatFits(wish: LabelWish, { obstacles, edges, ringRadius }: LabelRoom): PlacedLabel | null {
  for (const out of outwards) {
    for (const side of sideways) {
      const label = candidate(wish, out, side);
      if (!isWithin(label.box, edges) || nearest(label.box) < ringRadius) continue;
      if (!obstacles.some((box) => overlaps(box, label.box))) return label;
    }
  }
  return null;
}

function candidate(wish: LabelWish, out: number, side: number): PlacedLabel {
  const { id, lines, angle, anchor, radius } = wish;
  const sine = Math.sin(angle);
  const cosine = Math.cos(angle);
  const align = sine > 0.25 ? "start" : sine < -0.25 ? "end" : "middle";
  const spot = pointAt(angle, radius + out);
  // Beside the ring labels give way up and down, above and below it to the sides.
  const x = spot.x + (align === "middle" ? side * 1.5 : 0);
  const middle = spot.y + (align === "middle" ? 0 : side);
  const width = widthOf(lines);
  const height = lines.length * lineHeight;
  const top = middle - height * (0.5 + cosine / 2);
  const left = align === "start" ? x : align === "end" ? x - width : x - width / 2;
  const box = { left, top, right: left + width, bottom: top + height };
  return { id, lines, at: { x, y: top + ascent }, align, box, leader: leaderTo(box, anchor, wish) };
}

function leaderTo(box: Box, anchor: Point, { markerRadius }: LabelWish): PlacedLabel["leader"] {
  const to = {
    x: Math.min(Math.max(anchor.x, box.left), box.right),
    y: Math.min(Math.max(anchor.y, box.top), box.bottom),
  };
  const distance = Math.hypot(to.x - anchor.x, to.y - anchor.y);
  if (distance < markerRadius + leaderMin) return null;
  const part = (markerRadius + 2) / distance;
  const from = { x: anchor.x + (to.x - anchor.x) * part, y: anchor.y + (to.y - anchor.y) * part };
  return { from, to };
}

export function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** From the centre of the ring to the closest point of the box. */
function nearest({ left, right, top, bottom }: Box): number {
  return Math.hypot(Math.max(left, -right, 0), Math.max(top, -bottom, 0));
}

function isWithin(box: Box, edges: Box): boolean {
  return box.left >= edges.left && box.right <= edges.right && box.top >= edges.top &&
    box.bottom <= edges.bottom;
}

export function boxAround({ x, y }: Point, radius: number): Box {
  return { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
}
