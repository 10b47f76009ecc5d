import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { timingSafeEqual } from "@std/crypto";

const encoder = new TextEncoder();
/** 32 bytes in lowercase hex: a MAC has one way to be written. */
const macForm = /^[0-9a-f]{64}$/;

/**
 * One secret of the ring, ready to sign with: HMAC-SHA-256 (RFC 2104) over texts.
 *
 * Nothing gives the secret back, so that no log can show it.
 */
export class MacKey {
  /** With the key's block behind it; each text begins from there. */
  readonly #keyed;

  constructor(secret: string) {
    this.#keyed = hmac.create(sha256, encoder.encode(secret));
  }

  /** The MAC of the text, in hex. */
  sign(text: string): string {
    return this.#macOf(text).toHex();
  }

  /** Whether `mac` is of this text. Takes the same time wherever the first wrong digit stands. */
  verifies(text: string, mac: string): boolean {
    return macForm.test(mac) && timingSafeEqual(this.#macOf(text), Uint8Array.fromHex(mac));
  }

  #macOf(text: string): Uint8Array {
    return this.#keyed.clone().update(encoder.encode(text)).digest();
  }
}
