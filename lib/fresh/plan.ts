import type { Build } from "./build.ts";
import { type Answer, Chain, respondWith } from "./chain.ts";
import { Context } from "./context.ts";
import { HttpError } from "./error.ts";
import { Router } from "./router.ts";
import { type RoutedFile, routedFiles } from "./routes.ts";
import { framed, type Place, ScopeTree, segmentsOf } from "./scopes.ts";
import type {
  HandlerFn,
  LayoutConfig,
  MaybeLazyMiddleware,
  Method,
  PageComponent,
  ResolvedFreshConfig,
  Route,
} from "./types.ts";

const methodsOfHandlers = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);

/** What an app does, once all that was said about it is put in its place. */
export class Plan<State> {
  readonly #router = new Router<Chain<State>>();
  readonly #scopes = new ScopeTree<State>();
  #wrapper: PageComponent<never, State> | null = null;
  #notFound: Route<State> | null = null;

  constructor(readonly config: ResolvedFreshConfig, readonly build: Build | null) {}

  use(path: string, middlewares: readonly MaybeLazyMiddleware<State>[], isOfFolder = false): void {
    const scope = this.#scopes.at(segmentsOf(path));
    scope.middlewares.push(...middlewares.map((value) => ({ value, isOfFolder })));
  }

  layout(
    path: string,
    component: PageComponent<never, State>,
    config: LayoutConfig,
    isOfFolder = false,
  ): void {
    this.#scopes.at(segmentsOf(path)).layouts.push({ value: { component, config }, isOfFolder });
  }

  onError(path: string, route: Route<State>, isOfFolder = false): void {
    this.#scopes.at(segmentsOf(path)).errorRoute = { value: route, isOfFolder };
  }

  wrapper(component: PageComponent<never, State>): void {
    this.#wrapper = component;
  }

  notFound(route: Route<State>): void {
    this.#notFound = route;
  }

  /** Handlers one after another: all but the last go on by `ctx.next()`. */
  handle(method: Method | "ALL", path: string, handlers: readonly MaybeLazyMiddleware<State>[]): void {
    const depths = this.#scopes.depths({ folder: null, path: segmentsOf(path) }, this.#wrapper);
    const answer: Answer<State> = () => Promise.reject(new HttpError(404));
    this.#add(
      method,
      path,
      new Chain([...depths, { ...last(depths), middlewares: handlers, errorRoute: null }], {
        answer,
        frame: last(depths).frame,
        notFound: () => this.#notFound,
      }),
    );
  }

  route(path: string, route: Route<State>, folder: readonly string[] | null = null): void {
    const place: Place = { folder, path: segmentsOf(path) };
    const depths = this.#scopes.depths(place, this.#wrapper);
    const frame = framed(last(depths).frame, { component: null, config: route.config ?? {} });
    for (const [method, handler] of handlersOf(route)) {
      const answer: Answer<State> = ({ ctx }) => respondWith(ctx, route, handler);
      this.#add(method, path, new Chain(depths, { answer, frame, notFound: () => this.#notFound }));
    }
  }

  /** Everything in `routes/`, as if it were registered below `base`. */
  files(base: string): void {
    if (this.build === null) {
      throw new Error("Cannot find the files of fsRoutes(): apply a build by the Builder of fresh/dev first");
    }
    for (const file of routedFiles<State>(this.build.routes)) this.#file(base, file);
  }

  /** Answers whatever comes; what goes wrong becomes a response as well. */
  async answer(req: Request, info: Deno.ServeHandlerInfo): Promise<Response> {
    const url = new URL(req.url);
    url.pathname = url.pathname.replaceAll(/\/{2,}/g, "/");
    const match = this.#router.match(url.pathname);
    const method = req.method as Method;
    const methods = match?.endpoint.methods;
    const target = methods?.get(method) ?? (method === "HEAD" ? methods?.get("GET") : undefined) ??
      match?.endpoint.all ??
      this.#rootChain(match === null ? null : [...match.endpoint.methods.keys()], method);
    const place = { frame: target.frame };
    const params = match?.params ?? {};
    const { config } = this;
    const ctx = new Context<State>({ req, url, info, params, config, route: match?.route ?? null, place });
    const response = await target.run({ ctx, place });
    return method === "HEAD" && response.body !== null ? withoutBody(response) : response;
  }

  /** For what no route answers. */
  #rootChain(allowed: readonly Method[] | null, method: Method): Chain<State> {
    const depths = this.#scopes.depths({ folder: null, path: [] }, this.#wrapper);
    const answer: Answer<State> = () => {
      if (allowed === null) return Promise.reject(new HttpError(404));
      if (method !== "OPTIONS") return Promise.reject(new HttpError(405));
      return Promise.resolve(new Response(null, { status: 204, headers: { allow: allowHeader(allowed) } }));
    };
    return new Chain(depths, { answer, frame: last(depths).frame, notFound: () => this.#notFound });
  }

  #file(base: string, file: RoutedFile<State>): void {
    const folder = `${base}/${file.folder.join("/")}`;
    const { route } = file;
    const component = route.component;
    if (file.kind === "route") {
      this.route(joined(base, file.pattern), route, segmentsOf(folder));
    } else if (file.kind === "middleware") {
      this.use(folder, file.middlewares, true);
    } else if (file.kind === "error") {
      this.onError(folder, route, true);
    } else if (file.kind === "notFound") {
      if (file.folder.length > 0) {
        throw new Error(`Cannot use routes/${file.path}: _404 belongs in routes/ itself`);
      }
      this.notFound(route);
    } else if (component === undefined) {
      throw new Error(`Cannot use routes/${file.path}: it has no default export`);
    } else if (file.kind === "layout") {
      this.layout(folder, component, file.layoutConfig, true);
    } else {
      if (file.folder.length > 0) {
        throw new Error(`Cannot use routes/${file.path}: _app belongs in routes/ itself`);
      }
      this.wrapper(component);
    }
  }

  #add(method: Method | "ALL", path: string, chain: Chain<State>): void {
    this.#router.add(method, joined(this.config.basePath, path), chain);
  }
}

/** Two parts of a path: `/admin` and `/` make `/admin`. */
export function joined(base: string, path: string): string {
  const whole = `${base.replace(/\/$/, "")}${path.startsWith("/") || path === "" ? "" : "/"}${path}`;
  return whole.length > 1 ? whole.replace(/\/$/, "") : whole || "/";
}

function handlersOf<State>(
  { handler, component }: Route<State>,
): [Method | "ALL", HandlerFn<unknown, State> | null][] {
  if (typeof handler === "function") return [["ALL", handler]];
  if (handler === undefined) return component === undefined ? [] : [["ALL", null]];
  const handlers: [Method | "ALL", HandlerFn<unknown, State> | null][] = [];
  for (const [method, fn] of Object.entries(handler)) {
    if (!methodsOfHandlers.has(method)) throw new Error(`Cannot handle a method named ${method}`);
    handlers.push([method as Method, fn]);
  }
  return "GET" in handler || component === undefined ? handlers : [...handlers, ["GET", null]];
}

function allowHeader(methods: readonly Method[]): string {
  const implied: Method[] = methods.includes("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"];
  return [...new Set([...methods, ...implied])].join(", ");
}

function withoutBody(response: Response): Response {
  response.body?.cancel();
  return new Response(null, response);
}

function last<T>(list: readonly T[]): T {
  return list[list.length - 1] as T;
}
