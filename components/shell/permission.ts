import { includesRole, type Role } from "../../core/role.ts";

/** Why somebody may not do what takes a role; null when he may. */
export function whyNot(role: Role, needed: Role): string | null {
  return includesRole(role, needed) ? null : `This takes the role ${needed}, and yours is ${role}`;
}
