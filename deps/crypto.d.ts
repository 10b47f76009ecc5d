/** Types for the part of @std/crypto that Rondo uses; the npm mirror ships none. */

/** Whether both hold the same bytes, found out in a time that depends on their length alone. */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
