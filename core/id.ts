import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";

/**
 * A point on the circle: a lowercase hex string of fixed width (see `IdSpace.digits`).
 *
 * Because the width is fixed, `<` on the text is `<` on the number, so an id sorts, compares, keys a Map and
 * travels in JSON as it is. Only `IdSpace` makes ids; the brand keeps other strings out.
 */
export type Id = string & { readonly __brand: "Id" };

/** The hash that places names on the circle. */
export type HashName = "sha256" | "sha1";

/**
 * Whether `x` lies on the open arc `(a, b)`, going clockwise from `a`.
 *
 * When `a` equals `b` the arc is the whole circle but that one point, so a node that is its own successor
 * finds everyone else between itself and itself. A lone node's first join depends on it.
 */
export function between(a: Id, x: Id, b: Id): boolean {
  return a < b ? a < x && x < b : a < x || x < b;
}

/** Whether `x` lies on `(a, b]`, clockwise. `(n, n]` is the whole circle: a lone node owns everything. */
export function betweenThrough(a: Id, x: Id, b: Id): boolean {
  return x === b || between(a, x, b);
}

/** The circle of 2^bits points, and the only maker of its ids. */
export class IdSpace {
  /** Width of an id in hex digits; the leading digit is partial when `bits` is not a multiple of 4. */
  readonly digits: number;
  readonly #leadingDigitMax: string;

  /**
   * @param bits 8..160, as in the Chord paper's m.
   * @throws RangeError when `bits` is outside that.
   */
  constructor(readonly bits: number, readonly hash: HashName = "sha256") {
    if (!Number.isInteger(bits) || bits < 8 || bits > 160) {
      throw new RangeError(`Cannot make an id space of ${bits} bits: it takes 8 to 160`);
    }
    this.digits = Math.ceil(bits / 4);
    this.#leadingDigitMax = (2 ** (bits - 4 * (this.digits - 1)) - 1).toString(16);
  }

  /** The leading `bits` bits of the text's hash, right-aligned. Text is hashed as UTF-8. */
  hashId(text: string): Id {
    const bytes = (this.hash === "sha1" ? sha1 : sha256)(new TextEncoder().encode(text));
    return shiftRight(toHex(bytes.subarray(0, Math.ceil(this.bits / 8))), bytesRemainder(this.bits))
      .slice(-this.digits) as Id;
  }

  /**
   * Accepts exactly what this space writes: full width, lowercase, within 2^bits.
   *
   * @throws RangeError for anything else, with the expected form.
   */
  parse(text: string): Id {
    if (!this.isId(text)) {
      throw new RangeError(
        `Cannot read an id from "${
          text.slice(0, 64)
        }": it takes ${this.digits} lowercase hex digits below 2^${this.bits}`,
      );
    }
    return text;
  }

  isId(text: string): text is Id {
    return text.length === this.digits && text.charAt(0) <= this.#leadingDigitMax && /^[0-9a-f]+$/.test(text);
  }

  /** The point 2^exponent clockwise of `id`, around the circle. */
  addPowerOfTwo(id: Id, exponent: number): Id {
    return this.fromNumber(this.toNumber(id) + (1n << BigInt(exponent)));
  }

  /** How far clockwise `to` lies from `from`; 0n when they are the same point. */
  distance(from: Id, to: Id): bigint {
    return (this.toNumber(to) - this.toNumber(from) + this.size) % this.size;
  }

  /** The point `value` modulo 2^bits. */
  fromNumber(value: bigint): Id {
    return BigInt.asUintN(this.bits, value).toString(16).padStart(this.digits, "0") as Id;
  }

  toNumber(id: Id): bigint {
    return BigInt(`0x${id}`);
  }

  /** 2^bits, the number of points. */
  get size(): bigint {
    return 1n << BigInt(this.bits);
  }
}

function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** How many bits the whole bytes that hold `bits` bits have too many. */
function bytesRemainder(bits: number): number {
  return Math.ceil(bits / 8) * 8 - bits;
}

/** Hex text shifted right by 0..7 bits, keeping its width. */
function shiftRight(hex: string, bits: number): string {
  if (bits === 0) return hex;
  return (BigInt(`0x${hex}`) >> BigInt(bits)).toString(16).padStart(hex.length, "0");
}
