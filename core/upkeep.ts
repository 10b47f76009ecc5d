import { sameNode } from "./node_ref.ts";
import type { Maintenance } from "./ring/maintenance.ts";
import type { RingMember } from "./ring/ring_member.ts";
import { Ticker } from "./ticker.ts";

/** Rounds without a change after which the ring counts as quiet. */
const quietRounds = 5;
/** After a change of the ring others may be astray too: for so long, strangers are looked up more often. */
const unsettledMs = 60_000;

/** What a member does again and again, each at its own pace: a long transfer must not hold up a change of view. */
export type Chore = "ring" | "fingers" | "views" | "data";

/** Keeps a member's pointers, fingers and data in order for as long as it runs. */
export class Upkeep {
  readonly #tickers: ReadonlyMap<Chore, Ticker>;
  #lastExchangeAtMs = -Infinity;
  #lastProbeAtMs: number;

  /** @param rounds of those who keep the data where it belongs, once each. */
  constructor(
    readonly member: RingMember,
    readonly maintenance: Maintenance,
    rounds: { readonly views: () => Promise<void>; readonly data: () => Promise<void> },
  ) {
    const { config, ports } = member;
    const ticker = (name: Chore, task: () => Promise<void>): [Chore, Ticker] => [
      name,
      new Ticker(name, config.stabilizeMs, task, ports),
    ];
    this.#tickers = new Map([
      ticker("ring", () => this.#ringRound()),
      ticker("fingers", () => maintenance.fixFinger()),
      ticker("views", rounds.views),
      ticker("data", rounds.data),
    ]);
    this.#lastProbeAtMs = ports.clock.now();
  }

  start(): void {
    for (const ticker of this.#tickers.values()) ticker.start();
    this.wake("ring");
    this.wake("views");
    this.wake("data");
  }

  stop(): void {
    for (const ticker of this.#tickers.values()) ticker.stop();
  }

  /** Something happened that should not wait for the next round. */
  wake(chore: Chore): void {
    this.#tickers.get(chore)?.wake();
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
    if (nowMs - this.#lastProbeAtMs < this.#probePauseMs(nowMs)) return;
    this.#lastProbeAtMs = nowMs;
    await this.#probeStranger();
  }

  #isQuiet(nowMs: number): boolean {
    const { changedAtMs, config } = this.member;
    return nowMs - changedAtMs > quietRounds * config.stabilizeMs;
  }

  /** Alone, another member is worth a question every round; in a settled ring, strangers are mostly dead. */
  #probePauseMs(nowMs: number): number {
    const { changedAtMs, config, isAlone } = this.member;
    if (isAlone) return config.stabilizeMs;
    return nowMs - changedAtMs < unsettledMs ? config.quietStabilizeMs : config.probeMs;
  }

  /** Asks one peer that we have no part of the ring with, in case it is in another one. */
  async #probeStranger(): Promise<void> {
    const { peers, ports, state } = this.member;
    const near = [state.predecessor, ...state.successors];
    const strangers = peers.known.all().filter((peer) => !near.some((node) => sameNode(node, peer)));
    const stranger = strangers[Math.floor(ports.random.next() * strangers.length)];
    if (stranger !== undefined) await this.maintenance.probeRingOf(stranger);
  }
}
