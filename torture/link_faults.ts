import type { SeededRandom } from "../sim/random.ts";

/** What may become of one request and its answer. */
export const fates = [
  /** The request never arrives, and no answer comes. */
  "dropRequest",
  /** The request takes effect; its answer is lost. The caller cannot tell this from the one before. */
  "dropReply",
  /** The request arrives a second time, a little later. */
  "duplicate",
  /** The request is held back, and overtaken by later ones. It arrives even if the caller has gone meanwhile. */
  "reorder",
  /** One bit of the request's body is another. */
  "corruptRequest",
  /** One bit of the answer's body is another. */
  "corruptReply",
  /** 200, and a page for people. */
  "garbage",
  /** The answer ends in its middle, and with it the connection. */
  "truncate",
  /** A well-begun answer that goes on and on. */
  "endless",
  /** The answer comes byte by byte. */
  "drip",
  /** A small answer that unpacks to one of 64 MiB. */
  "bomb",
  /** The connection is reset instead of an answer; the request took effect. */
  "reset",
] as const;

export type Fate = typeof fates[number];

/** How a link behaves. */
export interface LinkFaults {
  readonly delayMs?: number;
  /** Up to so much more, drawn for each request. */
  readonly jitterMs?: number;
  /** Of each fate its probability; what is left of 1 is delivered as it should be. */
  readonly fates?: Partial<Readonly<Record<Fate, number>>>;
  /** Nobody listens: connections are refused, and those there are reset. */
  readonly isCut?: boolean;
}

export const soundLink: LinkFaults = {};
/** A broken cable: nothing arrives, and nobody is told. */
export const silentLink: LinkFaults = { fates: { dropRequest: 1 } };

/** What is decided for one request when it comes in; null: it is simply delivered. */
export interface Draw {
  readonly fate: Fate | null;
  readonly delayMs: number;
  /** From 0 to 1, for whatever the fate has to choose: which bit, how long. */
  readonly luck: number;
}

/** Always takes three dice, so that the n-th request's are the same whatever the faults were before. */
export function drawFate(
  { delayMs = 0, jitterMs = 0, fates: odds = {} }: LinkFaults,
  random: SeededRandom,
): Draw {
  let left = random.next();
  const late = random.next() * jitterMs;
  const luck = random.next();
  const fate = fates.find((fate) => (left -= odds[fate] ?? 0) < 0) ?? null;
  return { fate, delayMs: delayMs + late, luck };
}
