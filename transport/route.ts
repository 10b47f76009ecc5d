import type { Role } from "./guard/caller.ts";
import type { RestCall } from "./rest_call.ts";
import type { Shape } from "./rest_shapes.ts";

/** What a path of the REST interface offers, for the router and for the OpenAPI document alike. */
export interface RouteDescription {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** As OpenAPI writes it: `{id}` is one segment, `{key}` the rest of the path. */
  readonly path: string;
  readonly summary: string;
  /** What the caller must be allowed; null: nobody is asked. `read` for GET and `write` for all else by default. */
  readonly role?: Role | null;
  readonly query?: Readonly<Record<string, string>>;
  /** Media types of the body, where they are not JSON. */
  readonly takes?: readonly string[];
  /** Media types of the good answers, where they are not JSON; the shape is then one line's. */
  readonly gives?: readonly string[];
  /** The good answers and their shapes; every route may answer an error besides. */
  readonly answers: Readonly<Record<number, Shape>>;
  /** Refusals that say more than an error does, and their shapes. */
  readonly refusals?: Readonly<Record<number, Shape>>;
}

export function roleOf({ method, role }: RouteDescription): Role | null {
  if (role !== undefined) return role;
  return method === "GET" ? "read" : "write";
}

export interface Route extends RouteDescription {
  readonly handle: (
    call: RestCall,
    parameters: Readonly<Record<string, string>>,
  ) => Response | Promise<Response>;
}
