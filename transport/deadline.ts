import { DeadlineError, InvalidParamsError } from "../core/errors.ts";

/** The wire's names of what travels beside a call. All are optional on loopback; if present they must fit. */
export const header = {
  cluster: "x-rondo-cluster",
  from: "x-rondo-from",
  to: "x-rondo-to",
  /** What all calls of a request between nodes are about: their methods' part before the dot. */
  kind: "x-rondo-kind",
  /** Milliseconds left to the caller when it sent this. A span, not a moment: clocks differ. */
  deadlineMs: "x-rondo-deadline-ms",
} as const;

/** With less than this left the answer could not arrive in time, so the work is not begun. */
export const shortestTimeoutMs = 5;

/**
 * What a request may take: what its sender says is left, never more than the node grants.
 *
 * @throws DeadlineError (definite) when too little is left to begin.
 * @throws InvalidParamsError when the header is not a whole number of milliseconds.
 */
export function readTimeoutMs(headers: Headers, timeoutMsMax: number): number {
  const text = headers.get(header.deadlineMs);
  if (text === null) return timeoutMsMax;
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw new InvalidParamsError(`Cannot read ${header.deadlineMs}: it takes whole milliseconds`);
  }
  const leftMs = Number(text);
  if (leftMs < shortestTimeoutMs) throw new DeadlineError(`begin with ${leftMs} ms left`, true);
  return Math.min(leftMs, timeoutMsMax);
}
