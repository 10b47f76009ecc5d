import { ChordError } from "../errors.ts";
import type { Partition } from "../partition.ts";
import type { Id } from "../id.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { type Exchange, type ExchangeOptions, inChunks, spansOf } from "./exchange.ts";
import type { Replicas } from "./replicas.ts";
import { type Replica, sameReplica, type View } from "./view.ts";

/** Partitions asked about in one call. */
const digestMax = 4_096;

/**
 * Finds and mends what copies of one view lack of each other: writes that reached W of them only, records that a
 * disk has lost. Each member compares with the one after it, so that all of them are tied together.
 */
export class AntiEntropy {
  /** Partitions in which copies were found to differ, for the metrics. */
  differences = 0;
  #dueAtMs = 0;
  /** Of stale partitions, the members that were heard of no later view from. */
  readonly #met = new Map<Partition, Set<Id>>();

  constructor(readonly member: RingMember, readonly replicas: Replicas, readonly exchange: Exchange) {}

  /** Something happened that may have left copies apart: the next round compares. */
  hasten(): void {
    this.#dueAtMs = 0;
  }

  /** One round over all partitions kept here, if it is time. */
  async run(): Promise<void> {
    const { clock, random } = this.member.ports;
    if (clock.now() < this.#dueAtMs) return;
    this.#dueAtMs = clock.now() + this.member.config.antiEntropyMs * (0.75 + random.next() / 2);
    const kept = this.replicas.table.matching((state) => this.replicas.isMember(state));
    for (const [state, partitions] of this.replicas.table.group(kept)) {
      if (state !== null) await this.#compareWithNext(state.view, partitions);
    }
  }

  async #compareWithNext(view: View, partitions: readonly Partition[]): Promise<void> {
    for (const partner of this.#following(view)) {
      const isAnswered = await this.#compareWith(partner, view, partitions);
      const isAnyStale = partitions.some((partition) => this.replicas.absence.stale.has(partition));
      if (isAnswered && !isAnyStale) return;
    }
  }

  /**
   * Where others count on our copy, and no other member knows of a later view, they did so all the time: nothing was
   * forgotten without us.
   */
  #meet({ id }: Replica, { members }: View, partitions: readonly Partition[]): void {
    for (const partition of partitions) {
      if (!this.replicas.absence.stale.has(partition) || this.replicas.absence.isStale(partition)) continue;
      const met = this.#met.get(partition) ?? new Set();
      this.#met.set(partition, met.add(id));
      const isSelf = (replica: Replica) => sameReplica(replica, this.replicas.self);
      if (members.every((replica) => isSelf(replica) || met.has(replica.id))) {
        this.replicas.absence.stale.delete(partition);
      }
    }
  }

  /** Says whether the partner answered for all of them. */
  async #compareWith(partner: Replica, view: View, partitions: readonly Partition[]): Promise<boolean> {
    const options: ExchangeOptions = { epoch: view.epoch, as: "member", fetch: true, push: true };
    let areAllFit = true;
    try {
      for (const chunk of inChunks(partitions, digestMax)) {
        const found = await this.exchange.fingerprints(partner, chunk, options);
        this.differences += found.differing.length;
        areAllFit &&= found.unfit.length === 0;
        this.#meet(partner, view, [...found.alike, ...found.differing]);
        for (const range of spansOf(found)) {
          await this.exchange.reconcile(partner, range, options);
        }
      }
      return areAllFit;
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
      this.member.ports.log("debug", "comparingFailed", { partner: partner.url, error });
      return false;
    }
  }

  /** The other members of the view that are there, beginning with the one after us. */
  #following({ members }: View): Replica[] {
    const at = members.findIndex((replica) => sameReplica(replica, this.replicas.self));
    return [...members.slice(at + 1), ...members.slice(0, at)]
      .filter(({ id }) => this.member.peers.isUsable(id));
  }
}
