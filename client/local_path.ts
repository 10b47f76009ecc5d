/** Stands for whatever the node is called here. */
const anyHost = "http://node";

/**
 * Where to go on after signing in: a path of this node.
 *
 * The text comes from an address that anybody may have written. What is no such path (another host, `//host`, a
 * `javascript:` address) is the first page, and so is the page for signing in.
 */
export function localPath(text: string | null): string {
  const url = text === null || !text.startsWith("/") ? null : URL.parse(text, anyHost);
  if (url === null || url.origin !== anyHost) return "/";
  // `/.//host` is one of ours until it is written out.
  const isOurs = !url.pathname.startsWith("//") && url.pathname !== signInPath;
  return isOurs ? url.pathname + url.search + url.hash : "/";
}

export const signInPath = "/sign-in";

/** The page for signing in, which leads back here. */
export function signInAt(
  { pathname, search }: { readonly pathname: string; readonly search: string },
): string {
  const here = pathname + search;
  return here === "/" ? signInPath : `${signInPath}?next=${encodeURIComponent(here)}`;
}
