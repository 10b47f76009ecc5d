import { buildOf, type StaticFile } from "./build.ts";
import { HttpError } from "./error.ts";
import { assetParameter } from "./shared.ts";
import type { Middleware } from "./types.ts";

const immutable = "public, max-age=31536000, immutable";
const uncached = "no-cache, no-store, max-age=0, must-revalidate";

/** Answers what lies in `static/`, and the scripts of islands; everything else goes on. */
export function staticFiles<State>(): Middleware<State> {
  return async (ctx) => {
    const { config, req, url } = ctx;
    const path = pathBelow(config.basePath, url.pathname);
    const build = buildOf(config);
    const file = path === null ? null : await build?.file(path) ?? null;
    if (file === null) {
      return path === "/favicon.ico" ? new Response(null, { status: 404 }) : await ctx.next();
    }
    if (req.method !== "GET" && req.method !== "HEAD") throw new HttpError(405);
    const lock = url.searchParams.get(assetParameter);
    if (lock !== null && lock !== build?.id && config.mode === "production") return withoutLock(url);
    return await answer(file, req, file.isImmutable || (lock !== null && config.mode === "production"));
  };
}

async function answer(file: StaticFile, req: Request, isLocked: boolean): Promise<Response> {
  const headers = new Headers({
    "content-type": file.contentType,
    "cache-control": isLocked ? immutable : uncached,
    "x-content-type-options": "nosniff",
  });
  if (file.etag !== null) headers.set("etag", `W/"${file.etag}"`);
  if (isKnown(req, file)) return new Response(null, { status: 304, headers });
  const content = await file.read();
  headers.set("content-length", String(content.length));
  return new Response(req.method === "HEAD" ? null : content, { headers });
}

function isKnown(req: Request, { etag }: StaticFile): boolean {
  const known = req.headers.get("if-none-match");
  if (known === null || etag === null) return false;
  return known.split(",").some((tag) => tag.trim().replace(/^W\//, "") === `"${etag}"`);
}

/** A page of an older build asked: it gets the file as it is now, and may not keep it. */
function withoutLock(url: URL): Response {
  const bare = new URL(url);
  bare.searchParams.delete(assetParameter);
  return new Response(null, { status: 307, headers: { location: `${bare.pathname}${bare.search}` } });
}

function pathBelow(basePath: string, pathname: string): string | null {
  if (basePath === "") return pathname;
  return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : null;
}
