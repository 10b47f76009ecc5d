import type { Method } from "./types.ts";

/** What answers under one path, by method; `all` answers the rest. */
export interface Endpoint<T> {
  readonly path: string;
  readonly pattern: URLPattern | null;
  readonly methods: Map<Method, T>;
  all: T | null;
}

export interface Match<T> {
  readonly endpoint: Endpoint<T>;
  readonly params: Record<string, string>;
  /** The pattern, as URLPattern spells it. */
  readonly route: string;
}

/** Finds what is registered for a path: fixed paths first, then patterns in their order. */
export class Router<T> {
  readonly #fixed = new Map<string, Endpoint<T>>();
  readonly #patterns = new Map<string, Endpoint<T>>();

  add(method: Method | "ALL", path: string, target: T): void {
    const endpoint = this.#endpoint(path);
    if (method === "ALL") endpoint.all = target;
    else endpoint.methods.set(method, target);
  }

  /** The first endpoint whose path fits decides, also when it lacks the method. */
  match(pathname: string): Match<T> | null {
    const fixed = this.#fixed.get(withoutTrailingSlash(pathname));
    if (fixed !== undefined) return { endpoint: fixed, params: {}, route: fixed.path };
    for (const endpoint of this.#patterns.values()) {
      const found = endpoint.pattern?.exec({ pathname });
      if (found) {
        const route = endpoint.pattern?.pathname ?? endpoint.path;
        return { endpoint, params: decoded(found.pathname.groups), route };
      }
    }
    return null;
  }

  #endpoint(path: string): Endpoint<T> {
    const isFixed = !/[:*{}()?+\\]/.test(path);
    const table = isFixed ? this.#fixed : this.#patterns;
    const key = isFixed ? withoutTrailingSlash(path) : path;
    const known = table.get(key);
    if (known !== undefined) return known;
    const pattern = isFixed ? null : new URLPattern({ pathname: path });
    const made: Endpoint<T> = { path: key, pattern, methods: new Map(), all: null };
    table.set(key, made);
    return made;
  }
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function decoded(groups: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodedText(value ?? "")]));
}

/** `%2F` stays what it is, so that a value never looks like two segments. */
function decodedText(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}
