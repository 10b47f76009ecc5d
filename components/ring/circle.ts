/**
 * Places on the circle as numbers. 0 stands at 12 o'clock and ids grow clockwise; the centre is the origin.
 *
 * Apart from what draws lines, which needs D3: pages without a large picture do without it.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The part of the circle that is shown, as fractions; it may lead over 0. Null is all of it. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const turn = 2 * Math.PI;
/** Bits of a fraction that a number holds exactly. */
const fractionBits = 53;
/** Left open on both sides of 12 o'clock when only a part of the circle is shown, so that nobody takes it for all. */
const windowGap = turn / 40;

/** How far round the circle an id stands, 0 up to but not 1: its 53 leading bits, so that neighbours stay apart. */
export function fractionOf(id: string, bits: number): number {
  const value = BigInt(`0x${id}`);
  if (bits <= fractionBits) return Number(value) / 2 ** bits;
  return Number(value >> BigInt(bits - fractionBits)) / 2 ** fractionBits;
}

/** How much of the circle lies on `(after, through]`. From a point to itself it is all of it. */
export function shareBetween(after: string, through: string, bits: number): number {
  if (after === through) return 1;
  const size = 1n << BigInt(bits);
  const distance = (BigInt(`0x${through}`) - BigInt(`0x${after}`) + size) % size;
  return fractionOf(distance.toString(16), bits);
}

/** How much of the circle lies clockwise from a point to another; nothing from a point to itself. */
export function shareAhead(from: string, to: string, bits: number): number {
  return from === to ? 0 : shareBetween(from, to, bits);
}

/** Maps fractions of the circle to angles, for all of it or for a window. */
export class Dial {
  constructor(readonly window: Window | null = null) {}

  /** Radians clockwise from 12 o'clock; null outside the window. */
  angle(fraction: number): number | null {
    if (this.window === null) return fraction * turn;
    const { from } = this.window;
    const inside = forward(from, fraction) / this.#width();
    return inside > 1 ? null : windowGap + inside * (turn - 2 * windowGap);
  }

  /** The visible part of the arc `(after, through]` as a span of angles; null when none of it is. */
  span(after: number, share: number): { start: number; end: number } | null {
    if (this.window === null) return { start: after * turn, end: (after + share) * turn };
    const { from } = this.window;
    const width = this.#width();
    const start = forward(from, after);
    // An arc that begins behind the window may still reach into it from the other side.
    const [low, high] = start > width && start + share > 1 ? [0, start + share - 1] : [start, start + share];
    if (low >= width) return null;
    const scale = (inside: number) => windowGap + (Math.min(inside, width) / width) * (turn - 2 * windowGap);
    return { start: scale(low), end: scale(high) };
  }

  /** How much of the way through what is shown an angle stands; beside the ends of a window, at the nearer one. */
  partAt(angle: number): number {
    if (this.window === null) return angle / turn;
    return Math.min(1, Math.max(0, this.partOf(angle - windowGap)));
  }

  /** How much of what is shown lies on so many radians. */
  partOf(radians: number): number {
    return radians / (this.window === null ? turn : turn - 2 * windowGap);
  }

  /** The fraction at so much of the way through what is shown. */
  fractionAt(part: number): number {
    if (this.window === null) return part;
    return (this.window.from + part * this.#width()) % 1;
  }

  #width(): number {
    return this.window === null ? 1 : forward(this.window.from, this.window.to) || 1;
  }
}

function forward(from: number, to: number): number {
  return (to - from + 1) % 1;
}

export function pointAt(angle: number, radius: number): Point {
  return { x: radius * Math.sin(angle), y: -radius * Math.cos(angle) };
}

/** Radians clockwise from 12 o'clock, seen from the centre. */
export function angleAt({ x, y }: Point): number {
  return (Math.atan2(x, -y) + turn) % turn;
}

/** A hundredth of a pixel is more than a screen shows, and keeps pages small. */
export function number(value: number): number {
  return Math.round(value * 100) / 100 || 0;
}
