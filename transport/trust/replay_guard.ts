import type { Nonce } from "./signed_text.ts";

/** How far a sender's clock may be from ours, either way, its message's way included. */
export const windowMs = 60_000;

/** How many later requests of its session a request may be overtaken by: a second's at full speed, in 2 KiB. */
const numbersMax = 16_384;

/** Starts of one sender within two windows. */
const sessionsMax = 16;

/** Senders within two windows; more than any ring that is known here has members. */
const sendersMax = 4_096;

/** Why a request whose signature is right is refused all the same. */
export type Refusal = "expired" | "replayed" | "full";

interface Session {
  readonly numbers: NumberWindow;
  /** The newest of its requests says until when it has to be remembered. */
  latestMs: number;
}

/**
 * Lets every signed request in once.
 *
 * A request is good while its time is within the window, and until then its number is remembered: as a sliding
 * window over each session's numbers (the anti-replay window of RFC 4303, section 3.4.3), which is as exact as a set of
 * nonces and does not grow with the load. What would not fit is refused; nothing is forgotten early.
 */
export class ReplayGuard {
  readonly #senders = new Map<string, Map<string, Session>>();
  /** Requests of this moment and before are over: we did not run then, or have forgotten what came. */
  #overMs: number;

  /** @param startedAtMs a request that was signed before was not for this process, which cannot know it. */
  constructor(startedAtMs: number) {
    this.#overMs = startedAtMs;
  }

  /** Null: let in, and never again. Only for requests whose signature was verified. */
  admit(sender: string, { session, number }: Nonce, timeMs: number, nowMs: number): Refusal | null {
    const isNear = Math.abs(nowMs - timeMs) <= windowMs;
    if (!isNear || timeMs < this.#overMs) return "expired";
    const known = this.#sessionOf(sender, session, nowMs);
    if (known === null) return "full";
    if (!known.numbers.take(number)) return "replayed";
    known.latestMs = Math.max(known.latestMs, timeMs);
    return null;
  }

  #sessionOf(sender: string, name: string, nowMs: number): Session | null {
    const known = this.#senders.get(sender)?.get(name);
    if (known !== undefined) return known;
    const sessions = this.#sessionsOf(sender, nowMs);
    if (sessions === null) return null;
    const session = { numbers: new NumberWindow(), latestMs: 0 };
    sessions.set(name, session);
    return session;
  }

  /** Null when there is no room for one more session. */
  #sessionsOf(sender: string, nowMs: number): Map<string, Session> | null {
    let sessions = this.#senders.get(sender);
    if (sessions === undefined) {
      if (this.#senders.size >= sendersMax) this.#forgetSenders(nowMs);
      if (this.#senders.size >= sendersMax) return null;
      this.#senders.set(sender, sessions = new Map());
    }
    if (sessions.size >= sessionsMax) this.#forget(sessions, nowMs);
    return sessions.size < sessionsMax ? sessions : null;
  }

  #forgetSenders(nowMs: number): void {
    for (const [sender, sessions] of this.#senders) {
      this.#forget(sessions, nowMs);
      if (sessions.size === 0) this.#senders.delete(sender);
    }
  }

  /** What is forgotten stays over, even if our clock is set back later. */
  #forget(sessions: Map<string, Session>, nowMs: number): void {
    for (const [name, { latestMs }] of sessions) {
      if (nowMs - latestMs <= windowMs) continue;
      sessions.delete(name);
      this.#overMs = Math.max(this.#overMs, latestMs + 1);
    }
  }
}

/** Which of the last `numbersMax` numbers have been taken. Older ones count as taken. */
class NumberWindow {
  #highest = 0;
  readonly #bits = new Uint32Array(numbersMax / 32);

  /** Whether the number was free. It is taken now. */
  take(number: number): boolean {
    if (number <= this.#highest - numbersMax) return false;
    if (number > this.#highest) this.#advanceTo(number);
    const place = number % numbersMax;
    const word = place >>> 5;
    const bit = 1 << (place & 31);
    const bits = this.#bits[word] as number;
    this.#bits[word] = bits | bit;
    return (bits & bit) === 0;
  }

  #advanceTo(number: number): void {
    if (number - this.#highest >= numbersMax) this.#bits.fill(0);
    else for (let passed = this.#highest + 1; passed <= number; passed++) this.#free(passed % numbersMax);
    this.#highest = number;
  }

  #free(place: number): void {
    const word = place >>> 5;
    this.#bits[word] = (this.#bits[word] as number) & ~(1 << (place & 31));
  }
}
