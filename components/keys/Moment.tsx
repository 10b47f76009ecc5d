import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { timeLeft } from "./ttl.ts";

/** A moment by the clock of the reader; the exact one, in UTC, on hovering. */
export function Moment({ ms }: { ms: number | null }): JSX.Element {
  if (ms === null) return <>—</>;
  const date = new Date(ms);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString("en-GB");
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {isToday ? time : `${date.toLocaleDateString("en-CA")} ${time}`}
    </time>
  );
}

/** Counts down by itself: a list of a thousand keys is not drawn anew every second. */
export function Countdown(
  { expiresAtMs, now }: { expiresAtMs: number | null; now: ReadonlySignal<number> },
): JSX.Element {
  if (expiresAtMs === null) return <>—</>;
  const left = timeLeft(expiresAtMs, now.value);
  return (
    <time
      class={left === "over" ? "is-warn" : undefined}
      dateTime={new Date(expiresAtMs).toISOString()}
      title={new Date(expiresAtMs).toISOString()}
    >
      {left}
    </time>
  );
}
