import { fractionOf, type Window } from "./circle.ts";

/** Narrower than this, even neighbours in a ring of thousands stand far apart. */
const widthMin = 1 / 4_096;

/**
 * The window `factor` times as wide around a node, or around its own middle; null when it is the whole circle again.
 */
export function zoomed(
  window: Window | null,
  factor: number,
  centreId: string | null,
  bits: number,
): Window | null {
  const width = widthOf(window);
  const next = Math.max(widthMin, width * factor);
  if (next >= 1) return null;
  const middle = window === null ? 0 : window.from + width / 2;
  const centre = centreId !== null && /^[0-9a-f]+$/.test(centreId) ? fractionOf(centreId, bits) : middle;
  return windowFrom(centre - next / 2, next);
}

/** The window `factor` times as wide, in which what is `part` of the way through it stays where it is. */
export function zoomedAt(window: Window | null, factor: number, part: number): Window | null {
  const width = widthOf(window);
  const next = Math.max(widthMin, width * factor);
  return next >= 1 ? null : windowFrom((window?.from ?? 0) + part * (width - next), next);
}

/** The window `part` of its width further on; all of the circle stays all of it. */
export function turned(window: Window | null, part: number): Window | null {
  const width = widthOf(window);
  return window === null ? null : windowFrom(window.from + part * width, width);
}

/** As it stands in a URL: `0.25-0.31`. */
export function windowText({ from, to }: Window): string {
  return `${trimmed(from)}-${trimmed(to)}`;
}

/** Null for text that is no window. */
export function readWindow(text: string | null): Window | null {
  const match = /^(0(?:\.\d+)?)-(0(?:\.\d+)?|1)$/.exec(text ?? "");
  if (match === null) return null;
  const [from, to] = [Number(match[1]), Number(match[2])];
  return from === to ? null : { from, to };
}

function widthOf(window: Window | null): number {
  return window === null ? 1 : (window.to - window.from + 1) % 1 || 1;
}

function windowFrom(from: number, width: number): Window {
  return { from: wrapped(from), to: wrapped(from + width) };
}

function wrapped(fraction: number): number {
  return ((fraction % 1) + 1) % 1;
}

function trimmed(fraction: number): string {
  return String(Number(fraction.toFixed(6)));
}
