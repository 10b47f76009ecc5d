import type { Handler } from "../transport/handler.ts";
import { type HttpServer, serve, serveLater, type ServeOptions } from "../transport/http_server.ts";
import { hardenedLimits } from "./hardened/limits.ts";
import type { NodeOptions } from "./node_options.ts";

/**
 * Serves as the operator wants it served.
 *
 * @throws PortInUseError when somebody else listens there.
 */
export async function listen(
  handler: Handler,
  options: ServeOptions,
  { listener, connectionsMax }: Pick<NodeOptions, "listener" | "connectionsMax">,
): Promise<HttpServer> {
  if (listener === "fast") return serve(handler, options);
  // Most nodes do without it, and start faster for that.
  const { listenHardened } = await import("./hardened/hardened_listener.ts");
  return await serveLater(handler, options, listenHardened({ ...hardenedLimits, connectionsMax }));
}
