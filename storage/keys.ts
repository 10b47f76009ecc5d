import { keyBytesMax } from "../core/data/record.ts";

/**
 * Orders keys as their UTF-8 bytes would, which is the order of Deno KV and of the port.
 *
 * JavaScript compares UTF-16 units. The two differ in one place: surrogates, which stand for the highest code
 * points, are smaller units than U+E000..U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return aboveTheRest(x) - aboveTheRest(y);
  }
  return a.length - b.length;
}

/** Bytes of the text in UTF-8, counted without encoding it. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) bytes += unit < 0x800 || isSurrogate(unit) ? 1 : 2;
  }
  return bytes;
}

/**
 * Refuses what could not be told apart, or found, once it is on disk.
 *
 * @throws RangeError for an empty or too long key, or one with half a surrogate pair: all of those would be
 *   stored under U+FFFD.
 */
export function assertStorableKey(key: string): void {
  const bytes = utf8Bytes(key);
  if (bytes === 0 || bytes > keyBytesMax) {
    throw new RangeError(`Cannot store a key of ${bytes} bytes: it takes 1 to ${keyBytesMax}`);
  }
  if (!key.isWellFormed()) throw new RangeError("Cannot store a key that is not well-formed Unicode");
}

function aboveTheRest(unit: number): number {
  return isSurrogate(unit) ? unit + 0x1_0000 : unit;
}

function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800;
}
