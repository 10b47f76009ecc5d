/** What the server and the browser have to agree on. */

/** In the address of a static file: the build it belongs to, so that it may be kept for ever. */
export const assetParameter = "__frsh_c";

/** The element that carries the props of a page's islands. */
export const stateId = "fresh-state";

/** The comments around islands and slots: `fresh:island:3` ... `/fresh:island:3`. */
export const markName = { island: "fresh:island", slot: "fresh:slot" } as const;

/** The element that keeps a slot which its island did not place. */
export function slotTemplateId(slot: number | ""): string {
  return `fresh-slot-${slot}`;
}

/** One island of a page: its module, the name it is exported by, its props. */
export type IslandState = [script: string, exportName: string, props: Record<string, unknown>];

export interface PageState {
  readonly buildId: string;
  /** Where modules of islands are: `/_fresh/js/<build id>/`. */
  readonly folder: string;
  readonly islands: readonly IslandState[];
}

let currentBuildId = "";

/** To be called once it is known what is being served, or who served the page. */
export function setBuildId(buildId: string): void {
  currentBuildId = buildId;
}

/** The address of a static file which browsers may keep for ever. Addresses of other hosts stay as they are. */
export function asset(path: string): string {
  if (currentBuildId === "" || !/^\/(?!\/)/.test(path) || path.includes(`${assetParameter}=`)) return path;
  const [address = "", hash] = path.split("#", 2);
  const locked = `${address}${address.includes("?") ? "&" : "?"}${assetParameter}=${currentBuildId}`;
  return hash === undefined ? locked : `${locked}#${hash}`;
}

/** The same for each address of a `srcset`. */
export function assetSrcSet(srcset: string): string {
  if (srcset.includes("(")) return srcset;
  return srcset.split(",").map((part) => part.replace(/\S+/, asset)).join(",");
}

type Attributes = Record<string, unknown>;

/** Locks the addresses of an `<img>` or `<source>`, in place. */
export function lockSources(props: Attributes): void {
  if ("data-fresh-disable-lock" in props) return;
  if (typeof props.src === "string") props.src = asset(props.src);
  for (const name of ["srcset", "srcSet"]) {
    if (typeof props[name] === "string") props[name] = assetSrcSet(props[name]);
  }
}

/** Marks an `<a>` that leads to the present page or to one above it, in place. */
export function markCurrent(props: Attributes, here: URL): void {
  const { href } = props;
  if (typeof href !== "string" || !/^\/(?!\/)/.test(href) || "aria-current" in props) return;
  const there = new URL(href, here);
  const [target, place] = [withoutTrailingSlash(there.pathname), withoutTrailingSlash(here.pathname)];
  if (target === place && (there.search === "" || there.search === here.search)) {
    Object.assign(props, { "aria-current": "page", "data-current": "true" });
  } else if (place.startsWith(`${target}/`)) {
    Object.assign(props, { "aria-current": "true", "data-ancestor": "true" });
  }
}

function withoutTrailingSlash(path: string): string {
  return path.replace(/\/$/, "");
}
