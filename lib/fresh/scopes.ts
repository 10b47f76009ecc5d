import type { Frame } from "./context.ts";
import type { LayoutConfig, MaybeLazyMiddleware, PageComponent, Route } from "./types.ts";

/** Something that covers a scope; what a folder's file brought does not cover a file beside the folder. */
interface Covering<T> {
  readonly value: T;
  readonly isOfFolder: boolean;
}

interface LayoutEntry<State> {
  readonly component: PageComponent<never, State>;
  readonly config: LayoutConfig;
}

/** What was said about one path and holds for everything below it. */
export class Scope<State> {
  readonly middlewares: Covering<MaybeLazyMiddleware<State>>[] = [];
  readonly layouts: Covering<LayoutEntry<State>>[] = [];
  errorRoute: Covering<Route<State>> | null = null;
  readonly children = new Map<string, Scope<State>>();
}

/** One depth on the way to a route, as it was when the route was registered. */
export interface Depth<State> {
  readonly middlewares: readonly MaybeLazyMiddleware<State>[];
  readonly errorRoute: Route<State> | null;
  readonly frame: Frame<State>;
}

/** Where a route stands: below the folder of its file, if it has one, and at its path. */
export interface Place {
  readonly folder: readonly string[] | null;
  readonly path: readonly string[];
}

/**
 * Paths, segment by segment as text. `/admin` covers `/admin` and all below it, `/admin/:id` covers what is registered
 * with that very text.
 */
export class ScopeTree<State> {
  readonly #root = new Scope<State>();

  at(segments: readonly string[]): Scope<State> {
    let scope = this.#root;
    for (const segment of segments) {
      const next = scope.children.get(segment) ?? new Scope<State>();
      scope.children.set(segment, next);
      scope = next;
    }
    return scope;
  }

  /** Everything that covers a route, from the outermost; later changes do not show in it. */
  depths(place: Place, wrapper: PageComponent<never, State> | null): Depth<State>[] {
    const depths: Depth<State>[] = [];
    let frame: Frame<State> = { layouts: [], wrapper };
    for (const [segments, withFolder] of way(place)) {
      const scope = this.at(segments);
      const covers = ({ isOfFolder }: Covering<unknown>) => withFolder || !isOfFolder;
      frame = scope.layouts.filter(covers).reduce((outer, { value }) => framed(outer, value), frame);
      const error = scope.errorRoute;
      depths.push({
        middlewares: scope.middlewares.filter(covers).map(({ value }) => value),
        errorRoute: error !== null && covers(error) ? error.value : null,
        frame,
      });
    }
    return depths;
  }
}

/** A frame with one layout more, or with less of what is further out. */
export function framed<State>(
  outer: Frame<State>,
  { component, config }: { component: PageComponent<never, State> | null; config: LayoutConfig },
): Frame<State> {
  const inherited = config.skipInheritedLayouts ? [] : outer.layouts;
  const layouts = component === null ? inherited : [...inherited, component];
  return { layouts, wrapper: config.skipAppWrapper ? null : outer.wrapper };
}

export function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/**
 * The scopes to pass, and whether what their folders brought counts. A folder within a group is covered by what was
 * said of the same path without the group too: a guard of `/admin` guards `(staff)/admin/`.
 */
function way({ folder, path }: Place): [segments: string[], withFolder: boolean][] {
  const steps = new Map<string, [string[], boolean]>();
  const pass = (segments: readonly string[], withFolder: boolean) => {
    const key = segments.join("/");
    if (!steps.has(key)) steps.set(key, [[...segments], withFolder]);
  };
  for (let length = 0; length <= (folder?.length ?? -1); length++) {
    const within = folder?.slice(0, length) ?? [];
    pass(within.filter((segment) => !segment.startsWith("(")), within.every((part) => !part.startsWith("(")));
    pass(within, true);
  }
  for (let length = 0; length <= path.length; length++) pass(path.slice(0, length), folder === null);
  return [...steps.values()];
}
