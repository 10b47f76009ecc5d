import * as z from "zod/mini";
import { logLine, metricItem } from "../core/live/topics.ts";
import type { Chore } from "../core/upkeep.ts";
import type { RondoClient } from "./rondo_client.ts";
import type { CallOptions } from "./rest_form.ts";

/** What an operator asks of one node, and tells it: for consoles, which are given a client of that node alone. */

const measuresAnswer = z.object({
  metrics: z.record(z.string(), metricItem),
  history: z.optional(z.object({
    everyMs: z.number(),
    series: z.record(z.string(), z.array(z.nullable(z.number()))),
  })),
});

const settingsAnswer = z.object({
  settings: z.array(z.object({
    flag: z.string(),
    environment: z.nullable(z.string()),
    summary: z.string(),
    value: z.string(),
    source: z.enum(["flag", "environment", "file", "default"]),
  })),
});

const upkeepAnswer = z.object({
  chores: z.array(z.object({
    chore: z.string(),
    isRunning: z.boolean(),
    runs: z.int(),
    endedAgoMs: z.nullable(z.number()),
    tookMs: z.nullable(z.number()),
    problem: z.nullable(z.string()),
  })),
});

const logsAnswer = z.object({ lines: z.array(logLine) });

export type NodeMeasures = z.output<typeof measuresAnswer>;
export type NodeSetting = z.output<typeof settingsAnswer>["settings"][number];
export type ChoreState = z.output<typeof upkeepAnswer>["chores"][number];
export type { Chore };

/** The node's figures, and each of them in the last seconds, oldest first. */
export function readMeasures(
  client: RondoClient,
  historySeconds: number,
  options: CallOptions = {},
): Promise<NodeMeasures> {
  return client.ask(`/api/node/measures?history=${historySeconds}`, measuresAnswer, options);
}

/** The settings in effect, and where each comes from. */
export async function readSettings(client: RondoClient, options: CallOptions = {}): Promise<NodeSetting[]> {
  return (await client.ask("/api/node/config", settingsAnswer, options)).settings;
}

/** What the node does again and again, and how the last run of each ended. */
export async function readUpkeep(client: RondoClient, options: CallOptions = {}): Promise<ChoreState[]> {
  return (await client.ask("/api/node/upkeep", upkeepAnswer, options)).chores;
}

/** The last lines that the node has logged, oldest first. */
export async function readLogs(client: RondoClient, limit: number, options: CallOptions = {}) {
  return (await client.ask(`/api/logs?limit=${limit}`, logsAnswer, options)).lines;
}

/** Does a chore now rather than when it is due. */
export async function maintain(client: RondoClient, chore: Chore, options: CallOptions = {}): Promise<void> {
  await client.tell("/api/node/maintain", { chore }, options);
}

/** Ends the node at once, as a crash would; it refuses unless it runs with `--allow-kill`. */
export async function kill(client: RondoClient, options: CallOptions = {}): Promise<void> {
  await client.tell("/api/node/kill", {}, options);
}
