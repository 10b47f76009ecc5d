import { markEveryMs } from "../core/live/frames.ts";

/**
 * How the one socket of a page stands, and what becomes of that: no socket, no clock and no chance in here.
 *
 * ```
 * idle ──wanted──> opening ──heard──> open
 *                   ^    │             │
 *           time or │    └──lost───┐   │lost or silent
 *             woken │              v   v
 *                   └───────────── waiting
 * ```
 *
 * Whoever is not let in any more is `refused`, and stays so until he is back from elsewhere.
 */
export type Link =
  | { readonly kind: "idle" }
  | { readonly kind: "opening"; readonly failures: number; readonly sinceMs: number }
  | { readonly kind: "open"; readonly failures: number; readonly sinceMs: number; readonly heardAtMs: number }
  | { readonly kind: "waiting"; readonly failures: number; readonly atMs: number }
  | { readonly kind: "refused"; readonly failures: 0 };

export type LinkEvent =
  | { readonly kind: "wanted" }
  | { readonly kind: "unwanted" }
  /** A frame of any kind; the first one is what opens: a proxy may take the socket and nobody be behind it. */
  | { readonly kind: "heard" }
  /** The socket ended. A node that says goodbye says when to come back. */
  | { readonly kind: "lost"; readonly retryAfterMs?: number }
  /** The node does not know who asks. */
  | { readonly kind: "refused" }
  /** Somebody looks again, the network is back: waiting any longer would be silly. */
  | { readonly kind: "woken" }
  /** `dueAtMs` has come, maybe. */
  | { readonly kind: "time" };

export interface LinkMoment {
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly chance: number;
}

/** The waits double from the first to the last, each longer by up to a half: 500 ms to 15 s. */
const waitMs = { first: 500, last: 10_000 } as const;
const waitMsMax = 15_000;
/** A node that does not greet within this time is as good as absent. */
const openWithinMs = 10_000;
/** Silence of more than two marks is no chance of the network. */
export const silenceMs = 2.5 * markEveryMs;
/** A socket that held for so long was a success; one that ends at once, again and again, was none. */
const stableMs = 10_000;
/** After as many failures in a row a page asks instead of listening, and goes on trying. */
export const failuresBeforePolling = 3;

export const idle: Link = { kind: "idle" };

export function nextLink(link: Link, event: LinkEvent, moment: LinkMoment): Link {
  switch (event.kind) {
    case "wanted":
      return link.kind === "idle" ? { kind: "opening", failures: 0, sinceMs: moment.nowMs } : link;
    case "unwanted":
      return idle;
    case "heard":
      return heard(link, moment);
    case "lost":
      return lost(link, moment, event.retryAfterMs);
    case "refused":
      return link.kind === "idle" ? idle : { kind: "refused", failures: 0 };
    case "woken":
      return link.kind === "waiting" || link.kind === "refused"
        ? reopened(link, moment)
        : inTime(link, moment);
    case "time":
      return inTime(link, moment);
  }
}

/** When `time` will have something to do; null: never. */
export function dueAtMs(link: Link): number | null {
  switch (link.kind) {
    case "idle":
    case "refused":
      return null;
    case "opening":
      return link.sinceMs + openWithinMs;
    case "open":
      return link.heardAtMs + silenceMs;
    case "waiting":
      return link.atMs;
  }
}

/** Whether the page has to ask, because listening has failed too often. */
export function hasToPoll(link: Link): boolean {
  return (link.kind === "opening" || link.kind === "waiting") && link.failures >= failuresBeforePolling;
}

function heard(link: Link, { nowMs }: LinkMoment): Link {
  if (link.kind === "open") return { ...link, heardAtMs: nowMs };
  if (link.kind !== "opening") return link;
  return { kind: "open", failures: link.failures, sinceMs: nowMs, heardAtMs: nowMs };
}

function lost(link: Link, { nowMs, chance }: LinkMoment, retryAfterMs?: number): Link {
  if (link.kind !== "opening" && link.kind !== "open") return link;
  const wasStable = link.kind === "open" && nowMs - link.sinceMs >= stableMs;
  const failures = wasStable ? 1 : link.failures + 1;
  const wait = retryAfterMs === undefined ? backOffMs(failures, chance) : Math.min(retryAfterMs, waitMsMax);
  return { kind: "waiting", failures, atMs: nowMs + wait };
}

function inTime(link: Link, moment: LinkMoment): Link {
  const dueMs = dueAtMs(link);
  if (dueMs === null || moment.nowMs < dueMs) return link;
  return link.kind === "waiting" ? reopened(link, moment) : lost(link, moment);
}

function reopened({ failures }: { readonly failures: number }, { nowMs }: LinkMoment): Link {
  return { kind: "opening", failures, sinceMs: nowMs };
}

function backOffMs(failures: number, chance: number): number {
  return Math.min(waitMs.first * 2 ** (failures - 1), waitMs.last) * (1 + chance / 2);
}
