import * as z from "zod/mini";
import { described } from "../described.ts";
import { fingerTable, nodeInfo, nodeStatus } from "../node_shapes.ts";
import { id, momentMs, natural, nodeRef, nodes } from "../protocol_shapes.ts";

/** What a page or a client can watch at a node, and what it is made of: items by their ids. */

export const logLevels = ["debug", "info", "warn", "error"] as const;

/** How a node stands: what it says of itself, or what the serving node makes of its answers and silences. */
export const ringItem = z.object({
  id,
  url: z.string(),
  state: z.enum(["alive", "joining", "suspect", "leaving", "dead", "left", "unknown"]),
  isSelf: described(z.boolean(), "the serving node"),
  isPredecessor: described(z.boolean(), "of the serving node"),
  successorIndex: described(z.nullable(natural), "place in its successor list, nearest first from 0"),
  rttMs: described(z.nullable(z.number().check(z.minimum(0))), "of the last ping; null: not measured"),
  lastSeenMs: described(z.nullable(momentMs), "by the serving node's wall clock; null: never in this life"),
});

/** One of the figures of a node, as measured over the last seconds. */
export const metricItem = z.object({
  value: described(z.nullable(z.number()), "null: not measured"),
  unit: z.enum(["1/s", "ms", "hops", "records", "bytes", "cores"]),
});

export const logLine = z.object({
  number: described(natural, "grows from line to line, over restarts too"),
  timeMs: momentMs,
  level: z.enum(logLevels),
  event: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** The data of a whole topic. In a delta all of it is optional. */
export const topicShapes = {
  ring: z.record(z.string(), ringItem),
  node: z.partial(z.object({
    info: nodeInfo,
    successors: nodes,
    predecessor: z.nullable(nodeRef),
    fingers: fingerTable.shape.entries,
    status: nodeStatus,
  })),
  metrics: z.record(z.string(), metricItem),
  logs: z.record(z.string(), logLine),
} as const;

export type TopicKind = keyof typeof topicShapes;
export type LogTopic = "logs" | `logs:${(typeof logLevels)[number]}`;
export type Topic = Exclude<TopicKind, "logs"> | LogTopic;
export type KindOf<T extends Topic> = T extends LogTopic ? "logs" : T;
export type TopicData<T extends Topic> = z.output<(typeof topicShapes)[KindOf<T>]>;

export type RingItem = z.output<typeof ringItem>;
export type RingItemState = RingItem["state"];
export type MetricItem = z.output<typeof metricItem>;
export type LogLine = z.output<typeof logLine>;

/** Every topic there is. `logs` is all that the node logs, `logs:warn` what is at least a warning. */
export const topics = [
  ...["ring", "node", "metrics", "logs"] as const,
  ...["logs:debug", "logs:info", "logs:warn", "logs:error"] as const,
] satisfies readonly Topic[];

export function kindOf(topic: Topic): TopicKind {
  return topic === "ring" || topic === "node" || topic === "metrics" ? topic : "logs";
}
