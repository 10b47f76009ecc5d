/** The same page on another node. What a page keeps in its address goes along. */
export function samePageOn(
  nodeUrl: string,
  { pathname, search }: { pathname: string; search: string },
): string {
  return new URL(pathname + search, nodeUrl).href;
}
