import type { IncomingMessage } from "node:http";
import type { Connection } from "../../transport/rest_call.ts";

/**
 * The request with its target as it was sent: a URL object would resolve the dots that a key may hold, and with them
 * what only a canonical path may mean.
 */
export function withTarget(request: Request, { url = "/", headers }: IncomingMessage): Request {
  const value = url.startsWith("/") ? `http://${headers.host ?? ""}${url}` : request.url;
  return Object.defineProperty(request, "url", { value });
}

/** Where the request comes from, as `Deno.serve` tells it. */
export function connectionOf(
  { socket: { remoteAddress = "", remotePort = 0 } }: IncomingMessage,
): Connection {
  return { remoteAddr: { transport: "tcp", hostname: remoteAddress, port: remotePort } };
}
