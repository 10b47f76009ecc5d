import { betweenThrough, type Id } from "./id.ts";

/** The points of `(after, through]`, clockwise. Equal ends are the whole circle. */
export interface Arc {
  readonly after: Id;
  readonly through: Id;
}

export function arcContains(arc: Arc, point: Id): boolean {
  return betweenThrough(arc.after, point, arc.through);
}

export function isWholeCircle(arc: Arc): boolean {
  return arc.after === arc.through;
}
