/** What a stranger may take of a listener. Spans are judged every `checkEveryMs`, so they may last as much longer. */
export interface HardenedLimits {
  /** Connections at a time. Well below the process's limit of descriptors, as calls to peers and files need some too. */
  readonly connectionsMax: number;
  /** From the beginning of a connection or request to the end of its head. */
  readonly headersTimeoutMs: number;
  /** From there to the end of its body. With the check's own delay, a slow sender is gone within 16 s. */
  readonly requestTimeoutMs: number;
  /** Between two requests. */
  readonly keepAliveTimeoutMs: number;
  readonly checkEveryMs: number;
  /** Request line and headers together. */
  readonly headBytesMax: number;
  readonly headersMax: number;
  /** How often the listener makes sure that it still gets connections, and how long it gives each of its tries. */
  readonly livenessEveryMs: number;
}

export const hardenedLimits: HardenedLimits = {
  connectionsMax: 512,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 15_000,
  keepAliveTimeoutMs: 15_000,
  checkEveryMs: 500,
  headBytesMax: 16 * 1024,
  headersMax: 100,
  livenessEveryMs: 1_000,
};
