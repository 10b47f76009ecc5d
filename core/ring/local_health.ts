/** A timer of ours that fires later than this means that we are slow, not the others (reliability.md section 5). */
const lateMsMax = 100;
/** Rounds in a row after which our own slowness, or its end, is believed. */
const roundsToBelieve = 3;
/** Lifeguard's bound: beyond eight times the patience a dead node would stay in the ring for too long. */
const patienceMax = 8;

/** Shorter gaps are only lateness, also in a ring with very short rounds. */
const pauseMsMin = 1_000;

/** Time in which everything that waited during a pause has been worked off. */
const wakingMs = 500;

/** For people and the console. */
export interface LocalHealthFigures {
  /** How many times longer than usual everybody else is given. 1 on a healthy node. */
  readonly patience: number;
  /** The latest timer of the last round. */
  readonly lateMs: number;
  /** Times that the node did not run at all for a while, and for how long the last time. */
  readonly pauses: number;
  readonly lastPauseMs: number;
}

/**
 * A node's doubt in itself (Lifeguard: Dadgar, Phillips and Currey 2018, "local health").
 *
 * It is told how late our own timers fire. A node that is slow for several rounds would see everybody else as slow;
 * it doubles its patience until its timers are on time again. A gap of two rounds and more is a pause: a process
 * that was stopped, or a machine that slept. Nothing that was counted meanwhile says anything about others.
 */
export class LocalHealth {
  #patience = 1;
  #roundBeganAtMs = -Infinity;
  /** The latest timer of this round, and of the one before. */
  #lateMs = 0;
  #lastLateMs = 0;
  /** Rounds in a row that were late (positive) or on time (negative). */
  #streak = 0;
  #pauses = 0;
  #lastPauseMs = 0;
  #awakeSinceMs = -Infinity;
  #firedAtMs = Infinity;
  readonly #listeners: ((fromMs: number, toMs: number) => void)[] = [];

  /** @param roundMs the usual time between two rounds of upkeep. */
  constructor(readonly roundMs: number) {}

  /** What every span that judges others is multiplied by. */
  get patience(): number {
    return this.#patience;
  }

  get figures(): LocalHealthFigures {
    const { patience } = this;
    return { patience, lateMs: this.#lastLateMs, pauses: this.#pauses, lastPauseMs: this.#lastPauseMs };
  }

  /** Told at the end of every pause, before anything else is judged by the time that has passed. */
  onPause(listener: (fromMs: number, toMs: number) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Whether we have been running all along. After a pause, what waited for us is worked off first, and nobody may be
   * waiting for its outcome any more.
   */
  isAwake(nowMs: number): boolean {
    const isRunning = nowMs - this.#firedAtMs <= Math.max(2 * this.roundMs, pauseMsMin);
    return isRunning && nowMs - this.#awakeSinceMs >= wakingMs;
  }

  /** A timer that was due `lateMs` ago has fired now. Says whether we were paused. */
  fired(lateMs: number, nowMs: number): boolean {
    this.#firedAtMs = nowMs;
    if (lateMs > Math.max(2 * this.roundMs, pauseMsMin)) {
      this.#woke(lateMs, nowMs);
      return true;
    }
    this.#lateMs = Math.max(this.#lateMs, lateMs);
    if (nowMs - this.#roundBeganAtMs >= this.roundMs) this.#endRound(nowMs);
    return false;
  }

  /** After a long sleep many timers fire at once, the longest due first; they all tell of the same one. */
  #woke(lateMs: number, nowMs: number): void {
    const fromMs = nowMs - lateMs;
    if (fromMs < this.#awakeSinceMs) return;
    this.#awakeSinceMs = nowMs;
    this.#pauses++;
    this.#lastPauseMs = lateMs;
    this.#beginRound(nowMs);
    for (const listener of this.#listeners) listener(fromMs, nowMs);
  }

  #endRound(nowMs: number): void {
    const isLate = this.#lateMs > lateMsMax;
    this.#streak = isLate ? Math.max(this.#streak, 0) + 1 : Math.min(this.#streak, 0) - 1;
    if (Math.abs(this.#streak) >= roundsToBelieve) {
      this.#streak = 0;
      this.#patience = isLate ? Math.min(this.#patience * 2, patienceMax) : Math.max(this.#patience / 2, 1);
    }
    this.#beginRound(nowMs);
  }

  #beginRound(nowMs: number): void {
    this.#roundBeganAtMs = nowMs;
    this.#lastLateMs = this.#lateMs;
    this.#lateMs = 0;
  }
}
