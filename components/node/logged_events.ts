import type { LogLine } from "../../core/live/topics.ts";
import { address, duration, plural } from "../ring/words.ts";
import type { EventKind, NodeEvent } from "./events.ts";

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
