import type { LogLine, RingItem } from "../../core/live/topics.ts";
import { address, duration, plural } from "../ring/words.ts";
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

type Fields = LogLine["fields"];

/** What is worth telling, in words. Everything else the log knows is on the logs page. */
const told: Readonly<Record<string, readonly [EventKind, (fields: Fields) => string]>> = {
  started: ["membership", ({ start }) => `started, and ${startWords(start)}`],
  leaveAsked: ["membership", () => "was asked to leave the ring"],
  haltAsked: ["membership", () => "was asked to stop and keep its data"],
  killAsked: ["membership", () => "was killed on request"],
  leaving: ["membership", () => "began to leave the ring"],
  left: [
    "membership",
    ({ handedOver }) => handedOver === true ? "left, all handed over" : "left, and keeps what found no taker",
  ],
  bootstrapRetried: ["membership", () => "found nobody to join through, and tries again"],
  nodeForgotten: ["membership", ({ id }) => `gave up node ${text(id).slice(0, 8)} for good`],
  alone: ["neighbours", () => "found itself alone: nobody it knew answers"],
  successorDropped: [
    "neighbours",
    ({ node, health }) => `dropped its successor ${address(text(node))}, which is ${text(health)}`,
  ],
  ringChanged: ["neighbours", () => "changed its neighbours"],
  peerCondemned: ["neighbours", ({ peer }) => `took ${address(text(peer))} for dead, and others agreed`],
  peerVouched: ["neighbours", ({ peer }) => `heard from others that ${address(text(peer))} is there`],
  viewChanged: [
    "copies",
    ({ partitions, members }) =>
      `gave ${plural(Number(partitions), "partition")} new keepers: ${keepers(members)}`,
  ],
  partitionsBegunAnew: [
    "copies",
    ({ partitions }) => `began ${plural(Number(partitions), "lost partition")} anew`,
  ],
  partitionDamaged: ["trouble", ({ partition }) => `found a damaged record in partition ${text(partition)}`],
  awayTooLong: [
    "trouble",
    ({ awayMs }) => `was away for ${duration(Number(awayMs))}, so its copies are checked`,
  ],
  paused: ["trouble", ({ forMs }) => `did not run for ${duration(Number(forMs))}: a pause of the machine`],
  clockOffset: [
    "trouble",
    ({ state, offsetMs }) => `finds its clock ${text(state)}, ${text(offsetMs)} ms from its peers'`,
  ],
  "store.notWritable": ["trouble", () => "cannot write to its disk"],
  "store.writable": ["trouble", () => "can write to its disk again"],
  "store.recordDamaged": ["trouble", () => "found a damaged record"],
};

/** The events among the lines of the log, oldest first. */
export function eventsInLog(lines: readonly LogLine[]): NodeEvent[] {
  return lines.flatMap(({ event, fields, number, timeMs }) => {
    const known = Object.hasOwn(told, event) ? told[event] : undefined;
    if (known === undefined) return [];
    const [kind, write] = known;
    return [{
      id: `log-${number}`,
      timeMs,
      kind,
      text: `This node ${write(fields)}.`,
      source: "log" as const,
    }];
  });
}

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

function startWords(start: unknown): string {
  if (start === "founded") return "made a new ring";
  return start === "joined" ? "joined the ring" : "took up its place in the ring again";
}

/** Logged as JSON text, or as it is. */
function keepers(members: unknown): string {
  return text(members).replaceAll(/[[\]"]/g, "").split(",").map(address).join(", ");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : value === null || value === undefined ? "?" : String(value);
}
