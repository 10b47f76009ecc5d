import type { NodeService } from "../core/service.ts";
import { drain } from "./bounded_body.ts";
import type { Role } from "./guard/caller.ts";
import { type ContextOf, json, requireJson, type RestCall } from "./rest_call.ts";
import { RestError } from "./rest_error.ts";
import { readQuery } from "./rest_input.ts";
import type { Route } from "./route.ts";

/** What the process around the node does when it is told to go. */
export interface ControlOptions {
  /** Begins the hand-over that ends the process; called for every request, so a second call must do no harm. */
  readonly onLeave: () => void;
  /** Ends the process without a word to anyone, soon after the answer is out. Never called unless `allowKill`. */
  readonly onKill?: (() => void) | undefined;
  readonly allowKill?: boolean | undefined;
}

/** Commands to a node, and the two questions of a load balancer. */
export function controlRoutes(node: NodeService, contextOf: ContextOf, options: ControlOptions): Route[] {
  return [
    command(
      "ping",
      "read",
      "Whether the node is there, and which life of it answers",
      "ping",
      async ({ request }) => {
        return json(await node.handle("chord.ping", {}, contextOf(request.headers)));
      },
    ),
    command("leave", "operator", "Hands over the node's data and ends it", "accepted", () => {
      options.onLeave();
      return json({ accepted: true }, 202);
    }),
    command(
      "kill",
      "admin",
      "Ends the node at once, as a crash would; only with --allow-kill",
      "accepted",
      () => {
        if (!options.allowKill) {
          throw new RestError(403, "FORBIDDEN", "Cannot kill: the node runs without --allow-kill");
        }
        options.onKill?.();
        return json({ accepted: true }, 202);
      },
    ),
    {
      method: "GET",
      path: "/health",
      role: null,
      summary: "The process answers",
      answers: { 200: "health" },
      handle: () => json({ ok: true }),
    },
    {
      method: "GET",
      path: "/ready",
      role: null,
      summary: "The node is a member and has all that it answers for; else why not",
      answers: { 200: "ready", 503: "ready" },
      handle: ({ caller }) => readiness(node, caller !== null),
    },
  ];
}

function command(
  name: "ping" | "leave" | "kill",
  role: Role,
  summary: string,
  shape: "ping" | "accepted",
  handle: (call: RestCall) => Response | Promise<Response>,
): Route {
  return {
    method: "POST",
    path: `/api/node/${name}`,
    role,
    summary,
    answers: { [shape === "ping" ? 200 : 202]: shape },
    handle: async (call) => {
      readQuery(call.query, []);
      if (call.request.headers.has("content-type")) requireJson(call.request);
      await drain(call.request);
      return await handle(call);
    },
  };
}

/** @param isKnown strangers learn whether to send work here, and nothing of what goes on. */
async function readiness(node: NodeService, isKnown: boolean): Promise<Response> {
  const { ready, reason } = await node.info();
  if (ready) return json({ ready });
  return json(isKnown ? { ready, reason: reason ?? "not ready" } : { ready }, 503);
}
