import type { Log } from "../core/ports.ts";
import type { Handler } from "./handler.ts";

export interface ServeOptions {
  readonly hostname: string;
  /** 0 takes any free one; `HttpServer.port` says which. */
  readonly port: number;
  readonly log: Log;
}

export interface HttpServer {
  readonly port: number;
  /**
   * Takes no new connections, lets what was begun finish, and cuts off what has not after `timeoutMs`.
   *
   * Open streams never finish by themselves, so the bound is what ends them.
   */
  shutdown(timeoutMs: number): Promise<void>;
}

/** Another process listens there. */
export class PortInUseError extends Error {
  override readonly name = "PortInUseError";

  constructor(readonly hostname: string, readonly port: number, options?: ErrorOptions) {
    super(`Cannot listen on ${hostname}:${port}: the port is in use`, options);
  }
}

/** One life of a listener; `finished` rejects when it dies, as it does when the process is out of descriptors. */
export interface Listener {
  readonly port: number;
  readonly finished: Promise<void>;
  shutdown(): Promise<void>;
}

/** Begins to listen, or throws. Cutting the signal closes every connection at once. */
export type Listen = (handler: Handler, options: ServeOptions, cut: AbortSignal) => Listener;

/** Pause before listening again: long enough for connections to close and give their descriptors back. */
const relistenPauseMs = 200;

/**
 * Serves until `shutdown`, also after the listener died.
 *
 * @throws PortInUseError when somebody else listens there.
 */
export function serve(handler: Handler, options: ServeOptions, listen: Listen = listenWithDeno): HttpServer {
  return new RelisteningServer(handler, options, listen);
}

class RelisteningServer implements HttpServer {
  readonly port: number;
  readonly #cut = new AbortController();
  readonly #listenAgain: () => Listener;
  #listener: Listener;
  #isStopping = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(handler: Handler, readonly options: ServeOptions, listen: Listen) {
    this.#listener = listen(handler, options, this.#cut.signal);
    const { port } = this.#listener;
    this.port = port;
    this.#listenAgain = () => listen(handler, { ...options, port }, this.#cut.signal);
    this.#watch();
  }

  async shutdown(timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#pause);
    const timer = setTimeout(() => this.#cut.abort(), timeoutMs);
    try {
      await this.#listener.shutdown();
    } finally {
      clearTimeout(timer);
    }
  }

  #watch(): void {
    this.#listener.finished.catch((error) => this.#relisten(error));
  }

  #relisten(error: unknown): void {
    if (this.#isStopping) return;
    this.options.log("error", "http.listenerDied", { port: this.port, error });
    this.#pause = setTimeout(() => this.#tryAgain(), relistenPauseMs);
  }

  #tryAgain(): void {
    try {
      this.#listener = this.#listenAgain();
      this.#watch();
    } catch (error) {
      this.#relisten(error);
    }
  }
}

function listenWithDeno(handler: Handler, { hostname, port }: ServeOptions, cut: AbortSignal): Listener {
  try {
    const server = Deno.serve({ hostname, port, signal: cut, onListen() {} }, handler);
    return {
      port: server.addr.port,
      finished: server.finished,
      shutdown: () => server.shutdown(),
    };
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) throw new PortInUseError(hostname, port, { cause: error });
    throw error;
  }
}
