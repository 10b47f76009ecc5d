import type { ListenOptions } from "./types.ts";

const firstPort = 8000;
const lastPort = 8019;

/** Listens on the port asked for, else on the first free one from 8000 on. */
export function listenOnFreePort(
  handler: (req: Request, info: Deno.ServeHandlerInfo) => Promise<Response>,
  options: ListenOptions,
): Deno.HttpServer<Deno.NetAddr> {
  if (options.port !== undefined) return Deno.serve(options, handler);
  for (let port = firstPort;; port++) {
    try {
      return Deno.serve({ ...options, port }, handler);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || port === lastPort) throw error;
    }
  }
}
