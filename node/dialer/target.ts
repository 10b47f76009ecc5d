/** The one path that nodes call each other under. */
const path = "/rpc";

/** Where a URL leads, in the one form that all its spellings come to. */
export interface Target {
  readonly url: string;
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * What a URL of the shape `http://HOST[:PORT]/rpc` says. What URLs may have besides (a user, a query, another path) has
 * no meaning between nodes, and only serves to make one look like another.
 *
 * @returns what is wrong with it, if it has another shape.
 */
export function readTarget(url: string): Target | string {
  if (!/^http:\/\/[^\s\\/?#@]+\/rpc$/i.test(url)) return `it is not of the shape http://HOST:PORT${path}`;
  const parsed = URL.parse(url);
  if (parsed === null || parsed.pathname !== path) return "it is no URL";
  const port = parsed.port === "" ? 80 : Number(parsed.port);
  if (port === 0) return "port 0 is none";
  return { url, host: parsed.hostname.replace(/^\[(.*)\]$/, "$1"), port };
}
