import { isIP } from "node:net";
import { loopback, type Network, networks, privateNetworks } from "./address_rules.ts";

/** What says where a node and its peers are. */
export interface Whereabouts {
  /** What the node listens on. */
  readonly host: string;
  readonly advertise: string | null;
  readonly bootstrap: readonly string[];
  /** The operator's word; none leaves it to what the others suggest. */
  readonly peerAllow: readonly string[];
}

/**
 * The networks that peers may be in.
 *
 * Without a word on it: a node that is on loopback in every respect stays there. Any other may dial private networks,
 * and the neighbourhoods (/24, /64) of the addresses that its operator has named himself.
 */
export function peerNetworks({ host, advertise, bootstrap, peerAllow }: Whereabouts): readonly Network[] {
  if (peerAllow.length > 0) return networks(...peerAllow);
  const named = [host, ...[...bootstrap, ...advertise === null ? [] : [advertise]].map(hostOf)];
  return [
    ...named.some(isLoopback) ? loopback : [],
    ...named.every(isLoopback) ? [] : privateNetworks,
    ...named.flatMap(neighbourhood),
  ];
}

/** As `isIP` takes it: without the brackets that an IPv6 address has in a URL. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.[0-9]{1,3}){3}$/.test(host);
}

/** Of names nothing is known before they are resolved, and 0.0.0.0 is everywhere. */
function neighbourhood(host: string): Network[] {
  const family = isIP(host);
  if (family === 0 || isLoopback(host)) return [];
  return [...networks(`${host}/${family === 4 ? 24 : 64}`)];
}
