import { getRequestListener } from "@hono/node-server";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Handler } from "../../transport/handler.ts";
import { type HardenedLimits, hardenedLimits } from "./limits.ts";
import { answersAt } from "./liveness.ts";
import { SocketUpgrades } from "./socket_upgrades.ts";
import { breakingOff } from "./breaking_off.ts";
import { connectionOf, withTarget } from "./targets.ts";
import {
  type Listener,
  type ListenLater,
  PortInUseError,
  type ServeOptions,
} from "../../transport/http_server.ts";

/**
 * A listener for those who face strangers: node:http, which has what `Deno.serve` lacks (timeouts for slow senders and
 * a limit of connections) at half of the speed.
 *
 * Its `finished` rejects when it gets no connections any more. That happens when the process runs out of descriptors:
 * node:http then says nothing and never comes back by itself (Deno 2.9.6).
 */
export function listenHardened(limits: HardenedLimits = hardenedLimits): ListenLater {
  return async (handler, options) => {
    const server = createServer(
      {
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        keepAliveTimeout: limits.keepAliveTimeoutMs,
        connectionsCheckingInterval: limits.checkEveryMs,
        maxHeaderSize: limits.headBytesMax,
      },
      listenerOf(handler, limits),
    );
    server.maxConnections = limits.connectionsMax;
    const upgrades = new SocketUpgrades(handler);
    server.on("upgrade", upgrades.take);
    const port = await begin(server, options);
    return new HardenedListener(server, options.hostname, port, limits.livenessEveryMs);
  };
}

function listenerOf(handler: Handler, { headersMax }: HardenedLimits) {
  const answer = getRequestListener((request, bindings) => {
    const { outgoing } = bindings;
    const incoming = bindings.incoming as IncomingMessage;
    if (incoming.rawHeaders.length > 2 * headersMax) return new Response(null, { status: 431 });
    const response = handler(withTarget(request, incoming), connectionOf(incoming));
    const cutOff = () => void outgoing.destroy();
    return response instanceof Response
      ? breakingOff(response, cutOff)
      : response.then((made) => breakingOff(made, cutOff));
  }, { overrideGlobalObjects: false });
  return (incoming: IncomingMessage, outgoing: ServerResponse) => void answer(incoming, outgoing);
}

/** @throws PortInUseError */
function begin(server: Server, { hostname, port }: ServeOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: Error & { code?: string }) => {
      reject(cause.code === "EADDRINUSE" ? new PortInUseError(hostname, port, { cause }) : cause);
    });
    server.listen({ port, host: hostname }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Tries in a row that prove it: the event loop may have been busy, or the descriptors gone for a moment. */
const attemptsMax = 3;

class HardenedListener implements Listener {
  readonly #finished = Promise.withResolvers<void>();
  readonly #watch: ReturnType<typeof setInterval>;
  #check: Promise<void> | null = null;

  constructor(readonly server: Server, readonly hostname: string, readonly port: number, everyMs: number) {
    server.on("error", (error) => this.#die(error));
    this.#watch = setInterval(() => {
      this.#check ??= this.#checkLife(everyMs).finally(() => this.#check = null);
    }, everyMs);
  }

  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  async shutdown(): Promise<void> {
    clearInterval(this.#watch);
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    await Promise.all([closed, this.#check]);
    this.#finished.resolve();
  }

  async #checkLife(timeoutMs: number): Promise<void> {
    const { hostname, port } = this;
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (await answersAt(hostname, port, timeoutMs)) return;
    }
    this.#die(new Error(`Cannot get connections on ${hostname}:${port} any more`));
  }

  #die(error: Error): void {
    clearInterval(this.#watch);
    this.server.close();
    this.server.closeAllConnections();
    this.#finished.reject(error);
  }
}
