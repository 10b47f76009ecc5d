import type { ComponentChildren, FunctionComponent, VNode } from "preact";
import type { Context } from "./context.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";
export type Mode = "development" | "production";

export interface FreshConfig {
  /** Prefix of every route: `/admin`. Links in pages have to be written with it. */
  basePath?: string;
  mode?: Mode;
  trustProxy?: boolean;
}

export interface ResolvedFreshConfig {
  readonly root: string;
  readonly basePath: string;
  readonly mode: Mode;
  readonly trustProxy: boolean;
}

export type ListenOptions = Partial<Deno.ServeTcpOptions> & { remoteAddress?: string };

/** What a handler gives to the component of its route. */
export interface PageResponse<Data> {
  readonly data: Data;
  readonly status?: number;
  readonly headers?: HeadersInit;
}

type Awaitable<T> = T | Promise<T>;

export type Lazy<T> = () => Promise<T>;
export type MaybeLazy<T> = T | Lazy<T>;

export type Middleware<State> = (ctx: Context<State>) => Awaitable<Response>;
export type MaybeLazyMiddleware<State> = MaybeLazy<Middleware<State>>;

export type HandlerFn<Data, State> = (ctx: Context<State>) => Awaitable<Response | PageResponse<Data>>;
export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

type DataOfFunction<Fn> = Fn extends (...args: never[]) => infer Result
  ? Extract<Awaited<Result>, { data: unknown }>["data"]
  : never;

/** The data that handlers hand to the page of their route. */
export type RouteData<Handler> = Handler extends (...args: never[]) => unknown ? DataOfFunction<Handler>
  : { [M in keyof Handler]: DataOfFunction<Handler[M]> }[keyof Handler];

export interface LayoutConfig {
  /** Leaves out the layouts further out. */
  skipInheritedLayouts?: boolean;
  /** Leaves out `_app`. */
  skipAppWrapper?: boolean;
}

export interface RouteConfig extends LayoutConfig {
  /** The URL pattern to use instead of the one that the file's name means. */
  routeOverride?: string;
}

/** Null for an element that is not there. */
export type Rendered = ComponentChildren | Response;

export type PageProps<Data = never, State = unknown> =
  & Pick<
    Context<State>,
    "config" | "url" | "req" | "params" | "info" | "state" | "isPartial" | "Component" | "error" | "route"
  >
  & { data: Data };

export type PageComponent<Data, State> = (props: PageProps<Data, State>) => Awaitable<Rendered>;

export interface Route<State> {
  // The data that flow from its handler to its component are their own affair.
  component?: PageComponent<never, State>;
  handler?: RouteHandler<unknown, State>;
  config?: RouteConfig;
}

/** A component of `islands/`, which runs on the server and again in the browser. */
export interface Island {
  readonly name: string;
  readonly exportName: string;
  readonly component: FunctionComponent;
}

export interface CSPOptions {
  /** Report what would be refused, and refuse nothing. */
  reportOnly?: boolean;
  /** Where browsers send their reports. */
  reportTo?: string;
  /** Directives that replace the defaults of the same name. */
  csp?: string[];
  /** Admit the scripts and styles of our pages by a nonce instead of `'unsafe-inline'`. */
  useNonce?: boolean;
}

/** Helpers that give handlers, pages, layouts and middlewares their types; they return what they are given. */
export interface Define<State> {
  handlers<const Handlers extends RouteHandler<unknown, State>>(handlers: Handlers): Handlers;
  page<Handler = never>(
    component: PageComponent<RouteData<Handler>, State>,
  ): PageComponent<RouteData<Handler>, State>;
  layout(component: PageComponent<never, State>): PageComponent<never, State>;
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): M;
}

export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (component) => component,
    layout: (component) => component,
    middleware: (middleware) => middleware,
  };
}

/** What a handler returns to have its route's component rendered. */
export function page<T>(data?: T, options: { status?: number; headers?: HeadersInit } = {}): PageResponse<T> {
  return { data: data as T, ...options };
}

/** A page, or null. */
export type PageNode = VNode | null;
