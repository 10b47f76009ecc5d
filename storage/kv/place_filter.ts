import type { Place } from "./layout.ts";

/** 2 MiB: of a million keys, one absent key in 400 is taken for present; of five million, one in four. */
const bitsExponent = 24;
const probes = 4;

/**
 * Knows of most absent places that they are absent (Bloom 1970), without asking the disk.
 *
 * What is added stays: a dropped record costs a look at the disk until the next start, never a wrong answer.
 * It turns the merge of a new key from a read and a write into a write.
 */
export class PlaceFilter {
  readonly #bits = new Uint32Array(2 ** (bitsExponent - 5));

  add(place: Place): void {
    for (const bit of bitsOf(place)) {
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
    }
  }

  /** False is certain. */
  mayHold(place: Place): boolean {
    for (const bit of bitsOf(place)) {
      if (((this.#bits[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/** Two FNV-1a hashes of the place, and their sums (Kirsch and Mitzenmacher 2006, "Less hashing"). */
function bitsOf({ partition, key }: Place): number[] {
  let a = Math.imul(0x811c9dc5 ^ partition, 0x01000193);
  let b = Math.imul(0x9747b28c ^ partition, 0x01000193);
  for (let i = 0; i < key.length; i++) {
    a = Math.imul(a ^ key.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ key.charCodeAt(i), 0x5bd1e995);
  }
  const step = (b ^ (b >>> 15)) | 1;
  const bits: number[] = [];
  for (let probe = 0; probe < probes; probe++) {
    bits.push(((a ^ (a >>> 13)) + probe * step) >>> (32 - bitsExponent));
  }
  return bits;
}
