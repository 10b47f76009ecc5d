import type { Role } from "../core/role.ts";
import type { Fetch } from "./exchange.ts";

/** Who looks at a page. */
export interface Visitor {
  readonly name: string;
  readonly role: Role;
  /** What shows that a command comes from a page of the node; null where nobody has to sign in. */
  readonly csrf: string | null;
}

/** Name of the `<meta>` in which a page has its session's token. */
export const csrfMeta = "rondo-csrf";
const csrfHeader = "x-rondo-csrf";

/** The network. In a page, commands to its own node show that they come from the page. */
export const ownFetch: Fetch = (url, init) => fetch(url, "document" in globalThis ? shown(url, init) : init);

function shown(url: string, init: RequestInit): RequestInit {
  const isQuestion = (init.method ?? "GET") === "GET";
  if (isQuestion || new URL(url, location.href).origin !== location.origin) return init;
  const csrf = csrfOfPage();
  return csrf === undefined ? init : { ...init, headers: { ...init.headers, [csrfHeader]: csrf } };
}

/** Whether somebody had to sign in for the page. */
export function hasSession(): boolean {
  return csrfOfPage() !== undefined;
}

function csrfOfPage(): string | undefined {
  return document.querySelector<HTMLMetaElement>(`meta[name=${csrfMeta}]`)?.content;
}

/** Whether the node at `origin` does not know who asks: a socket that it refuses does not say so itself. */
export async function isSignedOut(origin: string, fetch: Fetch): Promise<boolean> {
  const { status } = await fetch(`${origin}/api/session`, {}).catch(() => ({ status: 0 }));
  return status === 401;
}
