import { sessionMs } from "./sessions.ts";

/**
 * Browsers keep the cookies of a host apart by its name alone, not by the port, so the port stands in the cookie's
 * name: nodes of one machine, and tunnels to several, do not sign each other's visitors out.
 */
export function cookieName(host: string): string {
  return `rondo-${/:([0-9]{1,5})$/.exec(host)?.[1] ?? "80"}`;
}

/** The cookie of this name; null without one. */
export function readCookie(header: string | null, name: string): string | null {
  for (const pair of header?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** `Strict`: no page of another site sends it along; `HttpOnly`: no script reads it. */
const attributes = "Path=/; HttpOnly; SameSite=Strict";

export function sessionCookie(name: string, id: string): string {
  return `${name}=${id}; ${attributes}; Max-Age=${sessionMs / 1_000}`;
}

export function noCookie(name: string): string {
  return `${name}=; ${attributes}; Max-Age=0`;
}
