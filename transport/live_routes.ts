import { logLevels } from "../core/live/topics.ts";
import type { LogLevel } from "../core/ports.ts";
import type { NodeService } from "../core/service.ts";
import { answerLive } from "./live/live_door.ts";
import type { LiveHub } from "./live/live_hub.ts";
import { type LogBuffer, logLinesMax } from "./live/log_buffer.ts";
import { historySamplesMax, type Measures, sampleEveryMs } from "./measures/measures.ts";
import { json, type RestCall } from "./rest_call.ts";
import { badRequest, readQuery } from "./rest_input.ts";
import type { Route } from "./route.ts";

/** What a node lets others watch. */
export interface LiveParts {
  readonly hub: LiveHub;
  readonly measures: Measures;
  readonly logs: LogBuffer;
}

const linesDefault = 100;
/** The node itself is asked, which takes no time that would have to be bounded. */
const membersTimeoutMs = 1_000;

/** The feed of a node, and the same by asking again and again, for those who cannot open a WebSocket. */
export function liveRoutes(node: NodeService, { hub, measures, logs }: LiveParts): Route[] {
  return [
    {
      method: "GET",
      path: "/api/ws",
      summary: "A WebSocket that tells of every change of ring, node, metrics and logs (docs/live.md)",
      answers: { 101: "liveFrame" },
      handle: ({ caller, request, query }) => {
        readQuery(query, []);
        return answerLive(request, hub, {
          isMember: (origin) => isMember(node, origin),
          isKnown: caller?.isStillKnown,
        });
      },
    },
    {
      method: "GET",
      path: "/api/node/measures",
      summary: "What the node measures of its own work, over the last seconds",
      query: { history: `seconds of the past to give too, 1 to ${historySamplesMax}` },
      answers: { 200: "measures" },
      handle: (call) => answerMeasures(measures, call),
    },
    {
      method: "GET",
      path: "/api/logs",
      summary: "The last lines that the node has logged; with `after`, those that follow",
      query: {
        level: "the least: debug, info, warn or error",
        after: "number of the last line that is known",
        limit: `1 to ${logLinesMax}`,
      },
      answers: { 200: "logs" },
      handle: (call) => answerLogs(logs, call),
    },
  ];
}

/** Pages of one node watch others too. Who has left serves no pages. */
async function isMember(node: NodeService, origin: string): Promise<boolean> {
  if (originOf(node.self.url) === origin) return true;
  const { peers } = await node.handle("node.peers", {}, { timeoutMs: membersTimeoutMs });
  return peers.some((peer) => peer.health !== "left" && originOf(peer.node.url) === origin);
}

function originOf(url: string): string | null {
  return URL.parse(url)?.origin ?? null;
}

function answerMeasures(measures: Measures, { query }: RestCall): Response {
  const history = readQuery(query, ["history"]).get("history");
  if (history === undefined) return json({ metrics: measures.latest });
  const seconds = readWhole("history", history, 1, historySamplesMax);
  const everyMs = sampleEveryMs;
  return json({ metrics: measures.latest, history: { everyMs, series: measures.history(seconds) } });
}

function answerLogs(logs: LogBuffer, { query }: RestCall): Response {
  const asked = readQuery(query, ["level", "after", "limit"]);
  const level = readLevel(asked.get("level") ?? "debug");
  const limit = readWhole("limit", asked.get("limit") ?? String(linesDefault), 1, logLinesMax);
  const after = asked.get("after");
  if (after === undefined) return json({ lines: logs.lines(level).slice(-limit) });
  const number = readWhole("after", after, 0, Number.MAX_SAFE_INTEGER);
  return json({ lines: logs.lines(level, number).slice(0, limit) });
}

function readLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level !== undefined) return level;
  throw badRequest("BAD_QUERY", `Cannot use this level: it takes ${logLevels.join(", ")}`);
}

function readWhole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value >= least && value <= most) return value;
  throw badRequest("BAD_QUERY", `Cannot use this ${name}: it takes a whole number from ${least} to ${most}`);
}
