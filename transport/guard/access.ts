import { anyone } from "./caller.ts";
import type { Access } from "./guard.ts";

/** Asks nobody for a token: only for nodes that strangers cannot reach. */
export const openAccess: Access = { callerOf: () => anyone };

/** Knows nobody: for nodes that strangers can reach, and that have no tokens. */
export const closedAccess: Access = { callerOf: () => null };
