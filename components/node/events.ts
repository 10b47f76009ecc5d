import type { RingItem } from "../../core/live/topics.ts";
import { address } from "../ring/words.ts";
import { itemWords } from "../shell/ring_states.ts";

export const eventKinds = ["membership", "neighbours", "copies", "trouble"] as const;
export type EventKind = typeof eventKinds[number];

/** Something that happened to the node or to those it knows. */
export interface NodeEvent {
  /** Unique among the events of a page. */
  readonly id: string;
  readonly timeMs: number;
  readonly kind: EventKind;
  readonly text: string;
  /** Where it is known from: the node's log, or what this page saw change while it was open. */
  readonly source: "log" | "seen";
}

/** Events kept of each source. */
export const eventsMax = 500;

type Items = Readonly<Record<string, RingItem>>;

/** What changed between two looks at those that the node knows. Suspicions, too short for the log, are among it. */
export function changesBetween(before: Items, after: Items, timeMs: number): NodeEvent[] {
  const events: NodeEvent[] = [];
  const tell = (kind: EventKind, id: string, text: string) =>
    events.push({ id: `seen-${timeMs}-${id}-${events.length}`, timeMs, kind, text, source: "seen" });
  for (const item of Object.values(after)) {
    if (item.isSelf) continue;
    const [last, name] = [before[item.id], address(item.url)];
    if (last === undefined) tell("membership", item.id, `${name} was met for the first time.`);
    else if (last.state !== item.state) {
      tell("neighbours", item.id, `${name} was ${itemWords[last.state]} and is ${itemWords[item.state]}.`);
    }
    if (item.isPredecessor && last?.isPredecessor !== true) {
      tell("neighbours", item.id, `${name} became the predecessor.`);
    }
    if (item.successorIndex === 0 && last?.successorIndex !== 0) {
      tell("neighbours", item.id, `${name} became the successor.`);
    }
  }
  return events;
}

/** Newest first, of the wanted kinds. */
export function latestEvents(events: readonly NodeEvent[], kinds: ReadonlySet<EventKind>): NodeEvent[] {
  return events.filter(({ kind }) => kinds.has(kind)).toSorted((a, b) => b.timeMs - a.timeMs).slice(
    0,
    eventsMax,
  );
}
