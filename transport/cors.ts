import { nodeIdOf } from "../core/node_ref.ts";
import type { NodeService } from "../core/service.ts";
import type { RestCall } from "./rest_call.ts";

/** What the ring page asks of every node: what it says of itself, of its peers, of its lookups. */
const sharedPrefixes = ["/api/node/", "/api/peers/", "/api/lookup/"];
const sharedPaths = ["/api/lookup"];

/** How long a browser need not ask again whether it may ask. */
const preflightSeconds = 600;

/**
 * The answer to a page of another member that wants to ask a question and to show its ticket with it; null for all
 * other requests, which are answered as if there were no such thing.
 */
export function answerPreflight(node: NodeService, { path, request }: RestCall): Response | null {
  if (request.method !== "OPTIONS" || !isShared(path)) return null;
  const { headers } = request;
  const origin = headers.get("origin");
  if (origin === null || headers.get("access-control-request-method") !== "GET") return null;
  if (!isMemberOrigin(node, origin)) return null;
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET",
      "access-control-allow-headers": "authorization",
      "access-control-max-age": String(preflightSeconds),
      vary: "origin",
    },
  });
}

/**
 * Lets the pages of other members of the ring read the answer to a question; never with credentials, and never the
 * answer to a command.
 *
 * A member is known by the address it is reached at, so what a request calls the receiver (`Host`) plays no part.
 */
export function shareWithMembers(
  node: NodeService,
  { path, request }: RestCall,
  answer: Response | Promise<Response>,
): Response | Promise<Response> {
  if (!isShared(path) || request.method !== "GET") return answer;
  const origin = request.headers.get("origin");
  const reader = origin !== null && isMemberOrigin(node, origin) ? origin : null;
  const share = (response: Response) => {
    response.headers.append("vary", "origin");
    if (reader !== null) response.headers.set("access-control-allow-origin", reader);
    return response;
  };
  return answer instanceof Response ? share(answer) : answer.then(share);
}

function isShared(path: string): boolean {
  return sharedPaths.includes(path) || sharedPrefixes.some((prefix) => path.startsWith(prefix));
}

function isMemberOrigin(node: NodeService, origin: string): boolean {
  return node.knownPeer(nodeIdOf(node.space, node.config.cluster, origin))?.url === origin;
}
