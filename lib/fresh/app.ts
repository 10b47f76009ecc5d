import { attachBuild, type Build, buildOf } from "./build.ts";
import { UnsupportedError } from "./error.ts";
import { listenOnFreePort } from "./listening.ts";
import { markAsIsland } from "./page_elements.ts";
import { joined, Plan } from "./plan.ts";
import { setBuildId } from "./shared.ts";
import type {
  FreshConfig,
  LayoutConfig,
  ListenOptions,
  MaybeLazyMiddleware,
  Method,
  PageComponent,
  ResolvedFreshConfig,
  Route,
} from "./types.ts";

type Step<State> = (plan: Plan<State>, prefix: string) => void;
type Handlers<State> = readonly MaybeLazyMiddleware<State>[];

/** Stands in for what `Deno.serve` tells of a connection, when somebody else calls the handler. */
const unknownConnection: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 0 },
  completed: Promise.resolve(),
};

/**
 * A site: middlewares, routes and layouts. What is said about it is remembered, and put into effect in that order
 * when `handler()` is made: a `use()` after a `get()` does not apply to that `get()`.
 */
export class App<State> {
  readonly config: ResolvedFreshConfig;
  readonly #steps: Step<State>[] = [];

  constructor({ basePath = "", mode = "production", trustProxy = false }: FreshConfig = {}) {
    this.config = { root: "", basePath: basePath.replace(/\/$/, ""), mode, trustProxy };
  }

  use(...middlewares: MaybeLazyMiddleware<State>[]): this;
  use(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this;
  use(first: string | MaybeLazyMiddleware<State>, ...rest: MaybeLazyMiddleware<State>[]): this {
    const [path, middlewares] = typeof first === "string" ? [first, rest] : ["/", [first, ...rest]];
    refuseStar(path);
    return this.#step((plan, prefix) => plan.use(joined(prefix, path), middlewares));
  }

  get(path: string, ...handlers: Handlers<State>): this {
    return this.#handle("GET", path, handlers);
  }

  post(path: string, ...handlers: Handlers<State>): this {
    return this.#handle("POST", path, handlers);
  }

  put(path: string, ...handlers: Handlers<State>): this {
    return this.#handle("PUT", path, handlers);
  }

  patch(path: string, ...handlers: Handlers<State>): this {
    return this.#handle("PATCH", path, handlers);
  }

  delete(path: string, ...handlers: Handlers<State>): this {
    return this.#handle("DELETE", path, handlers);
  }

  head(path: string, ...handlers: Handlers<State>): this {
    return this.#handle("HEAD", path, handlers);
  }

  all(path: string, ...handlers: Handlers<State>): this {
    return this.#handle("ALL", path, handlers);
  }

  route(path: string, route: Route<State>, config?: Route<State>["config"]): this {
    const whole = config === undefined ? route : { ...route, config };
    return this.#step((plan, prefix) => plan.route(joined(prefix, path), whole));
  }

  /** The files of `routes/`, which a Builder has to have found. */
  fsRoutes(base = "/"): this {
    return this.#step((plan, prefix) => plan.files(joined(prefix, base)));
  }

  appWrapper(component: PageComponent<never, State>): this {
    return this.#step((plan) => plan.wrapper(component));
  }

  layout(path: string, component: PageComponent<never, State>, config: LayoutConfig = {}): this {
    refuseStar(path);
    return this.#step((plan, prefix) => plan.layout(joined(prefix, path), component, config));
  }

  onError(path: string, route: Route<State> | NonNullable<Route<State>["handler"]>): this {
    refuseStar(path);
    return this.#step((plan, prefix) => plan.onError(joined(prefix, path), asRoute(route)));
  }

  notFound(route: Route<State> | NonNullable<Route<State>["handler"]>): this {
    return this.#step((plan) => plan.notFound(asRoute(route)));
  }

  /** Everything of another app, below `path`. Its wrapper and its page for what is not found become ours. */
  mountApp(path: string, inner: App<State>): this {
    return this.#step((plan, prefix) => {
      const below = joined(joined(prefix, path), inner.config.basePath);
      for (const step of [...inner.#steps]) step(plan, below);
    });
  }

  ws(): never {
    throw new UnsupportedError("app.ws()");
  }

  handler(): (req: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const plan = new Plan<State>(this.config, buildOf(this.config));
    for (const step of this.#steps) step(plan, "/");
    return (req, info = unknownConnection) => plan.answer(req, info);
  }

  /** Serves until the process ends, on the first free port from 8000 on unless one is given. */
  async listen(options: ListenOptions = {}): Promise<void> {
    await listenOnFreePort(this.handler(), options).finished;
  }

  /** Not for apps: a Builder gives what it built by this. */
  static attach<State>(app: App<State>, build: Build): void {
    attachBuild(app.config, build);
    for (const component of build.islands.keys()) markAsIsland(component);
    setBuildId(build.id);
  }

  #handle(method: Method | "ALL", path: string, handlers: Handlers<State>): this {
    return this.#step((plan, prefix) => plan.handle(method, joined(prefix, path), handlers));
  }

  #step(step: Step<State>): this {
    this.#steps.push(step);
    return this;
  }
}

/** A guard of `/admin/*` would guard nothing, neither here nor upstream: paths of scopes are compared as text. */
function refuseStar(path: string): void {
  if (!path.endsWith("*")) return;
  throw new Error(
    `Cannot cover "${path}": write "${path.replace(/\/?\*$/, "") || "/"}", which covers all below it`,
  );
}

function asRoute<State>(route: Route<State> | NonNullable<Route<State>["handler"]>): Route<State> {
  return typeof route === "function" ? { handler: route } : route as Route<State>;
}
