import { type Point, pointAt } from "./circle.ts";

/** Where the copies of the selected node's keys are: 1 is the first after the owner. */
export interface CopyMark {
  readonly id: string;
  readonly rank: number;
  readonly at: Point;
}

/** Where the numbers stand, as distance from the ring, and how far apart. */
const track = 34;
const apartMin = 20;

/** Numbers the nodes that keep copies, those in sight; of close neighbours one stands behind the other. */
export function placeCopies(
  holders: readonly { readonly id: string; readonly angle: number | null }[],
  ringRadius: number,
): CopyMark[] {
  const marks: CopyMark[] = [];
  for (const [index, { id, angle }] of holders.entries()) {
    if (angle === null) continue;
    let at = pointAt(angle, ringRadius - track);
    for (let row = 1; row <= holders.length && marks.some((mark) => isClose(mark.at, at)); row++) {
      at = pointAt(angle, ringRadius - track - row * apartMin);
    }
    marks.push({ id, rank: index + 1, at });
  }
  return marks;
}

function isClose(a: Point, b: Point): boolean {
  return Math.hypot(a.x - b.x, a.y - b.y) < apartMin - 0.5;
}
