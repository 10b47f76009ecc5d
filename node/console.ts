import type { Log } from "../core/ports.ts";
import type { NodeService } from "../core/service.ts";
import { signInAt, signInPath } from "../client/local_path.ts";
import { maySignInAt, type SignInParts } from "../transport/access/session_routes.ts";
import type { Caller } from "../transport/guard/caller.ts";
import type { Handler } from "../transport/handler.ts";
import { readCall } from "../transport/rest_call.ts";
import { methodNotAllowed } from "../transport/rest_error.ts";
import type { Visit } from "../utils.ts";
import type { Site, SiteOptions } from "./console_site.ts";
import { documentHeaders, fileHeaders } from "./page_headers.ts";

export interface ConsoleOptions {
  readonly node: Pick<NodeService, "self" | "config" | "handle">;
  /** The node's own interface. Pages ask it within the process. */
  readonly ask: Handler;
  readonly allowKill: boolean;
  /** Where the scripts of the pages are looked for, and, the last, kept; addresses or paths. */
  readonly cacheDirs: readonly string[];
  readonly log: Log;
  /** Makes the pages. Takes about a second the first time. */
  readonly openSite?: ((options: SiteOptions) => Promise<Site>) | undefined;
  /** How visitors are known; undefined where nobody is asked who he is. */
  readonly signIn?: Pick<SignInParts, "access"> | undefined;
}

/** After a failure the pages are tried again, but not for every request. */
export const retryAfterMs = 10_000;
/** What a page asks for its policy is in the node's memory. */
const context = { timeoutMs: 1_000 };

/**
 * The console of a node. It is made when somebody first looks: a node that nobody looks at does not pay for it, and
 * whatever goes wrong with it the node runs on.
 */
export class Console {
  readonly #options: ConsoleOptions;
  #site: Promise<Site> | null = null;
  #failure: { readonly atMs: number; readonly reason: string } | null = null;

  constructor(options: ConsoleOptions) {
    this.#options = options;
  }

  /** Answers what is no path of the interface. @param caller null: has to sign in before there is anything to see. */
  readonly answer = async (request: Request, caller: Caller | null): Promise<Response> => {
    if (request.method !== "GET" && request.method !== "HEAD") throw methodNotAllowed(["GET", "HEAD"]);
    if (caller === null && !isForStrangers(request)) return await this.#dressed(toSignIn(request));
    const site = await this.#open();
    if (site === null) return await this.#dressed(this.#explanation());
    return await this.#dressed(await site(this.#own(request), this.#visitOf(request, caller)));
  };

  #visitOf(request: Request, caller: Caller | null): Visit {
    const host = request.headers.get("host") ?? "";
    const tunnelTo = maySignInAt(host) ? null : host.replace(/:[0-9]+$/, "");
    if (caller === null) return { visitor: null, tunnelTo };
    const csrf = this.#options.signIn?.access.sessionOf(readCall(request))?.csrf ?? null;
    return { visitor: { name: caller.name, role: caller.role, csrf }, tunnelTo };
  }

  /** Null after it could not be made. */
  async #open(): Promise<Site | null> {
    if (this.#failure !== null && performance.now() - this.#failure.atMs < retryAfterMs) return null;
    this.#failure = null;
    try {
      return await (this.#site ??= this.#make());
    } catch (error) {
      this.#site = null;
      this.#failure = {
        atMs: performance.now(),
        reason: error instanceof Error ? error.message : String(error),
      };
      this.#options.log("warn", "console.failed", { error });
      return null;
    }
  }

  async #make(): Promise<Site> {
    const { node: { self, config }, ask, allowKill, cacheDirs, log } = this.#options;
    const startedAtMs = performance.now();
    const openSite = this.#options.openSite ?? (await import("./console_site.ts")).openSite;
    const site = await openSite({ self, cluster: config.cluster, ask, allowKill, cacheDirs });
    log("info", "console.made", { tookMs: Math.round(performance.now() - startedAtMs) });
    return site;
  }

  /** The request under the node's own address: what a client writes into `Host` plays no part in a page. */
  #own(request: Request): Request {
    const begin = request.url.indexOf("/", request.url.indexOf("//") + 2);
    return new Request(this.#options.node.self.url + request.url.slice(begin), request);
  }

  async #dressed(response: Response): Promise<Response> {
    const isDocument = response.headers.get("content-type")?.startsWith("text/html") ?? false;
    const own = isDocument ? documentHeaders(await this.#peerOrigins()) : fileHeaders;
    const headers = new Headers(response.headers);
    for (const [name, value] of Object.entries(own)) headers.set(name, value);
    const { status, statusText } = response;
    return new Response(response.body, { status, statusText, headers });
  }

  /** Of the peers known now; those that answer come first. */
  async #peerOrigins(): Promise<string[]> {
    const { peers } = await this.#options.node.handle("node.peers", {}, context);
    const alive = peers.filter(({ health }) => health === "alive");
    const others = peers.filter(({ health }) => health !== "alive");
    return [...alive, ...others].map(({ node }) => node.url);
  }

  /** Plain, and without any of the files that could not be made. */
  #explanation(): Response {
    const reason = this.#failure?.reason ?? "it is not known why";
    const html =
      `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>No console</title></head>` +
      `<body><h1>The console cannot be shown</h1><p>The node runs and answers; its pages could not be made:</p>` +
      `<pre>${escaped(reason)}</pre><p>It is tried again in ${retryAfterMs / 1_000} seconds. Meanwhile: ` +
      `<a href="/api/node/info">node</a>, <a href="/api/ring">ring</a>, <a href="/ready">readiness</a>, ` +
      `<a href="/openapi.json">the whole interface</a>.</p></body></html>`;
    const headers = {
      "content-type": "text/html; charset=utf-8",
      "retry-after": String(retryAfterMs / 1_000),
    };
    return new Response(html, { status: 503, headers });
  }
}

/** Style, scripts and pictures say nothing of the node. */
function isForStrangers(request: Request): boolean {
  const { path } = readCall(request);
  return path === signInPath || path.startsWith("/_fresh/") || /\.[a-z0-9]+$/.test(path);
}

function toSignIn(request: Request): Response {
  const { path, query } = readCall(request);
  const location = signInAt({ pathname: path, search: query === "" ? "" : `?${query}` });
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
