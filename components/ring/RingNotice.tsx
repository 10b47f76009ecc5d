import type { JSX } from "preact";
import { ageText } from "./columns.ts";
import { figuresOf } from "./figures.ts";
import type { RingSnapshot } from "./snapshot.ts";
import { plural } from "./words.ts";

/** Older than this, a picture says so. */
const staleAfterMs = 20_000;

/** How much of the ring is seen, and how fresh it is; above everything else, since everything else hangs on it. */
export function RingNotice({ snapshot, nowMs, onRetry }: {
  snapshot: RingSnapshot;
  nowMs: number;
  onRetry: () => void;
}): JSX.Element {
  const { text, isBad, age = "" } = noticeOf(snapshot, nowMs);
  return (
    <div class={isBad ? "ring-notice is-bad" : "ring-notice"}>
      <p>
        <span role="status">{text}</span> {age}
      </p>
      <button type="button" onClick={onRetry}>Walk now</button>
    </div>
  );
}

interface Notice {
  readonly text: string;
  readonly isBad: boolean;
  /** Apart, since it changes every second: a screen reader must not repeat the whole each time. */
  readonly age?: string;
}

export function noticeOf(snapshot: RingSnapshot, nowMs: number): Notice {
  const { nodes, problem, walkedAtMs, replicas } = snapshot;
  if (problem !== null) {
    const age = walkedAtMs === null ? "" : `Below is what was seen ${ageText(nowMs - walkedAtMs)}.`;
    return { text: `No news of the ring: ${problem}.`, age, isBad: true };
  }
  if (walkedAtMs === null) {
    return { text: `Walking the ring: ${plural(nodes.length, "node")} found so far`, isBad: false };
  }
  if (nowMs - walkedAtMs > staleAfterMs) {
    return { text: "Stale: below is the ring as it was", age: ageText(nowMs - walkedAtMs), isBad: true };
  }
  const silent = nodes.filter(({ isInRing, reach }) => isInRing && reach === null).length;
  if (silent > 0) {
    const answered = figuresOf(snapshot).members - silent;
    return {
      text: `Partial view: ${answered} of ${plural(figuresOf(snapshot).members, "node")} answered`,
      isBad: true,
    };
  }
  if (nodes.length === 1) {
    return {
      text: replicas > 1
        ? "This ring has one node, so there are no copies: a crash of it loses data. Start another with --bootstrap"
        : "This ring has one node",
      isBad: false,
    };
  }
  return { text: `All of ${plural(figuresOf(snapshot).members, "node")} answered`, isBad: false };
}
