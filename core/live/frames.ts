import * as z from "zod/mini";
import { described } from "../described.ts";
import { incarnation, momentMs, natural, nodeRef } from "../protocol_shapes.ts";
import { topics } from "./topics.ts";

/**
 * What travels over `/api/ws`, one JSON object a message (docs/live.md).
 *
 * The shape is list, watch, bookmark and gone: a snapshot with a version, deltas that each lead from one version to
 * the next, marks while nothing changes, and a plain word when the thread is lost.
 */

const topic = z.enum(topics);
const version = described(natural, "of the topic's data; grows, over restarts of the node too");
const items = z.record(z.string(), z.unknown());

/** What a client says. */
export const clientFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("sub"),
    topic,
    since: described(
      z.optional(version),
      "the version that the client has; without it, or too old: a snapshot",
    ),
  }),
  z.object({ type: z.literal("unsub"), topic }),
]);

const errorCodes = ["BAD_JSON", "BAD_FRAME", "TOO_FAST", "UNAVAILABLE"] as const;

/** What a node says. Clients ignore types that they do not know. */
export const serverFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    node: nodeRef,
    incarnation,
    serverTimeMs: momentMs,
    version: described(z.string(), "of the software"),
  }),
  z.object({ type: z.literal("snap"), topic, version, data: items }),
  z.object({
    type: z.literal("delta"),
    topic,
    from: described(version, "the delta is of use only to those who are there"),
    to: version,
    set: items,
    del: z.array(z.string()),
  }),
  z.object({ type: z.literal("mark"), topic, version, serverTimeMs: momentMs }),
  described(
    z.object({ type: z.literal("gone"), topic }),
    "deltas were dropped: subscribe again, without since",
  ),
  z.object({ type: z.literal("err"), code: z.enum(errorCodes), message: z.string() }),
  z.object({
    type: z.literal("bye"),
    reason: z.string(),
    retryAfterMs: described(natural, "before that nobody is here, or too many are coming back"),
  }),
]);

export type ClientFrame = z.output<typeof clientFrame>;
export type ServerFrame = z.output<typeof serverFrame>;
export type ServerFrameOf<T extends ServerFrame["type"]> = Extract<ServerFrame, { type: T }>;
export type LiveErrorCode = (typeof errorCodes)[number];

/** A subscribed topic is heard of at least this often, so that silence means a dead connection. */
export const markEveryMs = 10_000;

/** The frame in a message, or null: it is not one that we know. */
export function readServerFrame(text: unknown): ServerFrame | null {
  return serverFrame.safeParse(parsed(text)).data ?? null;
}

/** The frame in a message, or what is wrong with it. */
export function readClientFrame(text: unknown): ClientFrame | ServerFrameOf<"err"> {
  const value = parsed(text);
  if (value === undefined) return errorFrame("BAD_JSON", "Cannot read the message: it is not JSON");
  const frame = clientFrame.safeParse(value);
  if (frame.success) return frame.data;
  return errorFrame("BAD_FRAME", "Cannot use the message: it takes sub or unsub with a topic that exists");
}

export function errorFrame(code: LiveErrorCode, message: string): ServerFrameOf<"err"> {
  return { type: "err", code, message };
}

function parsed(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
