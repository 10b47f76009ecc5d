import { timingSafeEqual } from "@std/crypto";
import type { Caller } from "../guard/caller.ts";
import { digestOf, newSecret } from "./credential.ts";
import type { KnownToken, TokenBook } from "./token_book.ts";

/** A working day, and the evening after it. */
export const sessionMs = 12 * 3_600_000;
/** Signed-in browsers; each is some hundred bytes. The one that began first makes room. */
export const sessionsMax = 1_024;
/** Of one token, so that nobody can sign out others by signing in again and again. */
export const sessionsPerTokenMax = 32;

/** Somebody who has shown a token in a browser. */
export interface Session {
  readonly caller: Caller;
  /** What pages of this node send with each mutation, and no page of another site knows. */
  readonly csrf: string;
  readonly endsAtMs: number;
  readonly token: KnownToken["record"];
}

/** Those who are signed in, in memory: they end with the process. */
export class Sessions {
  /** By the digest of their id, in the order of their beginnings: who sees this memory signs in as nobody. */
  readonly #sessions = new Map<string, Session>();

  constructor(readonly book: TokenBook, readonly wallNow: () => number) {}

  get size(): number {
    return this.#sessions.size;
  }

  /** @returns the id, for the cookie alone. */
  begin({ record, caller: { name, role } }: KnownToken): { id: string; session: Session } {
    this.#makeRoom(record.sha256);
    const id = newSecret();
    const key = digestOf(id).toHex();
    const caller: Caller = { name, role, by: "session", isStillKnown: () => this.#find(key) !== null };
    const endsAtMs = this.wallNow() + sessionMs;
    const session = { caller, csrf: newSecret(), endsAtMs, token: record };
    this.#sessions.set(key, session);
    return { id, session };
  }

  /** Null: there is none, or not any more. */
  find(id: string): Session | null {
    return this.#find(digestOf(id).toHex());
  }

  end(id: string): void {
    this.#sessions.delete(digestOf(id).toHex());
  }

  #find(key: string): Session | null {
    const session = this.#sessions.get(key);
    if (session === undefined) return null;
    if (this.wallNow() < session.endsAtMs && this.book.holds(session.token)) return session;
    this.#sessions.delete(key);
    return null;
  }

  #makeRoom(sha256: string): void {
    const ofToken = [...this.#sessions].filter(([, { token }]) => token.sha256 === sha256);
    for (const [key] of ofToken.slice(0, Math.max(0, ofToken.length - sessionsPerTokenMax + 1))) {
      this.#sessions.delete(key);
    }
    for (const key of this.#sessions.keys()) {
      if (this.#sessions.size < sessionsMax) return;
      this.#sessions.delete(key);
    }
  }
}

/** Whether what a page sends is the session's token, in a time that tells nothing of it. */
export function isCsrf(sent: string | null, { csrf }: Session): boolean {
  return sent !== null && timingSafeEqual(digestOf(sent), digestOf(csrf));
}
