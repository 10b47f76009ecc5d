import * as z from "zod";
import type { Chore, ChoreReport } from "../core/upkeep.ts";
import { chores } from "../core/upkeep.ts";
import { json, readJsonBody } from "./rest_call.ts";
import { RestError } from "./rest_error.ts";
import { readQuery } from "./rest_input.ts";
import type { Route } from "./route.ts";

/** One setting of the node as it is in effect. */
export interface EffectiveSetting {
  readonly flag: string;
  /** Null for what is only ever a flag. */
  readonly environment: string | null;
  readonly summary: string;
  /** Never the text of a secret. */
  readonly value: string;
  readonly source: "flag" | "environment" | "file" | "default";
}

/** What an operator may look at and do beside the ring's own business. */
export interface OperatorParts {
  readonly settings: readonly EffectiveSetting[];
  readonly upkeepReport: () => readonly ChoreReport[];
  /** Does the chore now; false when the node is no member and has none to do. */
  readonly maintain: (chore: Chore) => boolean;
}

/** A chore's name and some room. */
const bodyBytesMax = 256;
const command = z.strictObject({ chore: z.enum(chores) });

/** How the node was set up, and its upkeep: what was done last, and doing it now. */
export function maintenanceRoutes({ settings, upkeepReport, maintain }: OperatorParts): Route[] {
  return [
    {
      method: "GET",
      path: "/api/node/config",
      summary: "The settings in effect, and where each comes from",
      answers: { 200: "config" },
      handle: ({ query }) => {
        readQuery(query, []);
        return json({ settings });
      },
    },
    {
      method: "GET",
      path: "/api/node/upkeep",
      summary: "What the node does again and again, and how the last run of each ended",
      answers: { 200: "upkeep" },
      handle: ({ query }) => {
        readQuery(query, []);
        return json({ chores: upkeepReport() });
      },
    },
    {
      method: "POST",
      path: "/api/node/maintain",
      role: "operator",
      summary: "Does a chore now rather than when it is due; harmless at any time",
      answers: { 202: "accepted" },
      handle: async ({ request, query }) => {
        readQuery(query, []);
        const { chore } = await readJsonBody(request, command, bodyBytesMax);
        if (!maintain(chore)) {
          throw new RestError(409, "NOT_A_MEMBER", "Cannot do this now: the node is no member of the ring");
        }
        return json({ accepted: true }, 202);
      },
    },
  ];
}
