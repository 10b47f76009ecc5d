/** What somebody may do; each role may do what those before it may. */
export const roles = ["read", "write", "operator", "admin"] as const;
export type Role = typeof roles[number];

export function includesRole(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
