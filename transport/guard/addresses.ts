import { isLoopbackName } from "./hosts.ts";

/** Addresses of the other end, as sockets have them. */

export function isLoopback(address: string): boolean {
  return address === "::1" || isLoopbackName(unmapped(address));
}

/** What one customer of a network has: an IPv4 address, and 2^64 of IPv6. */
export function networkOf(address: string): string {
  const plain = unmapped(address);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => "0"), ...after];
  return `${all.slice(0, 4).join(":")}::/64`;
}

/** An IPv4 address as a socket of both kinds has it. */
function unmapped(address: string): string {
  return address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
}
