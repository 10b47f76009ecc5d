import { includesRole, type Role } from "../../core/role.ts";

export { type Role, roles } from "../../core/role.ts";

/** Who makes a request. */
export interface Caller {
  /** For the audit: a token's name, a node's address; never anything that lets somebody in. */
  readonly name: string;
  readonly role: Role;
  /** How it is known; `anyone` is whoever reaches a node that asks nobody. */
  readonly by: "anyone" | "token" | "session" | "ticket";
  /** Whether it would still be let in, for what goes on after a request: tokens are revoked, and sessions end. */
  readonly isStillKnown?: () => boolean;
}

/** Where nobody is asked for a token. */
export const anyone: Caller = { name: "anyone", role: "admin", by: "anyone" };

export function mayDo({ role }: Caller, needed: Role): boolean {
  return includesRole(role, needed);
}
