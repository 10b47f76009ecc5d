import { ChordError } from "../errors.ts";
import type { Partition } from "../partition.ts";
import type { Cursor, RecordPage, Store } from "../ports.ts";
import { pageBytesMax, pageRecordsMax } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { forgettableAtMs, isForgettable, type StoredRecord } from "./record.ts";
import type { Replicas } from "./replicas.ts";
import { type Replica, sameReplica, type View } from "./view.ts";

/** Partitions looked through in one round, so that everything else has its turn. */
const partitionsPerRound = 16;
/** A partition is looked through again after this share of the grace at the earliest, and at the latest. */
const againAfter = { least: 1 / 24, most: 1 / 2 };

/**
 * Forgets deletions, and values that expired, in safe steps: only after the grace, only while our copy is complete,
 * and only when every other member of the view is complete and has nothing older. Each member forgets its own.
 *
 * An old holder may bring older data for half the grace after it was replaced (core/data/release.ts), and a node that
 * was away for longer than that discards what nobody knows (core/data/sync.ts), so nothing older comes back.
 */
export class Tombstones {
  /** Deletions forgotten in this life. */
  collected = 0;
  /** When a partition has to be looked through again: whatever is deleted meanwhile stays for the grace anyway. */
  readonly #dueAtMs = new Map<Partition, number>();

  constructor(readonly member: RingMember, readonly replicas: Replicas, readonly store: Store) {}

  /** One round over some of the partitions that may have something to forget. */
  async run(): Promise<void> {
    const { clocks } = this.member.peers;
    if (clocks.isExpiryFrozen()) return;
    const nowMs = clocks.expiryNow();
    const complete = this.replicas.table.matching((state) =>
      this.replicas.isMember(state) && state.isSynced && state.accepted === null
    );
    const dueAtMs = (partition: Partition) => this.#dueAtMs.get(partition) ?? 0;
    const due = complete.filter((partition) => dueAtMs(partition) <= nowMs && this.#hasRecords(partition))
      .sort((a, b) => dueAtMs(a) - dueAtMs(b));
    for (const partition of due.slice(0, partitionsPerRound)) {
      const nextMs = await this.#collect(partition);
      const { tombstoneGraceMs } = this.member.config;
      const latestMs = nowMs + againAfter.most * tombstoneGraceMs;
      const earliestMs = nowMs + againAfter.least * tombstoneGraceMs;
      this.#dueAtMs.set(partition, Math.max(earliestMs, Math.min(latestMs, nextMs)));
    }
  }

  #hasRecords(partition: Partition): boolean {
    return this.store.count({ first: partition, last: partition }) > 0;
  }

  /** Gives the moment from which on one of the records that are left may be forgotten. */
  async #collect(partition: Partition): Promise<number> {
    const range = { first: partition, last: partition };
    let nextMs = Infinity;
    const view = this.replicas.serving(partition)?.view;
    if (view === undefined) return nextMs;
    let after: Cursor | null = null;
    do {
      const page: RecordPage = await this.store.page(range, after, {
        recordsMax: pageRecordsMax,
        bytesMax: pageBytesMax,
      });
      const old = page.records.filter((record) => this.#isOld(record));
      if (old.length > 0) await this.#forget(partition, view, old);
      for (const record of page.records) {
        nextMs = Math.min(nextMs, forgettableAtMs(record, this.member.config.tombstoneGraceMs));
      }
      after = page.next;
    } while (after !== null);
    return nextMs;
  }

  #isOld(record: StoredRecord): boolean {
    return isForgettable(record, this.member.peers.clocks.expiryNow(), this.member.config.tombstoneGraceMs);
  }

  async #forget(partition: Partition, view: View, old: readonly StoredRecord[]): Promise<void> {
    const others = view.members.filter((replica) => !sameReplica(replica, this.replicas.self));
    // Each call to one who is silent would take its time, for thousands of partitions one after the other.
    if (!others.every(({ id }) => this.member.peers.isUsable(id))) return;
    const answers = await Promise.all(others.map((replica) => this.#ask(replica, partition, view, old)));
    if (this.replicas.serving(partition)?.view.epoch !== view.epoch) return;
    const agreed = old.filter((_, i) => answers.every((answer) => answer?.[i] === true));
    await Promise.all(agreed.map(({ key, version }) => this.store.drop(partition, key, version)));
    this.collected += agreed.length;
  }

  async #ask(
    replica: Replica,
    partition: Partition,
    { epoch }: View,
    old: readonly StoredRecord[],
  ): Promise<readonly boolean[] | null> {
    const entries = old.map(({ key, version }) => ({ partition, key, version }));
    try {
      return (await this.member.peers.call(replica, "partition.confirm", { epoch, entries })).confirmed;
    } catch (error) {
      if (error instanceof ChordError) return null;
      throw error;
    }
  }
}
