import { anyone } from "./caller.ts";
import type { Access } from "./guard.ts";

/** Asks nobody for a token: only for nodes that strangers cannot reach. */
export const openAccess: Access = { callerOf: () => anyone };
