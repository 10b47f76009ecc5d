import { BlockList, isIP } from "node:net";

/** Addresses that begin alike, as `10.0.0.0/8` or `fd00::/8`. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
}

/** @returns null when it is none. A lone address is a network of one. */
export function readNetwork(text: string): Network | null {
  const [address = "", prefixText, ...rest] = text.split("/");
  const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : 0;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  const isPrefix = prefixText === undefined || /^[0-9]{1,3}$/.test(prefixText);
  return bits > 0 && isPrefix && prefix <= bits && rest.length === 0 && !address.includes("%")
    ? { address, prefix }
    : null;
}

/** Those of the texts that are networks. */
export function networks(...texts: readonly string[]): readonly Network[] {
  return texts.map((text) => readNetwork(text)).filter((network) => network !== null);
}

export const loopback = networks("127.0.0.0/8", "::1/128");

/** Of private networks (RFC 1918, RFC 4193). */
export const privateNetworks = networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7");

/**
 * Where no node ever is, whatever an operator allows: this host, link-local addresses with the metadata services of
 * clouds (which hand out credentials to whoever asks from the machine), many hosts at once, and what is reserved.
 */
const neverNodes = networks(
  "0.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/128",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
  "fd00:ec2::254/128",
);

/** Which addresses a node may dial. */
export class AddressRules {
  readonly #allowed: BlockList;
  readonly #never = blockList(neverNodes);

  constructor(allowed: readonly Network[]) {
    this.#allowed = blockList(allowed);
  }

  /** @returns why the address may not be dialled, or null when it may. */
  refusal(address: string): string | null {
    const plain = embeddedIpv4(address) ?? address;
    const family = isIP(plain);
    if (family === 0) return "it is no address";
    const kind = family === 4 ? "ipv4" : "ipv6";
    if (this.#never.check(plain, kind)) return `no node is ever at ${address}`;
    return this.#allowed.check(plain, kind) ? null : `${address} is in none of the networks of --peer-allow`;
  }
}

function blockList(networks: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix } of networks) {
    list.addSubnet(address, prefix, isIP(address) === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

/**
 * The IPv4 address that an IPv6 address only stands for: mapped (RFC 4291), translated (RFC 6052) or tunnelled
 * (RFC 3056). It is the other one that would be reached.
 */
function embeddedIpv4(address: string): string | null {
  if (isIP(address) !== 6) return null;
  const groups = groupsOf(address);
  const startsWith = (...start: readonly number[]) => start.every((group, place) => groups[place] === group);
  const at = startsWith(0, 0, 0, 0, 0, 0xffff) || startsWith(0x64, 0xff9b, 0, 0, 0, 0) || isCompatible(groups)
    ? 6
    : startsWith(0x2002)
    ? 1
    : null;
  if (at === null) return null;
  return groups.slice(at, at + 2).flatMap((group) => [group >> 8, group & 0xff]).join(".");
}

/** `::a.b.c.d` (RFC 4291, 2.5.5.1), but for `::` and `::1`. */
function isCompatible(groups: readonly number[]): boolean {
  return groups.slice(0, 6).every((group) => group === 0) && (groups[6] ?? 0) > 0;
}

/** The eight groups of an IPv6 address, however it is written. */
function groupsOf(address: string): number[] {
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, "")}]`);
  const [before = "", after] = hostname.slice(1, -1).split("::");
  const read = (part: string) =>
    part.split(":").filter((group) => group !== "").map((group) => parseInt(group, 16));
  const [first, last] = [read(before), read(after ?? "")];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}
