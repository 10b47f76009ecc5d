import type { Id } from "../id.ts";
import {
  afterAnswer,
  afterMiss,
  afterNotice,
  afterSleep,
  type Health,
  healthOf,
  isDead,
  isDoubtful,
  type Opinion,
  unheard,
} from "./opinion.ts";

export type { Health } from "./opinion.ts";

/** Peers of whom there is an opinion; beyond it the oldest are forgotten. Four times the peers that are known. */
const opinionsMax = 4_096;

/** The others are asked this share of the time to death ahead of it, so that their word is there in time. */
const askedAheadShare = 1 / 2;

/**
 * A failure detector that is told what happened and when; it asks nobody and has no clock.
 *
 * A peer is *suspect* after two missed answers or one refused connection: routing goes around it. It is *dead*, and
 * the ring closes without it, once it has been silent for `deadAfterMs` *and* others do not reach it either
 * (`condemned`). As long as somebody does (`vouched`), the silence is between the two of us (SWIM's indirect probe;
 * Lifeguard).
 */
export class Suspicion {
  readonly #opinions = new Map<Id, Opinion>();
  /** Since when we run without a pause. */
  #awakeSinceMs = -Infinity;

  /** @param local how many times longer everybody gets because we are slow ourselves (`LocalHealth`). */
  constructor(
    readonly deadAfterMs: number,
    readonly local: { readonly patience: number } = { patience: 1 },
  ) {}

  /** It answered. A node that is leaving answers too, so this alone does not bring one back. */
  answered(id: Id, nowMs: number): void {
    this.#set(id, afterAnswer(this.#of(id), nowMs));
  }

  /** It answered as a member: whatever was heard of its leaving is over. */
  returned(id: Id): void {
    this.#change(id, (opinion) => ({ ...opinion, hasLeft: false }));
  }

  /** It answered in another life than before: the restart that it announced is over. */
  restarted(id: Id): void {
    this.#change(id, (opinion) => ({ ...opinion, isRestarting: false, backByMs: -Infinity }));
  }

  /** @param sinceMs when it was asked what it did not answer: its silence is at least as old. */
  missed(id: Id, nowMs: number, isRefused: boolean, sinceMs = nowMs): void {
    this.#set(id, afterMiss(this.#of(id), nowMs, Math.max(sinceMs, this.#awakeSinceMs), isRefused));
  }

  /** It said that it is going, or a neighbour of it did: as good as dead until it answers as a member again. */
  left(id: Id): void {
    this.#set(id, { ...this.#of(id), hasLeft: true });
  }

  /** It said that it stops now and is back by then: suspect at once, but not dead before. */
  announcedRestart(id: Id, nowMs: number, backByMs: number): void {
    this.#set(id, afterNotice(this.#of(id), nowMs, backByMs));
  }

  /** Somebody reaches it: it was not silent until now, only to us. */
  vouched(id: Id, nowMs: number): void {
    this.#change(id, (opinion) => ({ ...opinion, silentSinceMs: nowMs, deadAtMs: null }));
  }

  /** Nobody who was asked at `askedAtMs` reaches it: it is dead once its time is up, unless it answers before. */
  condemned(id: Id, nowMs: number, askedAtMs = nowMs): void {
    this.#change(id, (opinion) => {
      const isStillInDoubt = isDoubtful(opinion) && opinion.silentSinceMs <= askedAtMs;
      if (!isStillInDoubt || opinion.deadAtMs !== null) return opinion;
      return { ...opinion, deadAtMs: Math.max(nowMs, this.#earliestDeathMs(opinion)) };
    });
  }

  /** We were paused between the two moments, and accuse nobody of it. */
  slept(fromMs: number, toMs: number): void {
    this.#awakeSinceMs = toMs;
    for (const [id, opinion] of this.#opinions) this.#opinions.set(id, afterSleep(opinion, fromMs, toMs));
  }

  health(id: Id, nowMs: number): Health {
    return healthOf(this.#of(id), nowMs);
  }

  /** Whether a call to the peer is worth its time: neither suspect nor gone. */
  isUsable(id: Id, nowMs: number): boolean {
    const health = this.health(id, nowMs);
    return health === "alive" || health === "unknown";
  }

  isGone(id: Id, nowMs: number): boolean {
    const health = this.health(id, nowMs);
    return health === "dead" || health === "left";
  }

  /** Whether it is time to ask others about a silent peer. */
  isInQuestion(id: Id, nowMs: number): boolean {
    const opinion = this.#of(id);
    if (opinion.hasLeft || opinion.deadAtMs !== null || !isDoubtful(opinion)) return false;
    return nowMs >= this.#earliestDeathMs(opinion) - this.#aheadMs;
  }

  /**
   * Whether a silent peer should be asked again by whoever does not do so anyway: a suspect now and then, and one that
   * is about to die until it has missed its last chance. It may be back since the others were asked.
   */
  isNeglected(id: Id, nowMs: number): boolean {
    const opinion = this.#of(id);
    const { deadAtMs, lastMissAtMs, silentSinceMs } = opinion;
    if (opinion.hasLeft || !isDoubtful(opinion)) return false;
    const askedAtMs = lastMissAtMs ?? silentSinceMs;
    return deadAtMs === null ? nowMs - askedAtMs >= this.#aheadMs : askedAtMs < deadAtMs;
  }

  /** Whether it was gone without a word: nobody listened there, or it is dead. A break that it announced is none. */
  wasDown(id: Id, nowMs: number): boolean {
    const opinion = this.#of(id);
    if (opinion.hasLeft || opinion.backByMs >= nowMs) return false;
    return opinion.refusedAtMs !== null || isDead(opinion, nowMs);
  }

  lastSeenAtMs(id: Id): number | null {
    return this.#of(id).lastSeenAtMs;
  }

  /** When a dead peer died; null for any other. */
  diedAtMs(id: Id, nowMs: number): number | null {
    return this.health(id, nowMs) === "dead" ? this.#of(id).deadAtMs : null;
  }

  forget(id: Id): void {
    this.#opinions.delete(id);
  }

  get #aheadMs(): number {
    return this.deadAfterMs * this.local.patience * askedAheadShare;
  }

  #earliestDeathMs({ backByMs, silentSinceMs }: Opinion): number {
    return Math.max(silentSinceMs + this.deadAfterMs * this.local.patience, backByMs);
  }

  #of(id: Id): Opinion {
    return this.#opinions.get(id) ?? unheard;
  }

  #change(id: Id, change: (opinion: Opinion) => Opinion): void {
    const opinion = this.#opinions.get(id);
    if (opinion !== undefined) this.#opinions.set(id, change(opinion));
  }

  #set(id: Id, opinion: Opinion): void {
    this.#opinions.set(id, opinion);
    if (this.#opinions.size <= opinionsMax) return;
    for (const oldest of this.#opinions.keys()) return void this.#opinions.delete(oldest);
  }
}
