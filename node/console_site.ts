import { Builder } from "fresh/dev";
import { createConsole } from "../app.ts";
import { RondoClient } from "../client/mod.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { Handler } from "../transport/handler.ts";
import type { Visit } from "../utils.ts";

export interface SiteOptions {
  readonly self: NodeRef;
  readonly cluster: string;
  /** The node's own interface. */
  readonly ask: Handler;
  readonly allowKill: boolean;
  readonly cacheDirs: readonly string[];
  readonly mode?: "development" | "production";
}

/** Answers whoever looks at a page. */
export type Site = (request: Request, visit: Visit) => Response | Promise<Response>;

/** Where routes, islands and static files lie. */
const root = new URL("../", import.meta.url).href;
/** What islands share is no island: as an entry of its own it would keep all it exports, in a file of its own. */
const ignore = [/\/islands\/\w+\.ts$/];

/**
 * Finds the pages and makes of them what answers requests.
 *
 * @throws Error when scripts have to be bundled and cannot be.
 */
export async function openSite(options: SiteOptions): Promise<Site> {
  const { self, cluster, ask, allowKill, cacheDirs, mode = "production" } = options;
  const apply = await new Builder({ root, ignore, cacheDir: [...cacheDirs] }).build({
    mode,
    snapshot: "memory",
  });
  const fetch = async (url: string, init: RequestInit) => await ask(new Request(url, init));
  const client = new RondoClient({ url: self.url, fetch });
  const visits = new WeakMap<Request, Visit>();
  const state = { selfUrl: self.url, selfId: self.id, cluster, allowKill, client };
  const app = createConsole(state, (request) => visits.get(request) ?? stranger);
  apply(app);
  const answer = app.handler();
  return (request, visit) => {
    visits.set(request, visit);
    return answer(request);
  };
}

export const stranger: Visit = { visitor: null, tunnelTo: null };

/** Makes the scripts ahead, so that no node has to. */
export async function buildAhead(cacheDir: string): Promise<void> {
  await new Builder({ root, ignore, cacheDir }).build({ mode: "production", snapshot: "memory" });
}
