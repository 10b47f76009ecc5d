/** One node's opinion of another. `unknown`: never asked in this life. */
export type Health = "alive" | "suspect" | "dead" | "left" | "unknown";

/** What is known of one peer's silence. All moments are by the monotonic clock. */
export interface Opinion {
  readonly lastSeenAtMs: number | null;
  /** The first calls missed since the last answer; no more than it takes to be suspect. */
  readonly missedAtMs: readonly number[];
  readonly lastMissAtMs: number | null;
  /** Nobody listened there: the strongest sign that a process has ended. */
  readonly refusedAtMs: number | null;
  /** Nothing that was asked from here on has been answered, neither to us nor to anybody who told us. */
  readonly silentSinceMs: number;
  readonly isRestarting: boolean;
  /** It said that it would be back by then, so it is not dead before. */
  readonly backByMs: number;
  /** From this moment it is dead: others do not reach it either. Null while that is not settled. */
  readonly deadAtMs: number | null;
  readonly hasLeft: boolean;
}

/** Missed answers that make a peer suspect. A refused connection does so at once. */
const missesToSuspect = 2;

export const unheard: Opinion = {
  lastSeenAtMs: null,
  missedAtMs: [],
  lastMissAtMs: null,
  refusedAtMs: null,
  silentSinceMs: 0,
  isRestarting: false,
  backByMs: -Infinity,
  deadAtMs: null,
  hasLeft: false,
};

/** It answered: all suspicion ends. What it said of leaving or restarting stands, for it answers until it goes. */
export function afterAnswer({ hasLeft, backByMs }: Opinion, nowMs: number): Opinion {
  return { ...unheard, hasLeft, backByMs, lastSeenAtMs: nowMs };
}

/** It did not answer what was asked at `sinceMs`. */
export function afterMiss(opinion: Opinion, nowMs: number, sinceMs: number, isRefused: boolean): Opinion {
  const { lastSeenAtMs, missedAtMs, refusedAtMs } = opinion;
  const isFirst = missedAtMs.length === 0 && !opinion.isRestarting;
  return {
    ...opinion,
    missedAtMs: missedAtMs.length < missesToSuspect ? [...missedAtMs, nowMs] : missedAtMs,
    lastMissAtMs: nowMs,
    refusedAtMs: isRefused ? refusedAtMs ?? nowMs : refusedAtMs,
    silentSinceMs: isFirst ? Math.max(sinceMs, lastSeenAtMs ?? -Infinity) : opinion.silentSinceMs,
  };
}

/** It said that it stops and will be back. */
export function afterNotice(opinion: Opinion, nowMs: number, backByMs: number): Opinion {
  return { ...afterAnswer(opinion, nowMs), isRestarting: true, silentSinceMs: nowMs, backByMs };
}

/**
 * We did not run between the two moments. Whatever was counted meanwhile was our own absence, and the time itself is
 * nobody's silence. Who was dead before stays so.
 */
export function afterSleep(opinion: Opinion, fromMs: number, toMs: number): Opinion {
  if (opinion.deadAtMs !== null && opinion.deadAtMs <= fromMs) return opinion;
  const { refusedAtMs, silentSinceMs } = opinion;
  return {
    ...opinion,
    missedAtMs: opinion.missedAtMs.filter((atMs) => atMs < fromMs),
    refusedAtMs: refusedAtMs !== null && refusedAtMs < fromMs ? refusedAtMs : null,
    silentSinceMs: silentSinceMs < fromMs ? silentSinceMs + toMs - fromMs : toMs,
    deadAtMs: null,
  };
}

export function healthOf(opinion: Opinion, nowMs: number): Health {
  if (opinion.hasLeft) return "left";
  if (isDead(opinion, nowMs)) return "dead";
  if (isDoubtful(opinion)) return "suspect";
  return opinion.lastSeenAtMs === null ? "unknown" : "alive";
}

export function isDead({ deadAtMs }: Opinion, nowMs: number): boolean {
  return deadAtMs !== null && deadAtMs <= nowMs;
}

/** Silent, whatever it may still turn out to be: restarting, slow, cut off from us alone, or dead. */
export function isDoubtful({ isRestarting, missedAtMs, refusedAtMs }: Opinion): boolean {
  return isRestarting || refusedAtMs !== null || missedAtMs.length >= missesToSuspect;
}
