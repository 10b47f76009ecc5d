import { type Point, pointAt } from "./circle.ts";
import type { RingNode } from "./snapshot.ts";

/** A node's glyph. */
export interface Marker {
  readonly node: RingNode;
  readonly angle: number;
  readonly at: Point;
  readonly radius: number;
  /** How far outside the ring it stands, where the place on the ring was taken. */
  readonly lift: number;
  /** Its true place on the ring. */
  readonly foot: Point;
}

/** Rows above the ring; more would lead into the labels. */
const rowsMax = 3;

/**
 * Puts each node where its id says. Of nodes that would cover each other the later is lifted outwards, on a stem
 * that shows where it belongs.
 */
export function placeMarkers(
  spots: readonly { readonly node: RingNode; readonly angle: number }[],
  ringRadius: number,
  radius: number,
): Marker[] {
  const rowHeight = 2 * radius + 2;
  const rows: number[][] = Array.from({ length: rowsMax }, () => []);
  return spots.toSorted((a, b) => a.angle - b.angle).map(({ node, angle }) => {
    // They come in order, so in each row only the last and, across 12 o'clock, the first can be too close.
    const row = rows.findIndex((angles, index) =>
      [angles.at(-1) ?? angle + Math.PI, angles[0] ?? angle + Math.PI]
        .every((other) => apart(angle, other) * (ringRadius + index * rowHeight) >= rowHeight)
    );
    // Where every row is full the nodes do cover each other: with so many, only zooming in helps.
    const level = Math.max(0, row);
    rows[level]?.push(angle);
    const lift = level * rowHeight;
    return {
      node,
      angle,
      at: pointAt(angle, ringRadius + lift),
      radius,
      lift,
      foot: pointAt(angle, ringRadius),
    };
  });
}

function apart(a: number, b: number): number {
  const difference = Math.abs(a - b);
  return Math.min(difference, 2 * Math.PI - difference);
}
