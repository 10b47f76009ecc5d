import * as z from "zod";
import { serverFrame } from "../core/live/frames.ts";
import { logLine, metricItem } from "../core/live/topics.ts";
import { methods } from "../core/protocol.ts";
import { roles } from "../core/role.ts";
import { chores } from "../core/upkeep.ts";

/**
 * The JSON that REST answers, for the OpenAPI document and for tests. The wire's shapes with two differences:
 * moments are ISO 8601 text, and values stand beside their key.
 */

const neighbors = methods["chord.neighbors"].result.shape;
const value = methods["kv.get"].result.shape;
const listed = methods["kv.list"].result.shape.keys.def.element.shape;
const nodeRef = value.owner;
const moment = z.string().nullable().describe("ISO 8601, or null: never");

const error = z.object({
  code: z.string(),
  message: z.string(),
  requestId: z.string(),
  definite: z.literal(false).optional().describe("what was asked may have happened all the same"),
});

const line = z.int().min(1).describe("on which the row begins, from 1");
const importProgress = {
  done: z.int().min(0).describe("ok, skipped and failed together"),
  total: z.int().min(0).describe("rows of the file"),
  ok: z.int().min(0),
  skipped: z.int().min(0),
  failed: z.int().min(0),
  lastRow: line.nullable().describe("with all rows before it, it had its turn"),
};

export const shapes = {
  error: z.object({ error }),
  badFile: z.object({
    error,
    problems: z.array(z.object({ row: line, code: z.string(), message: z.string() }))
      .describe("the first 100"),
    bad: z.int().min(1).describe("problems in all"),
    rows: z.int().min(0).describe("rows that were read"),
  }),
  importLine: z.union([
    z.object({ id: z.string().describe("the first line: DELETE /api/import/{id} stops the import") }),
    z.object({
      row: line,
      key: z.string(),
      code: z.string().describe("DUPLICATE_KEY: a later row with this key is stored instead"),
      message: z.string(),
      definite: z.literal(false).optional().describe("the row may have been stored all the same"),
    }),
    z.object({
      finished: z.boolean().describe("every row had its turn; this is the last line"),
      reason: z.enum(["cancelled", "tooManyFailures", "internal"]).optional(),
      dry: z.boolean().describe("nothing was stored"),
      ...importProgress,
      created: z.int().min(0).describe("of ok: keys that did not exist"),
      unknown: z.int().min(0).describe("of failed: rows that may have been stored all the same"),
      duplicates: z.int().min(0).describe("of skipped: rows with the key of a later one"),
      seconds: z.number().min(0),
    }),
    z.object(importProgress),
  ]).describe("one line of JSON"),
  stopped: z.object({ success: z.literal(true) }),
  exportRow: z.object({
    key: z.string(),
    value: z.string().describe("base64"),
    version: listed.version,
    expiresAt: z.union([moment, z.int()]).describe("ISO 8601, in milliseconds beyond the year 9999, or null"),
  }).describe("one line of JSON"),
  value: z.object({
    key: z.string(),
    value: z.string().describe("base64"),
    found: z.literal(true),
    version: listed.version,
    expiresAt: moment,
    owner: nodeRef,
    hops: value.hops,
  }),
  absent: z.object({
    found: z.literal(false),
    version: z.optional(listed.version).describe("of the tombstone"),
  }),
  written: z.object({
    success: z.literal(true),
    key: z.string(),
    version: listed.version,
    owner: nodeRef,
    replicas: z.array(nodeRef),
    expiresAt: moment,
  }),
  deleted: z.object({ success: z.literal(true), version: listed.version }),
  keys: z.object({
    scope: z.enum(["node", "ring"]),
    keys: z.array(z.object({
      key: z.string(),
      size: z.int().min(0).describe("bytes of the value"),
      version: listed.version,
      expiresAt: moment,
      role: z.enum([...listed.role.options, "none"]).describe("of the node that answers"),
      owner: z.optional(nodeRef).describe("with scope=ring"),
    })),
    cursor: z.string().nullable().describe("for the next page; null when nothing follows"),
    searched: z.number().min(0).max(1).optional().describe("with scope=ring: how much of it is done"),
  }),
  info: methods["node.info"].result,
  successors: z.object({ successors: neighbors.successors }),
  predecessor: z.object({ predecessor: neighbors.predecessor }),
  fingers: methods["node.fingers"].result,
  peers: methods["node.peers"].result,
  ping: methods["chord.ping"].result,
  lookup: z.object({
    key: z.string(),
    keyHash: z.string(),
    partition: z.int().min(0),
    position: z.string(),
    path: z.array(z.object({
      id: z.string(),
      url: z.string(),
      via: z.enum(["self", "finger", "successor", "cache", "answer"]),
      rttMs: z.number().min(0),
      outcome: z.enum(["owner", "closer", "failed"]),
    })),
    hops: z.int().min(0),
    responsibleNode: nodeRef,
    replicas: z.array(nodeRef),
  }),
  ring: z.object({
    nodes: z.array(z.object({
      id: z.string(),
      url: z.string(),
      isReachable: z.boolean(),
      phase: z.nullable(neighbors.phase),
      predecessor: neighbors.predecessor,
    })),
    isClosed: z.boolean().describe("the walk came back to where it began"),
  }),
  measures: z.object({
    metrics: z.record(z.string(), metricItem),
    history: z.object({
      everyMs: z.number(),
      series: z.record(z.string(), z.array(metricItem.shape.value)).describe("oldest first"),
    }).optional(),
  }),
  logs: z.object({ lines: z.array(logLine).describe("oldest first") }),
  config: z.object({
    settings: z.array(z.object({
      flag: z.string(),
      environment: z.string().nullable().describe("the variable that says the same"),
      summary: z.string(),
      value: z.string().describe("as a flag would have it; of a secret only its length"),
      source: z.enum(["flag", "environment", "file", "default"]),
    })),
  }),
  upkeep: z.object({
    chores: z.array(z.object({
      chore: z.enum(chores),
      isRunning: z.boolean(),
      runs: z.int().min(0).describe("that have ended since the node started"),
      endedAgoMs: z.number().min(0).nullable().describe("null before the first run has ended"),
      tookMs: z.number().min(0).nullable(),
      problem: z.string().nullable().describe("why the last run failed"),
    })),
  }),
  liveFrame: serverFrame,
  metricsText: z.string().describe("one line"),
  session: z.object({
    name: z.string().describe("of the token"),
    role: z.enum(roles),
    csrf: z.string().nullable().describe("null for whoever has no cookie"),
  }),
  ticket: z.object({ ticket: z.string(), expiresAt: z.iso.datetime() }),
  accepted: z.object({ accepted: z.literal(true) }),
  health: z.object({ ok: z.literal(true) }),
  ready: z.object({ ready: z.boolean(), reason: z.string().optional() }),
  document: z.looseObject({}),
} as const;

export type Shape = keyof typeof shapes;

/** The last moment that a Date can be. */
const lastMomentMs = 8.64e15;

/** Moments travel as numbers between programs and as ISO 8601 to people. */
export function isoMoment(ms: number | null): string | null {
  return ms === null ? null : new Date(Math.min(ms, lastMomentMs)).toISOString();
}
