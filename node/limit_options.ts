import { readNetwork } from "./dialer/address_rules.ts";
import { hardenedLimits } from "./hardened/limits.ts";
import { oneOf, option, OptionProblem, wholeNumber } from "./option.ts";

export type ListenerName = "fast" | "hardened";

/** What the world may take of a node. */
export const limitOptions = {
  listener: option<ListenerName>({
    summary: "fast, or hardened: slower, but closes on slow senders and bounds its connections",
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
  diskMax: option<number | null>({
    summary: "what the data may use; from 85 % on clients may only read and delete, from 95 % on peers too",
    placeholder: "BYTES",
    read: wholeNumber(1_000_000, 1e14),
    fallback: null,
    fallbackText: "all that the disk has",
  }),
  peerAllow: option<readonly string[]>({
    summary: "networks that peers may be in, as 10.0.0.0/8, separated by commas",
    placeholder: "CIDR",
    read: networksIn,
    fallback: [],
    fallbackText:
      "loopback for a node on loopback; else private networks and the neighbours of what was named",
    isRepeatable: true,
  }),
} as const;

function networksIn(given: string): readonly string[] {
  const texts = given.split(",").map((text) => text.trim()).filter((text) => text !== "");
  if (texts.every((text) => readNetwork(text) !== null)) return texts;
  throw new OptionProblem("networks, as 10.0.0.0/8 or fd00::/8");
}
