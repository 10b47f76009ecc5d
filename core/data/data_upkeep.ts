import { type Partition, partitionsOf } from "../partition.ts";
import type { Ports } from "../ports.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { AntiEntropy } from "./anti_entropy.ts";
import { BallotBox } from "./ballot_box.ts";
import { Exchange } from "./exchange.ts";
import { ExchangeAnswers } from "./exchange_answers.ts";
import type { Keeper } from "./keeper.ts";
import { Release } from "./release.ts";
import type { Replicas } from "./replicas.ts";
import { Sync } from "./sync.ts";
import { Tombstones } from "./tombstones.ts";
import { ViewChange } from "./view_change.ts";
import { ViewNews } from "./view_news.ts";
import type { HybridClock } from "./version.ts";

/** Everything that keeps the data where it belongs, complete and alike, put together. */
export class DataUpkeep {
  readonly box: BallotBox;
  readonly answers: ExchangeAnswers;
  readonly exchange: Exchange;
  readonly news: ViewNews;
  readonly change: ViewChange;
  readonly sync: Sync;
  readonly antiEntropy: AntiEntropy;
  readonly release: Release;
  readonly tombstones: Tombstones;

  /** @param past how long this node was out of touch before this life, in milliseconds. */
  constructor(
    readonly member: RingMember,
    readonly replicas: Replicas,
    keeper: Keeper,
    clock: HybridClock,
    ports: Ports,
    past: { readonly awayMs: number },
  ) {
    this.box = new BallotBox(replicas, clock);
    this.answers = new ExchangeAnswers(replicas, ports);
    this.exchange = new Exchange(member, replicas, keeper, ports);
    this.news = new ViewNews(member, replicas, ports.store);
    this.change = new ViewChange(member, replicas, this.box, clock);
    for (const partition of this.#staleAfter(past.awayMs)) replicas.absence.stale.add(partition);
    this.sync = new Sync(member, replicas, this.exchange, ports.store);
    this.antiEntropy = new AntiEntropy(member, replicas, this.exchange);
    this.release = new Release(member, replicas, this.exchange, ports.store);
    this.tombstones = new Tombstones(member, replicas, ports.store);
    replicas.onChange(() => this.antiEntropy.hasten());
  }

  /** Who keeps what: learns it, tells it, and changes it where the ring asks for it. */
  async viewsRound(): Promise<void> {
    if (this.member.phase === "joining" || this.member.phase === "left") return;
    await this.news.run();
    await this.change.run();
  }

  /** Fetches, compares, lets go and forgets. */
  async dataRound(): Promise<void> {
    if (this.member.phase === "joining" || this.member.phase === "left") return;
    await this.sync.run();
    await this.antiEntropy.run();
    await this.release.run();
    await this.tombstones.run();
  }

  /** Whether anything here is incomplete, or still to be let go, or of a time of which not all is known. */
  isSettled(): boolean {
    const { replicas } = this;
    const isKept = (partition: Partition) => replicas.isMember(replicas.get(partition));
    return replicas.unsynced().length === 0 && this.release.held().length === 0 &&
      ![...replicas.absence.stale].some(isKept);
  }

  /** Partitions of which others still count on this node, or that it still holds data of. */
  unreleased(): Partition[] {
    const kept = this.replicas.table.matching((state) => this.replicas.isMember(state));
    return [...kept, ...this.release.held()];
  }

  /**
   * After half the grace away, deletions may have been forgotten that this node has never heard of, wherever it was
   * replaced meanwhile (while it is counted on, nothing is forgotten). What none of the others knows there is
   * discarded.
   */
  #staleAfter(awayMs: number): readonly Partition[] {
    if (awayMs < this.member.config.tombstoneGraceMs / 2) return [];
    const { replicas, member: { ports: { store } } } = this;
    const kept = [...partitionsOf([replicas.everything])].filter((partition) =>
      replicas.get(partition) !== null || store.count({ first: partition, last: partition }) > 0
    );
    this.member.ports.log("warn", "awayTooLong", { awayMs, partitions: kept.length });
    return kept;
  }
}
