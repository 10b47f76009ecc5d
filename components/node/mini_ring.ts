import type { RingItem } from "../../core/live/topics.ts";
import { fractionOf, number, type Point, pointAt, shareBetween } from "../ring/circle.ts";

/** The ring around one node, small: its own part, and where the others that it knows stand. */
export interface MiniRing {
  /** The part of the circle that the node owns; null while it knows no predecessor. */
  readonly arc: string | null;
  readonly share: number | null;
  readonly markers: readonly { readonly item: RingItem; readonly at: Point }[];
}

export const miniRadius = 84;
const arcRadius = miniRadius - 14;
/** More would be a blur at this size. */
const markersMax = 200;

export function miniRing(
  { self, predecessorId, items, bits }: {
    readonly self: string;
    readonly predecessorId: string | null;
    readonly items: Readonly<Record<string, RingItem>>;
    readonly bits: number;
  },
): MiniRing {
  const shown = Object.values(items).filter(({ isSelf, state }) =>
    isSelf || (state !== "dead" && state !== "left")
  );
  const markers = shown.sort((a, b) => weight(a) - weight(b)).slice(-markersMax)
    .map((item) => ({ item, at: pointAt(angleOf(item.id, bits), miniRadius) }));
  if (predecessorId === null && shown.length > 1) return { arc: null, share: null, markers };
  const after = predecessorId ?? self;
  const share = shareBetween(after, self, bits);
  return { arc: arcPath(angleOf(after, bits), share * 2 * Math.PI), share, markers };
}

/** Clockwise from an angle, as far as is said. All of the circle takes two halves: an arc to its own start is none. */
function arcPath(start: number, length: number): string {
  const ends = length > 2 * Math.PI - 1e-6 ? [start + length / 2, start + length] : [start + length];
  const [from, ...to] = [start, ...ends].map((angle) => pointAt(angle, arcRadius));
  const isLong = ends.length === 1 && length > Math.PI ? 1 : 0;
  const parts = to.map((point) => `A${arcRadius},${arcRadius} 0 ${isLong} 1 ${written(point)}`);
  return from === undefined ? "" : `M${written(from)}${parts.join("")}`;
}

function written({ x, y }: Point): string {
  return `${number(x)},${number(y)}`;
}

/** What is drawn last lies on top: the node itself, then those next to it. */
function weight({ isSelf, isPredecessor, successorIndex }: RingItem): number {
  if (isSelf) return 3;
  return isPredecessor || successorIndex === 0 ? 2 : successorIndex === null ? 0 : 1;
}

function angleOf(id: string, bits: number): number {
  return fractionOf(id, bits) * 2 * Math.PI;
}
