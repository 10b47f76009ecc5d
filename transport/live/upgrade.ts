import type { LiveSocket } from "./session.ts";

/** What becomes of a request that is turned into a WebSocket. */
export interface SocketEvents {
  opened(socket: LiveSocket): void;
  received(message: unknown): void;
  closed(): void;
}

/**
 * Turns the request into a WebSocket and says what to answer.
 *
 * @throws TypeError when the request asks for none.
 */
export type Upgrade = (events: SocketEvents, idleTimeoutSeconds: number) => Response;

/** A request knows nothing of its connection, but the listener that made it does. */
const upgrades = new WeakMap<Request, Upgrade>();

/** The listener of this request has its own way to turn it into a WebSocket; without one it is Deno's. */
export function offerUpgrade(request: Request, upgrade: Upgrade): void {
  upgrades.set(request, upgrade);
}

/** @throws TypeError when the request asks for no WebSocket. */
export function upgradeSocket(request: Request, events: SocketEvents, idleTimeoutSeconds: number): Response {
  const upgrade = upgrades.get(request);
  if (upgrade !== undefined) return upgrade(events, idleTimeoutSeconds);
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: idleTimeoutSeconds });
  socket.onopen = () => events.opened(socket);
  socket.onmessage = ({ data }) => events.received(data);
  socket.onclose = () => events.closed();
  return response;
}
