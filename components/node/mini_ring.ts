import type { RingItem } from "../../core/live/topics.ts";
import { band, Dial, fractionOf, type Point, pointAt, shareBetween } from "../ring/geometry.ts";

/** The ring around one node, small: its own part, and where the others that it knows stand. */
export interface MiniRing {
  /** The part of the circle that the node owns; null while it knows no predecessor. */
  readonly arc: string | null;
  readonly share: number | null;
  readonly markers: readonly { readonly item: RingItem; readonly at: Point }[];
}

export const miniRadius = 84;
const [arcInner, arcOuter] = [miniRadius - 18, miniRadius - 10];
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
  const span = new Dial().span(fractionOf(after, bits), share);
  return { arc: span === null ? null : band(span.start, span.end, arcInner, arcOuter), share, markers };
}

/** What is drawn last lies on top: the node itself, then those next to it. */
function weight({ isSelf, isPredecessor, successorIndex }: RingItem): number {
  if (isSelf) return 3;
  return isPredecessor || successorIndex === 0 ? 2 : successorIndex === null ? 0 : 1;
}

function angleOf(id: string, bits: number): number {
  return fractionOf(id, bits) * 2 * Math.PI;
}
