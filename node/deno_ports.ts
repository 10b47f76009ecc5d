import type { NodeConfig } from "../core/config.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { Clock, Random } from "../core/ports.ts";
import { HttpTransport } from "../transport/http_transport.ts";
import type { Dialer } from "./dialer/dialer.ts";
import type { RingTrust } from "../transport/trust/ring_trust.ts";

export const denoClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export const denoRandom: Random = { next: () => Math.random() };

/** Calls peers over connections that are kept, and only where peers may be. */
export function openTransport(
  self: NodeRef,
  { cluster, valueBytesMax }: NodeConfig,
  { addressMap, dialer, trust }: {
    readonly addressMap: ReadonlyMap<string, string>;
    readonly dialer: Dialer;
    readonly trust?: RingTrust | undefined;
  },
): HttpTransport {
  return new HttpTransport({
    cluster,
    from: self.id,
    valueBytesMax,
    // The dialer puts a client of its own into each call, and is closed in their stead.
    client: dialer,
    fetch: dialer.fetch,
    addressMap,
    trust,
  });
}
