import { Hono } from "hono";
import { anyone, type Caller } from "./guard/caller.ts";
import { type Guard, isKeyed } from "./guard/guard.ts";
import type { RestCall } from "./rest_call.ts";
import { methodNotAllowed, notFound } from "./rest_error.ts";
import { roleOf, type Route } from "./route.ts";

/** Answers what is no path of ours. Null: nobody that is known looks at it. */
export type Pages = (request: Request, visitor: Caller | null) => Response | Promise<Response>;

/**
 * The router of everything that is not hot. Throws what the handlers throw: who calls it explains errors.
 *
 * @param guard decides who may do what; without one everybody may do everything.
 * @param pages has the paths that are unknown here, but for those of the interface.
 * @returns what answers a call; unknown paths throw a 404, known ones with another method a 405.
 */
export function createRestApp(
  routes: readonly Route[],
  { guard, pages }: { readonly guard?: Guard | undefined; readonly pages?: Pages | undefined } = {},
): (call: RestCall) => Promise<Response> {
  const elsewhere = (call: RestCall) => {
    if (pages === undefined || call.path.startsWith("/api/")) throw notFound();
    return pages(call.request, guard === undefined ? anyone : guard.recognise(call));
  };
  const app = new Hono<{ Bindings: RestCall }>();
  app.onError((error) => {
    throw error;
  });
  app.notFound((c) => elsewhere(c.env));
  for (const route of routes) {
    const role = roleOf(route);
    app.on(route.method, honoPath(route.path), (c) => {
      guard?.admit(c.env, role);
      return route.handle(c.env, c.req.param());
    });
  }
  for (const path of new Set(routes.map(({ path }) => path))) {
    app.all(honoPath(path), () => {
      throw methodNotAllowed(methodsOf(routes, path));
    });
  }
  return async (call) => {
    // No path of the interface holds a character that needs percent-encoding, but for keys.
    if (call.path.includes("%") && !isKeyed(call.path)) return await elsewhere(call);
    return await app.fetch(call.request, call);
  };
}

function honoPath(path: string): string {
  return path.replace("{key}", "*").replace(/\{(\w+)\}/g, ":$1");
}

function methodsOf(routes: readonly Route[], path: string): string[] {
  const methods: string[] = routes.filter((route) => route.path === path).map(({ method }) => method);
  return methods.includes("GET") ? [...methods, "HEAD"] : methods;
}
