/** Peers that a page may ask by itself; it asks the others through its node. A header must not grow without end. */
export const directPeersMax = 128;

/**
 * What a page may do. All that it consists of comes from its node as files: nothing is written into it that would
 * have to be told apart from what an attacker wrote, so no nonce is needed.
 *
 * @param peerOrigins of the nodes that a page asks directly, nearest first.
 */
export function pagePolicy(peerOrigins: readonly string[]): string {
  const peers = peerOrigins.slice(0, directPeersMax).flatMap((origin) => [origin, socketOrigin(origin)]);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ["connect-src 'self'", ...peers].join(" "),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** For all that the console answers, its files too. */
export const fileHeaders: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/** For documents, which are made anew for everyone. */
export function documentHeaders(peerOrigins: readonly string[]): Readonly<Record<string, string>> {
  return {
    ...fileHeaders,
    "content-security-policy": pagePolicy(peerOrigins),
    "x-frame-options": "DENY",
    "cache-control": "no-store",
  };
}

/** `ws://host:port` of `http://host:port`. */
function socketOrigin(origin: string): string {
  return origin.replace(/^http/, "ws");
}
