import * as z from "zod";
import { serverFrame } from "../core/live/frames.ts";
import { logLine, metricItem } from "../core/live/topics.ts";
import { methods } from "../core/protocol.ts";

/**
 * The JSON that REST answers, for the OpenAPI document and for tests. The wire's shapes with two differences:
 * moments are ISO 8601 text, and values stand beside their key.
 */

const neighbors = methods["chord.neighbors"].result.shape;
const value = methods["kv.get"].result.shape;
const listed = methods["kv.list"].result.shape.keys.element.shape;
const nodeRef = value.owner;
const moment = z.string().nullable().describe("ISO 8601, or null: never");

export const shapes = {
  error: z.object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      requestId: z.string(),
      definite: z.literal(false).optional().describe("what was asked may have happened all the same"),
    }),
  }),
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
    version: listed.version.optional().describe("of the tombstone"),
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
    scope: z.literal("node"),
    keys: z.array(z.object({
      key: z.string(),
      size: z.int().min(0).describe("bytes of the value"),
      version: listed.version,
      expiresAt: moment,
      role: listed.role,
    })),
    cursor: z.string().nullable().describe("for the next page; null when nothing follows"),
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
      phase: neighbors.phase.nullable(),
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
  liveFrame: serverFrame,
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
