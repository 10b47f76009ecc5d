import type { RouteFile } from "./build.ts";
import type { LayoutConfig, Middleware, PageComponent, Route, RouteConfig } from "./types.ts";
import { UnsupportedError } from "./error.ts";

type Kind = "app" | "layout" | "middleware" | "error" | "notFound" | "route";

/** A file of `routes/`, understood. */
export interface RoutedFile<State> {
  readonly kind: Kind;
  readonly path: string;
  /** The folder, segment by segment as in patterns; groups keep their parentheses. */
  readonly folder: readonly string[];
  /** What it answers, if it is a route: `/users/:id`. */
  readonly pattern: string;
  readonly route: Route<State>;
  readonly layoutConfig: LayoutConfig;
  readonly middlewares: readonly Middleware<State>[];
}

const specialNames: Readonly<Record<string, Kind>> = {
  _app: "app",
  _layout: "layout",
  _middleware: "middleware",
  _error: "error",
  _500: "error",
  _404: "notFound",
};

/** Exports of which a module needs one. */
const knownExports = ["default", "handler", "handlers", "config"];

/**
 * What the files mean, in the order in which they have to be registered: what wraps others first, then routes from
 * the most definite to the one that takes everything.
 */
export function routedFiles<State>(files: readonly RouteFile[]): RoutedFile<State>[] {
  const routed = files.filter(({ path }) => !isIgnored(path)).map((file) => routedFile<State>(file));
  const wrappers = routed.filter(({ kind }) => kind !== "route");
  const routes = routed.filter(({ kind }) => kind === "route");
  wrappers.sort((a, b) => a.folder.length - b.folder.length || compareText(a.path, b.path));
  routes.sort((a, b) => compareText(sortKey(a.pattern), sortKey(b.pattern)) || compareText(a.path, b.path));
  return [...wrappers, ...routes];
}

/** Tests, and folders in parentheses that begin with `_`, are no routes. */
export function isIgnored(path: string): boolean {
  return /(_test|\.test)\.[jt]sx?$/.test(path) || /(^|\/)\(_[^/]*\)\//.test(path);
}

function routedFile<State>({ path, module }: RouteFile): RoutedFile<State> {
  const parts = path.replace(/\.[jt]sx?$/, "").split("/");
  const name = parts.pop() ?? "";
  const folder = parts.map((part) => segmentOf(part, path));
  const kind = kindOf(name, path);
  checkModule(path, module);
  const handler = module.handlers ?? module.handler;
  const middlewares = kind === "middleware" ? middlewaresOf<State>(path, module.default ?? handler) : [];
  const config = module.config as RouteConfig & LayoutConfig | undefined;
  return {
    kind,
    path,
    folder,
    pattern: kind === "route" ? config?.routeOverride ?? patternOf([...folder, segmentOf(name, path)]) : "",
    route: {
      ...(module.default === undefined ? {} : { component: module.default as PageComponent<never, State> }),
      ...(handler === undefined ? {} : { handler: handler as NonNullable<Route<State>["handler"]> }),
      ...(config === undefined ? {} : { config }),
    },
    layoutConfig: config ?? {},
    middlewares,
  };
}

function kindOf(name: string, path: string): Kind {
  if (!name.startsWith("_")) return "route";
  const kind = specialNames[name];
  if (kind === undefined) throw new UnsupportedError(`the file routes/${path}`);
  return kind;
}

/** One part of a path in the spelling of patterns. */
function segmentOf(part: string, path: string): string {
  if (part.startsWith("(") && part.endsWith(")")) return part;
  const rest = /^\[\.\.\.(\w+)\]$/.exec(part);
  if (rest) return `:${rest[1]}*`;
  const param = /^\[(\w+)\]$/.exec(part);
  if (param) return `:${param[1]}`;
  if (/[[\]]/.test(part)) throw new UnsupportedError(`a parameter in a part of a segment (routes/${path})`);
  return part;
}

function patternOf(segments: readonly string[]): string {
  const visible = segments.filter((segment) => !segment.startsWith("("));
  if (visible.at(-1) === "index") visible.pop();
  return `/${visible.join("/")}`;
}

/** Sorts fixed segments before parameters, and both before what takes any number of segments. */
function sortKey(pattern: string): string {
  const rank = (segment: string) => segment.endsWith("*") ? "3" : segment.startsWith(":") ? "2" : "1";
  return pattern.split("/").map((segment) => rank(segment) + segment).join("\u0000");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkModule(path: string, module: Readonly<Record<string, unknown>>): void {
  if (!knownExports.some((name) => name in module)) {
    throw new Error(`Cannot use routes/${path}: it exports none of ${knownExports.join(", ")}`);
  }
  if ("css" in module) throw new UnsupportedError(`export const css (routes/${path})`);
  const handler = module.handlers ?? module.handler;
  for (const fn of functionsIn(handler)) {
    if (fn.length > 1) throw new Error(`Cannot use routes/${path}: a handler takes one parameter, ctx`);
  }
}

function functionsIn(handler: unknown): ((...args: never[]) => unknown)[] {
  const candidates = typeof handler === "object" && handler !== null ? Object.values(handler) : [handler];
  return candidates.filter((candidate) => typeof candidate === "function");
}

function middlewaresOf<State>(path: string, exported: unknown): Middleware<State>[] {
  const list = Array.isArray(exported) ? exported : [exported];
  if (list.every((entry) => typeof entry === "function")) return list as Middleware<State>[];
  // deno-lint-ignore no-console -- upstream warns in the same way
  console.warn(`Ignoring routes/${path}: a middleware is a function or an array of functions`);
  return [];
}
