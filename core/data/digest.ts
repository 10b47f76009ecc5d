import type { Version } from "./version.ts";

/** The digest of nothing. */
export const emptyDigest = "0".repeat(16);

/**
 * Fingerprint of a set of keys, each at a version, kept up as they come and go.
 *
 * Two independent hashes of each member, each summed up modulo 2^32: sums do not care about the order, and what
 * was added can be taken away again. It takes two sets for one by accident once in 2^64; it is no match for
 * somebody who looks for two sets of one digest.
 */
export class SetDigest {
  #a = 0;
  #b = 0;

  add(key: string, version: Version): void {
    this.#change(key, version, 1);
  }

  /** Takes away what was added before. */
  remove(key: string, version: Version): void {
    this.#change(key, version, -1);
  }

  /** 16 lowercase hex digits. */
  toString(): string {
    return hex(this.#a) + hex(this.#b);
  }

  /** Key and version need nothing between them: the form of versions tells where the last one begins. */
  #change(key: string, version: Version, sign: 1 | -1): void {
    const text = key + version;
    let a = 0x9747b28c;
    let b = 0x2545f491;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 0xcc9e2d51);
      a = (a << 13) | (a >>> 19);
      b = Math.imul(b ^ unit, 0x1b873593);
      b = (b << 17) | (b >>> 15);
    }
    this.#a = (this.#a + sign * finishA(a)) | 0;
    this.#b = (this.#b + sign * finishB(b)) | 0;
  }
}

/** The finish of murmur3 (Appleby 2011): each bit of what goes in changes half of those that come out. */
function finishA(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** The same with the constants of "lowbias32" (Wellons 2018), so that the two hashes have nothing in common. */
function finishB(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
