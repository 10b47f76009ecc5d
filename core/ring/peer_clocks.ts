import type { Id } from "../id.ts";
import type { NodeRef } from "../node_ref.ts";
import type { Clock, Log } from "../ports.ts";
import { ClockOffsets } from "./clock_offsets.ts";
import { WallGuard } from "./wall_guard.ts";

/** Beyond this offset an operator should know: a write may lose against one made before it elsewhere. */
const suspectMs = 500;
/** Beyond this one our versions would be refused by everybody (`HybridClock`), so we make none. */
const unusableMs = 60_000;

/** What is to be thought of our own wall clock. */
export type ClockState = "fine" | "suspect" | "unusable";

/** For people and the console. */
export interface ClockFigures {
  readonly state: ClockState;
  /** How far the peers' clocks are ahead of ours; null when there are none to compare with. */
  readonly offsetMs: number | null;
  readonly isExpiryFrozen: boolean;
}

/**
 * Our wall clock, as judged by those of the peers and by our own monotonic one.
 *
 * Versions and expiry depend on wall clocks. A single node whose clock is wrong would overrule everybody's writes,
 * or let everything it holds expire; whoever is far from the median of all others is the one that is wrong.
 */
export class PeerClocks {
  readonly #offsets = new ClockOffsets();
  readonly #guard: WallGuard;
  /** Our wall clock minus the monotonic one at the last comparison, and when it was last seen to be set. */
  #driftMs: number;
  #wasSetAtMs = -Infinity;
  #offsetMs: number | null = null;
  #state: ClockState = "fine";

  /** @param isLive whether a peer's clock still counts. */
  constructor(readonly clock: Clock, readonly log: Log, readonly isLive: (id: Id) => boolean) {
    this.#driftMs = clock.wallNow() - clock.now();
    this.#guard = new WallGuard(clock.now(), clock.wallNow());
  }

  /** How far the peers' clocks are ahead of ours; null when there are none to compare with. */
  get offsetMs(): number | null {
    return this.#offsetMs;
  }

  /** A peer answered, and said or did not say what its wall clock shows. The first one is compared with at once. */
  heard(id: Id, wallMs: number | undefined, askedAtMs: number): void {
    this.#offsets.heard(id, wallMs, askedAtMs, this.clock.now());
    if (this.#offsetMs === null) this.compare();
  }

  /** Compares all clocks. Upkeep does so in every round; in between, the last result stands until ours is set. */
  compare(): void {
    const [nowMs, wallMs] = [this.clock.now(), this.clock.wallNow()];
    if (this.#wasSet(nowMs, wallMs)) this.#wasSetAtMs = nowMs;
    this.#driftMs = wallMs - nowMs;
    this.#offsetMs = this.#offsets.median(this.#driftMs, nowMs, this.#wasSetAtMs, this.isLive);
    this.#guard.look(nowMs, wallMs, this.#offsetMs);
    this.#conclude(stateOf(this.#offsetMs));
  }

  isSuspect(): boolean {
    this.#glance();
    return this.#state !== "fine";
  }

  isUnusable(): boolean {
    this.#glance();
    return this.#state === "unusable";
  }

  /** Whether a write must not be taken here: its version would be from another time. */
  refusesWrites(): boolean {
    return this.isUnusable();
  }

  /** Whether nothing may be removed for its age: our clock jumped forward, or the peers say that it is wrong. */
  isExpiryFrozen(): boolean {
    return this.isUnusable() || this.#guard.isFrozen;
  }

  /** The wall time by which records expire: that of our clock, or while it is in doubt what it should show. */
  expiryNow(): number {
    this.#glance();
    const wallMs = this.clock.wallNow();
    if (this.#state === "unusable") return wallMs + (this.#offsetMs ?? 0);
    return this.#guard.isFrozen ? this.#guard.believedWallMs(this.clock.now()) : wallMs;
  }

  get figures(): ClockFigures {
    return { isExpiryFrozen: this.isExpiryFrozen(), state: this.#state, offsetMs: this.offsetMs };
  }

  /** Whom to ask next what its clock shows. */
  next(peers: Iterable<NodeRef>): NodeRef | null {
    return this.#offsets.leastRecent(peers);
  }

  forget(id: Id): void {
    this.#offsets.forget(id);
  }

  /** Every judgement begins with it: it costs a subtraction, unless the clock was set. */
  #glance(): void {
    if (this.#wasSet(this.clock.now(), this.clock.wallNow())) this.compare();
  }

  /** Whether our wall clock moved against the monotonic one by more than it may be off. */
  #wasSet(nowMs: number, wallMs: number): boolean {
    return Math.abs(wallMs - nowMs - this.#driftMs) > suspectMs;
  }

  #conclude(state: ClockState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.log(state === "fine" ? "info" : "warn", "clockOffset", { state, offsetMs: this.#offsetMs });
  }
}

function stateOf(offsetMs: number | null): ClockState {
  const apartMs = Math.abs(offsetMs ?? 0);
  if (apartMs > unusableMs) return "unusable";
  return apartMs > suspectMs ? "suspect" : "fine";
}
