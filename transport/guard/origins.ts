import { RestError } from "../rest_error.ts";

/**
 * Refuses what a page of another site lets its visitor's browser send. Programs send neither header.
 *
 * @throws RestError 403
 */
export function checkSite({ headers, url }: Request): void {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const isOurs = (origin === null || isOwnOrigin(origin, url)) &&
    (site === null || site === "same-origin" || site === "none");
  if (!isOurs) throw new RestError(403, "FOREIGN_SITE", "Cannot take this from a page of another site");
}

/** Without the scheme: a proxy in front may speak TLS where we do not. */
export function isOwnOrigin(origin: string, url: string): boolean {
  const host = URL.parse(origin)?.host ?? "";
  return host !== "" && host === URL.parse(url)?.host;
}
