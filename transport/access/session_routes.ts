import * as z from "zod";
import { anyone } from "../guard/caller.ts";
import { isLoopbackName } from "../guard/hosts.ts";
import { unauthenticated } from "../guard/guard.ts";
import { addressOf, json, readJsonBody, requireJson, type RestCall } from "../rest_call.ts";
import { networkOf } from "../guard/addresses.ts";
import { RestError } from "../rest_error.ts";
import { readQuery } from "../rest_input.ts";
import type { Route } from "../route.ts";
import type { BackOff } from "./back_off.ts";
import { cookieName, noCookie, readCookie, sessionCookie } from "./cookie.ts";
import { tooMany } from "./request_rates.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { TokenAccess } from "./token_access.ts";
import type { Tickets } from "./tickets.ts";
import type { TokenBook } from "./token_book.ts";

/** What signing in takes. */
export interface SignInParts {
  readonly access: TokenAccess;
  readonly book: TokenBook;
  readonly sessions: Sessions;
  readonly tickets: Tickets;
  readonly backOff: BackOff;
}

/** A token and its braces. */
const bodyBytesMax = 256;
const signInBody = z.strictObject({ token: z.string() });
/** What is told to one browser is kept by none. */
const noStore = { "cache-control": "no-store" };

/** How a browser shows a token once and is known from then on, and what it shows to other nodes. */
export function sessionRoutes(parts: SignInParts): Route[] {
  return [
    {
      method: "POST",
      path: "/api/session",
      role: null,
      summary:
        "Signs a browser in: takes a token once and gives a cookie for 12 hours; on loopback names only",
      answers: { 200: "session" },
      handle: (call) => signIn(parts, call),
    },
    {
      method: "GET",
      path: "/api/session",
      role: "read",
      summary: "Who asks, with which role; `csrf` goes into x-rondo-csrf of every command by cookie",
      answers: { 200: "session" },
      handle: (call) => {
        readQuery(call.query, []);
        const { name, role } = call.caller ?? anyone;
        return json({ name, role, csrf: parts.access.sessionOf(call)?.csrf ?? null }, 200, noStore);
      },
    },
    {
      method: "DELETE",
      path: "/api/session",
      role: "read",
      summary: "Signs the browser out",
      answers: { 200: "stopped" },
      handle: (call) => signOut(parts, call),
    },
    {
      method: "GET",
      path: "/api/ticket",
      role: "read",
      summary: "A token to read from the other nodes of the ring, for five minutes",
      answers: { 200: "ticket" },
      handle: (call) => giveTicket(parts, call),
    },
  ];
}

/** A cookie over plain HTTP is for whoever is on the way: between browser and node there must be no way. */
export function maySignInAt(host: string): boolean {
  return isLoopbackName(host.replace(/:[0-9]{1,5}$/, "").toLowerCase());
}

async function signIn({ backOff, book, sessions }: SignInParts, call: RestCall): Promise<Response> {
  readQuery(call.query, []);
  const host = call.request.headers.get("host") ?? "";
  if (!maySignInAt(host)) {
    const message =
      "Cannot sign in over plain HTTP from another machine: reach this node through an SSH tunnel";
    throw new RestError(403, "NEEDS_LOOPBACK", message);
  }
  const network = networkOf(addressOf(call));
  checkPatience(backOff, network);
  const { token } = await readJsonBody(call.request, signInBody, bodyBytesMax);
  // Others may have failed from there meanwhile.
  checkPatience(backOff, network);
  const known = book.find(token);
  if (known === null) {
    backOff.failed(network);
    throw unauthenticated();
  }
  backOff.succeeded(network);
  const { id, session } = sessions.begin(known);
  call.caller = session.caller;
  return json(described(session), 200, { ...noStore, "set-cookie": sessionCookie(cookieName(host), id) });
}

function checkPatience(backOff: BackOff, network: string): void {
  const waitMs = backOff.waitMs(network);
  if (waitMs > 0) throw tooMany(waitMs);
}

async function signOut({ sessions }: SignInParts, { query, request }: RestCall): Promise<Response> {
  readQuery(query, []);
  requireJson(request);
  await request.body?.cancel();
  const name = cookieName(request.headers.get("host") ?? "");
  const id = readCookie(request.headers.get("cookie"), name);
  if (id !== null) sessions.end(id);
  return json({ success: true }, 200, { ...noStore, "set-cookie": noCookie(name) });
}

/** No ticket for a ticket: it would never end. */
function giveTicket({ tickets }: SignInParts, { caller, query }: RestCall): Response {
  readQuery(query, []);
  if (caller === null || caller === undefined || caller.by === "ticket") {
    throw new RestError(403, "FORBIDDEN", "Cannot give a ticket for a ticket: it takes a token or a session");
  }
  const issued = tickets.issue(caller);
  if (issued === null) {
    throw new RestError(404, "NO_RING_SECRET", "Cannot give a ticket: other nodes could not tell it is ours");
  }
  const { ticket, expiresAtMs } = issued;
  return json({ ticket, expiresAt: new Date(expiresAtMs).toISOString() }, 200, noStore);
}

function described({ caller: { name, role }, csrf }: Session) {
  return { name, role, csrf };
}
