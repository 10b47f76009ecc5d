import { type NodeRef, sameNode } from "./node_ref.ts";
import type { Maintenance } from "./ring/maintenance.ts";
import type { RingMember } from "./ring/ring_member.ts";
import { isListWhole } from "./ring/ring_state.ts";
import { Ticker } from "./ticker.ts";

/** Rounds without a change after which the ring counts as quiet. */
const quietRounds = 5;
/** After a change of the ring others may be astray too: for so long, strangers are looked up more often. */
const unsettledMs = 60_000;

/** What a member does again and again, each at its own pace: a long transfer must not hold up a change of view. */
export const chores = ["ring", "fingers", "peers", "views", "data"] as const;
export type Chore = (typeof chores)[number];

/** How a chore goes, for people. */
export interface ChoreReport {
  readonly chore: Chore;
  readonly isRunning: boolean;
  /** Runs that have ended in this life of the node. */
  readonly runs: number;
  /** Since the end of the last run; null before the first. */
  readonly endedAgoMs: number | null;
  readonly tookMs: number | null;
  /** Why the last run failed; null when it did not. */
  readonly problem: string | null;
}

/** Keeps a member's pointers, fingers, opinions of others and data in order for as long as it runs. */
export class Upkeep {
  readonly #tickers: ReadonlyMap<Chore, Ticker>;
  #lastExchangeAtMs = -Infinity;
  #lastProbeAtMs: number;
  /** When one of the peers was last asked for its clock, and one of the dead whether it is back. */
  #lastCallsAtMs: number;
  /** Fingers to look up right after each other, as somebody asked for all of them. */
  #fingersWanted = 0;

  /** @param rounds of those who keep the data where it belongs, once each. */
  constructor(
    readonly member: RingMember,
    readonly maintenance: Maintenance,
    rounds: { readonly views: () => Promise<void>; readonly data: () => Promise<void> },
  ) {
    const { config, ports } = member;
    const ticker = (name: Chore, task: () => Promise<void>): [Chore, Ticker] => [
      name,
      new Ticker(name, config.stabilizeMs, task, ports, (lateMs) => {
        member.peers.localHealth.fired(lateMs, ports.clock.now());
      }),
    ];
    this.#tickers = new Map([
      ticker("ring", () => this.#ringRound()),
      ticker("fingers", () => this.#fingersRound()),
      ticker("peers", () => this.#peersRound()),
      ticker("views", rounds.views),
      ticker("data", rounds.data),
    ]);
    this.#lastProbeAtMs = ports.clock.now();
    this.#lastCallsAtMs = ports.clock.now();
  }

  start(): void {
    for (const ticker of this.#tickers.values()) ticker.start();
    this.wake("ring", "views", "data");
  }

  stop(): void {
    for (const ticker of this.#tickers.values()) ticker.stop();
  }

  /** Something happened that should not wait for the next round. */
  wake(...chores: readonly Chore[]): void {
    for (const chore of chores) this.#tickers.get(chore)?.wake();
  }

  /** Somebody wants the chore done thoroughly, and now: a full exchange with the ring, and all of the fingers. */
  hurry(chore: Chore): void {
    if (chore === "ring") this.#lastExchangeAtMs = -Infinity;
    if (chore === "fingers") this.#fingersWanted = this.member.fingers.distinct().length + 1;
    this.wake(chore);
  }

  report(): ChoreReport[] {
    const nowMs = this.member.ports.clock.now();
    return [...this.#tickers].map(([chore, { isRunning, lastRun, runs }]) => ({
      chore,
      isRunning,
      runs,
      endedAgoMs: lastRun === null ? null : nowMs - lastRun.endedAtMs,
      tookMs: lastRun?.tookMs ?? null,
      problem: lastRun?.problem ?? null,
    }));
  }

  /** One finger, as they cost a lookup each; when all are wanted, the next one follows at once. */
  async #fingersRound(): Promise<void> {
    if (this.#fingersWanted > 0) this.#fingersWanted--;
    try {
      await this.maintenance.fixFinger();
    } finally {
      if (this.#fingersWanted > 0) this.wake("fingers");
    }
  }

  /** A full exchange while the ring moves, a cheap look at the neighbours while it does not. */
  async #ringRound(): Promise<void> {
    const { member: { config, ports } } = this;
    const nowMs = ports.clock.now();
    if (this.#isQuiet(nowMs) && nowMs - this.#lastExchangeAtMs < config.quietStabilizeMs) {
      await this.maintenance.probeNeighbours();
    } else {
      this.#lastExchangeAtMs = nowMs;
      await this.maintenance.stabilize();
    }
  }

  /** Apart from the ring's rounds, which must not wait for somebody who hangs. */
  async #peersRound(): Promise<void> {
    const { config, peers, ports } = this.member;
    const nowMs = ports.clock.now();
    peers.clocks.compare();
    await peers.askSuspects();
    if (nowMs - this.#lastCallsAtMs >= config.quietStabilizeMs) {
      this.#lastCallsAtMs = nowMs;
      await peers.compareClocks();
      await this.#probeOneOf(peers.recentlyDead());
    }
    if (nowMs - this.#lastProbeAtMs < this.#probePauseMs(nowMs)) return;
    this.#lastProbeAtMs = nowMs;
    await this.#probeOneOf(peers.known.all());
  }

  /** With a dead successor, or a list that others could lengthen, the ring is not quiet: it does not know yet. */
  #isQuiet(nowMs: number): boolean {
    const { changedAtMs, config, head, peers, state } = this.member;
    if (head !== null && peers.isGone(head.id)) return false;
    if (!isListWhole(state, config.successors)) return false;
    return nowMs - changedAtMs > quietRounds * config.stabilizeMs;
  }

  /** Alone, another member is worth a question every round; in a settled ring, strangers are mostly dead. */
  #probePauseMs(nowMs: number): number {
    const { changedAtMs, config, isAlone } = this.member;
    if (isAlone) return config.stabilizeMs;
    return nowMs - changedAtMs < unsettledMs ? config.quietStabilizeMs : config.probeMs;
  }

  /** Asks one of the peers that we have no part of the ring with, in case it is in another one. */
  async #probeOneOf(peers: readonly NodeRef[]): Promise<void> {
    const { ports, state } = this.member;
    const near = [state.predecessor, ...state.successors];
    const strangers = peers.filter((peer) => !near.some((node) => sameNode(node, peer)));
    const stranger = strangers[Math.floor(ports.random.next() * strangers.length)];
    if (stranger !== undefined) await this.maintenance.probeRingOf(stranger);
  }
}
