import type { LiveHub } from "./live_hub.ts";
import { RestError } from "../rest_error.ts";

/** A client that answers no ping for so long is gone; Deno pings at half of it. */
const idleTimeoutSeconds = 30;
const retryAfterSeconds = 5;

/**
 * Turns a request into a socket of the hub.
 *
 * Browsers let any page open a WebSocket to any host, without asking that host first: the origin is ours to check
 * (RFC 6455, 10.2).
 *
 * @throws RestError 426, 403 or 503.
 */
export function answerLive(request: Request, hub: LiveHub): Response {
  checkUpgrade(request);
  checkOrigin(request);
  const place = hub.take();
  if (place === null) {
    throw new RestError(503, "TOO_MANY_SOCKETS", "Cannot take one more watcher: all places are taken", {
      "retry-after": String(retryAfterSeconds),
    });
  }
  try {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: idleTimeoutSeconds });
    socket.onopen = () => {
      const session = place.opened(socket);
      socket.onmessage = ({ data }) => void session.received(data);
    };
    socket.onclose = () => place.ended();
    return response;
  } catch (error) {
    place.ended();
    if (error instanceof TypeError) throw upgradeRequired();
    throw error;
  }
}

function checkUpgrade({ headers }: Request): void {
  const isUpgrade = headers.get("upgrade")?.toLowerCase() === "websocket";
  if (!isUpgrade || headers.get("sec-websocket-version") !== "13") throw upgradeRequired();
}

function upgradeRequired(): RestError {
  return new RestError(426, "UPGRADE_REQUIRED", "Cannot answer this here: it takes a WebSocket, version 13", {
    upgrade: "websocket",
    "sec-websocket-version": "13",
  });
}

/** Programs send no origin. A page sends that of its site, which has to be this very host. */
function checkOrigin({ headers, url }: Request): void {
  const origin = headers.get("origin");
  if (origin === null || hostOf(origin) === hostOf(url)) return;
  throw new RestError(403, "FORBIDDEN", "Cannot open a socket to a page of another site");
}

/** Without the scheme: a proxy in front may speak TLS where we do not. */
function hostOf(url: string): string | null {
  return URL.parse(url)?.host || null;
}
