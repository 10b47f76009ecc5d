import { hardenedLimits } from "./hardened/limits.ts";
import { oneOf, option, wholeNumber } from "./option.ts";

export type ListenerName = "fast" | "hardened";

/** What the world may take of a node. */
export const limitOptions = {
  listener: option<ListenerName>({
    summary: "fast, or hardened: half as fast, but closes on slow senders and bounds its connections",
    placeholder: "NAME",
    read: oneOf("fast", "hardened"),
    fallback: "fast",
  }),
  connectionsMax: option({
    summary: "connections at a time that the hardened listener takes; stay well below `ulimit -n`",
    placeholder: "COUNT",
    read: wholeNumber(16, 60_000),
    fallback: hardenedLimits.connectionsMax,
  }),
} as const;
