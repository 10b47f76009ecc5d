import type { LiveHub } from "./live_hub.ts";
import { RestError } from "../rest_error.ts";
import type { Session } from "./session.ts";
import { upgradeSocket } from "./upgrade.ts";

export interface Watching {
  /** Whether the origin is that of a node of this ring. */
  readonly isMember: (origin: string) => boolean | Promise<boolean>;
  /** Whether who watches may still do so; without it, for ever. */
  readonly isKnown?: (() => boolean) | undefined;
}

const retryAfterSeconds = 5;

/**
 * Turns a request into a socket of the hub.
 *
 * Browsers let any page open a WebSocket to any host, without asking that host first: the origin is ours to check
 * (RFC 6455, 10.2).
 *
 * @throws RestError 426, 403 or 503.
 */
export async function answerLive(
  request: Request,
  hub: LiveHub,
  { isKnown, isMember }: Watching,
): Promise<Response> {
  checkUpgrade(request);
  await checkOrigin(request, isMember);
  const place = hub.take();
  if (place === null) {
    throw new RestError(503, "TOO_MANY_SOCKETS", "Cannot take one more watcher: all places are taken", {
      "retry-after": String(retryAfterSeconds),
    });
  }
  try {
    let session: Session | null = null;
    return upgradeSocket(request, {
      opened: (socket) => session = place.opened(socket, isKnown),
      received: (message) => void session?.received(message),
      closed: () => place.ended(),
    }, hub.idleTimeoutSeconds);
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

/** Programs send no origin. A page sends that of its site, which has to be this very host or another node's. */
async function checkOrigin({ headers, url }: Request, isMember: Watching["isMember"]): Promise<void> {
  const origin = headers.get("origin");
  if (origin === null || hostOf(origin) === hostOf(url) || await isMember(origin)) return;
  throw new RestError(403, "FORBIDDEN", "Cannot open a socket to a page of another site");
}

/** Without the scheme: a proxy in front may speak TLS where we do not. */
function hostOf(url: string): string | null {
  return URL.parse(url)?.host || null;
}
