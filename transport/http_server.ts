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
   * Takes no new connections and waits for what was begun, but no longer than `timeoutMs`.
   *
   * Deno has no way to cut off what is left (aborting the signal of a server that is shutting down throws), so
   * streams without an end go on until their clients or this process end. False: some are left.
   */
  shutdown(timeoutMs: number): Promise<boolean>;
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

/** Begins to listen, or throws. */
export type Listen = (handler: Handler, options: ServeOptions) => Listener;

/** The same, of a listener that needs a turn of the event loop for it. */
export type ListenLater = (handler: Handler, options: ServeOptions) => Promise<Listener>;

/** Pause before listening again: long enough for connections to close and give their descriptors back. */
const relistenPauseMs = 200;

/**
 * Serves until `shutdown`, also after the listener died.
 *
 * @throws PortInUseError when somebody else listens there.
 */
export function serve(handler: Handler, options: ServeOptions, listen: Listen = listenWithDeno): HttpServer {
  const listener = listen(handler, options);
  const { port } = listener;
  return new RelisteningServer(listener, options, () => listen(handler, { ...options, port }));
}

/** As `serve`, with a listener that takes its time to begin. */
export async function serveLater(
  handler: Handler,
  options: ServeOptions,
  listen: ListenLater,
): Promise<HttpServer> {
  const listener = await listen(handler, options);
  const { port } = listener;
  return new RelisteningServer(listener, options, () => listen(handler, { ...options, port }));
}

class RelisteningServer implements HttpServer {
  readonly port: number;
  #listener: Listener;
  #isStopping = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(
    listener: Listener,
    readonly options: ServeOptions,
    readonly listenAgain: () => Listener | Promise<Listener>,
  ) {
    this.#listener = listener;
    this.port = listener.port;
    this.#watch();
  }

  async shutdown(timeoutMs: number): Promise<boolean> {
    this.#isStopping = true;
    clearTimeout(this.#pause);
    const { promise: outOfTime, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), timeoutMs);
    try {
      return await Promise.race([this.#listener.shutdown().then(() => true), outOfTime]);
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

  async #tryAgain(): Promise<void> {
    try {
      this.#listener = await this.listenAgain();
      this.#watch();
    } catch (error) {
      this.#relisten(error);
      return;
    }
    // It may have been told to stop while it began.
    if (this.#isStopping) await this.#listener.shutdown();
  }
}

function listenWithDeno(handler: Handler, { hostname, port }: ServeOptions): Listener {
  try {
    const server = Deno.serve({ hostname, port, onListen() {} }, handler);
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
