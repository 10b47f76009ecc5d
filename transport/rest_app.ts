import { Hono } from "hono";
import { readCall, type RestCall } from "./rest_call.ts";
import { badRequest } from "./rest_input.ts";
import { methodNotAllowed, notFound } from "./rest_error.ts";
import type { Route } from "./route.ts";

/** Answers what is no path of ours. */
export type Pages = (request: Request) => Response | Promise<Response>;

/**
 * The router of everything that is not hot. Throws what the handlers throw: who calls it explains errors.
 *
 * @param pages has the paths that are unknown here, but for those of the interface.
 * @returns what answers a call; unknown paths throw a 404, known ones with another method a 405.
 */
export function createRestApp(
  routes: readonly Route[],
  pages: Pages | null = null,
): (call: RestCall) => Promise<Response> {
  const elsewhere = (call: RestCall) => {
    if (pages === null || call.path.startsWith("/api/")) throw notFound();
    return pages(call.request);
  };
  const app = new Hono();
  app.onError((error) => {
    throw error;
  });
  app.notFound((c) => elsewhere(readCall(c.req.raw)));
  for (const { method, path, handle } of routes) {
    app.on(method, honoPath(path), (c) => handle(readCall(c.req.raw), c.req.param()));
  }
  for (const path of new Set(routes.map(({ path }) => path))) {
    app.all(honoPath(path), () => {
      throw methodNotAllowed(methodsOf(routes, path));
    });
  }
  return async (call) => {
    checkPath(call.path);
    // No path of the interface holds a character that needs percent-encoding, but for keys.
    if (call.path.includes("%") && !isKeyed(call.path)) return await elsewhere(call);
    return await app.fetch(call.request);
  };
}

function honoPath(path: string): string {
  return path.replace("{key}", "*").replace(/\{(\w+)\}/g, ":$1");
}

function methodsOf(routes: readonly Route[], path: string): string[] {
  const methods: string[] = routes.filter((route) => route.path === path).map(({ method }) => method);
  return methods.includes("GET") ? [...methods, "HEAD"] : methods;
}

/** Behind these the rest of the path is a key, in which everything is allowed. */
const keyed = ["/api/lookup/"];

function isKeyed(path: string): boolean {
  return keyed.some((prefix) => path.startsWith(prefix));
}

/**
 * One resource has one path: others that a proxy might read as the same are refused.
 *
 * @throws RestError
 */
function checkPath(path: string): void {
  if (isKeyed(path)) return;
  const segments = path.slice(1).split("/").map((segment) => segment.replace(/%2e/gi, "."));
  const isCanonical = path.startsWith("/") && !path.includes("//") &&
    !segments.some((segment) => segment === "." || segment === "..");
  if (!isCanonical) throw badRequest("BAD_PATH", "Cannot use this path: it is not in its canonical form");
}
