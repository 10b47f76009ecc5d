/** What a caller may do; each may do what those before it may. */
export const roles = ["read", "write", "operator", "admin"] as const;
export type Role = typeof roles[number];

/** Who makes a request. */
export interface Caller {
  /** For the audit: a token's name, a node's address; never anything that lets somebody in. */
  readonly name: string;
  readonly role: Role;
  /** How it is known; `anyone` is whoever reaches a node that asks nobody. */
  readonly by: "anyone" | "token" | "session" | "ticket";
}

/** Where nobody is asked for a token. */
export const anyone: Caller = { name: "anyone", role: "admin", by: "anyone" };

export function mayDo({ role }: Caller, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
