export { App } from "./app.ts";
export { Context } from "./context.ts";
export { cors, csrf, ipFilter, trailingSlashes } from "./absent.ts";
export { csp } from "./csp.ts";
export { HttpError } from "./error.ts";
export { staticFiles } from "./static.ts";
export { createDefine, page } from "./types.ts";
export type {
  CSPOptions,
  Define,
  FreshConfig,
  HandlerByMethod,
  HandlerFn,
  Island,
  LayoutConfig,
  Lazy,
  ListenOptions,
  MaybeLazy,
  MaybeLazyMiddleware,
  Method,
  Middleware,
  PageProps,
  PageResponse,
  ResolvedFreshConfig,
  Route,
  RouteConfig,
  RouteData,
  RouteHandler,
} from "./types.ts";
