import type { Caller } from "../guard/caller.ts";
import { type Access, isMutation, unauthenticated } from "../guard/guard.ts";
import { isOwnOrigin } from "../guard/origins.ts";
import type { RestCall } from "../rest_call.ts";
import { RestError } from "../rest_error.ts";
import { cookieName, readCookie } from "./cookie.ts";
import { isCsrf, type Session, type Sessions } from "./sessions.ts";
import { ticketPrefix, type Tickets } from "./tickets.ts";
import type { TokenBook } from "./token_book.ts";

/** Proves that a mutation comes from a page of this node: other sites can make browsers send cookies, not this. */
export const csrfHeader = "x-rondo-csrf";

export interface TokenAccessOptions {
  readonly book: TokenBook;
  readonly sessions: Sessions;
  readonly tickets: Tickets;
  /** Told of every wrong token. @throws RestError 429 when it was one too many from there. */
  readonly onWrong: (call: RestCall) => void;
}

const scheme = /^bearer /i;

/** Knows callers by their token, by the ticket of another node, or by the session of their browser. */
export class TokenAccess implements Access {
  constructor(readonly options: TokenAccessOptions) {}

  callerOf(call: RestCall): Caller | null {
    const shown = call.request.headers.get("authorization");
    return shown === null ? this.#bySession(call) : this.#byBearer(shown, call);
  }

  /** The session of the browser that makes the call; a cookie counts for pages of this very host only. */
  sessionOf({ request: { headers, url } }: RestCall): Session | null {
    const cookies = headers.get("cookie");
    if (cookies === null) return null;
    const origin = headers.get("origin");
    if (origin !== null && !isOwnOrigin(origin, url)) return null;
    const id = readCookie(cookies, cookieName(headers.get("host") ?? ""));
    return id === null ? null : this.options.sessions.find(id);
  }

  #byBearer(shown: string, call: RestCall): Caller {
    const { book, onWrong, tickets } = this.options;
    const text = scheme.test(shown) ? shown.slice("bearer ".length) : "";
    const caller = text.startsWith(ticketPrefix) ? tickets.read(text) : book.find(text)?.caller ?? null;
    if (caller !== null) return caller;
    onWrong(call);
    throw unauthenticated();
  }

  #bySession(call: RestCall): Caller | null {
    const session = this.sessionOf(call);
    if (session === null) return null;
    if (isMutation(call.request) && !isCsrf(call.request.headers.get(csrfHeader), session)) {
      throw new RestError(403, "BAD_CSRF", `Cannot take this without the session's token in ${csrfHeader}`);
    }
    return session.caller;
  }
}
