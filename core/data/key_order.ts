import type { Cursor } from "../ports.ts";

/**
 * The order of a store's pages: by partition, then by key as UTF-8.
 *
 * JavaScript compares UTF-16, which puts characters beyond the basic plane (surrogates, from D800) before those from
 * E000 on, where UTF-8 puts them after.
 */
export function comparePlaces(a: Cursor, b: Cursor): number {
  return a.partition - b.partition || compareKeys(a.key, b.key);
}

export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** A UTF-16 unit's place in the order of UTF-8: surrogates after everything else. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
