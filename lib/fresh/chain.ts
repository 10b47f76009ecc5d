import { Fragment, h } from "preact";
import type { Context, Frame } from "./context.ts";
import { HttpError } from "./error.ts";
import type { Depth } from "./scopes.ts";
import type { HandlerFn, MaybeLazyMiddleware, Middleware, Route } from "./types.ts";

/** One request, with the place that its context renders in. */
export interface Visit<State> {
  readonly ctx: Context<State>;
  readonly place: { frame: Frame<State> };
}

export type Answer<State> = (visit: Visit<State>) => Promise<Response>;
type Link<State> = (visit: Visit<State>, next: () => Promise<Response>) => Promise<Response>;

interface End<State> {
  readonly answer: Answer<State>;
  readonly frame: Frame<State>;
  notFound(): Route<State> | null;
}

/**
 * What a request passes on its way to its handler: at each depth first the place where errors are caught, then the
 * middlewares. So an error page has no headers of the middlewares of its own depth.
 */
export class Chain<State> {
  readonly frame: Frame<State>;
  readonly #links: readonly Link<State>[];
  readonly #end: End<State>;

  constructor(depths: readonly Depth<State>[], end: End<State>) {
    this.#end = end;
    this.frame = end.frame;
    this.#links = depths.flatMap((depth) => [this.#boundary(depth, depths[0] ?? depth), ...links(depth)]);
  }

  async run(visit: Visit<State>): Promise<Response> {
    try {
      return await this.#runFrom(0, visit);
    } catch (error) {
      return plainAnswer(error);
    }
  }

  #runFrom(index: number, visit: Visit<State>): Promise<Response> {
    const link = this.#links[index];
    if (link === undefined) return this.#end.answer(visit);
    return link(visit, () => this.#runFrom(index + 1, visit));
  }

  #boundary(depth: Depth<State>, root: Depth<State>): Link<State> {
    return async (visit, next) => {
      try {
        return await next();
      } catch (error) {
        const notFound = error instanceof HttpError && error.status === 404 ? this.#end.notFound() : null;
        const route = notFound ?? depth.errorRoute;
        if (route === null) throw error;
        logUnexpected(error);
        visit.ctx.error = error;
        visit.place.frame = notFound === null ? depth.frame : root.frame;
        return await respondWith(visit.ctx, route, handlerFor(route, visit.ctx.req.method));
      }
    };
  }
}

/** Lets the handler answer, or the component render what the handler returned. */
export async function respondWith<State>(
  ctx: Context<State>,
  { component, config }: Route<State>,
  handler: HandlerFn<unknown, State> | null,
): Promise<Response> {
  const result = handler === null ? { data: undefined } : await handler(ctx);
  if (result instanceof Response) return result;
  if (typeof result !== "object" || result === null || !("data" in result)) {
    throw new TypeError(`Cannot answer ${ctx.url.pathname}: a handler returns a Response or page(...)`);
  }
  if (component === undefined) {
    throw new Error(`Cannot render ${ctx.url.pathname}: the route has no component`);
  }
  ctx.data = result.data;
  const content = await ctx.component(component);
  if (content instanceof Response) return content;
  const { status = ctx.error === null ? 200 : statusOf(ctx.error), headers } = result;
  const init = headers === undefined ? { status } : { status, headers };
  return await ctx.render(h(Fragment, null, content), init, config);
}

function links<State>({ middlewares }: Depth<State>): Link<State>[] {
  return middlewares.map((given) => {
    const middleware = resolved(given);
    return async ({ ctx }, goOn) => {
      const next = async () => {
        try {
          return await goOn();
        } finally {
          ctx.next = next;
        }
      };
      ctx.next = next;
      const response = await middleware(ctx);
      if (response instanceof Response) return response;
      throw new TypeError(`Cannot answer ${ctx.url.pathname}: a middleware returned no Response`);
    };
  });
}

/** A lazy middleware gives the real one when it is first called. */
function resolved<State>(given: MaybeLazyMiddleware<State>): Middleware<State> {
  let loaded: Middleware<State> | null = null;
  return async (ctx) => {
    if (loaded !== null) return loaded(ctx);
    const result = await given(ctx);
    if (typeof result !== "function") return result;
    loaded = result;
    return loaded(ctx);
  };
}

function handlerFor<State>({ handler }: Route<State>, method: string): HandlerFn<unknown, State> | null {
  if (typeof handler === "function") return handler;
  return Object.entries(handler ?? {}).find(([name]) => name === method)?.[1] ?? null;
}

function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}

/** For errors that no page tells of. What was not meant for visitors stays in the log. */
function plainAnswer(error: unknown): Response {
  logUnexpected(error);
  const text = error instanceof HttpError ? error.message : "Internal server error";
  return new Response(text, { status: statusOf(error) });
}

function logUnexpected(error: unknown): void {
  // deno-lint-ignore no-console -- the log of an app is its standard error
  if (!(error instanceof HttpError)) console.error(error);
}
