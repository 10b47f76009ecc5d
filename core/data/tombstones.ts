import { ChordError } from "../errors.ts";
import type { Partition } from "../partition.ts";
import type { Store } from "../ports.ts";
import { pageBytesMax, pageRecordsMax } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { isForgettable, type StoredRecord } from "./record.ts";
import type { Replicas } from "./replicas.ts";
import { type Replica, sameReplica, type View } from "./view.ts";

/** Pause between two rounds; a tombstone may stay this much longer than it has to. */
const everyMs = 60_000;

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
  #dueAtMs = 0;

  constructor(readonly member: RingMember, readonly replicas: Replicas, readonly store: Store) {}

  async run(): Promise<void> {
    const { clock, random } = this.member.ports;
    if (clock.now() < this.#dueAtMs || this.member.peers.clocks.isExpiryFrozen()) return;
    this.#dueAtMs = clock.now() + everyMs * (0.75 + random.next() / 2);
    const complete = this.replicas.table.matching((state) =>
      this.replicas.isMember(state) && state.isSynced && state.accepted === null
    );
    for (const partition of complete) await this.#collect(partition);
  }

  async #collect(partition: Partition): Promise<void> {
    const range = { first: partition, last: partition };
    if (this.store.count(range) === 0) return;
    const view = this.replicas.serving(partition)?.view;
    if (view === undefined) return;
    for (let after = null, isMore = true; isMore;) {
      const page = await this.store.page(range, after, {
        recordsMax: pageRecordsMax,
        bytesMax: pageBytesMax,
      });
      const old = page.records.filter((record) => this.#isOld(record));
      if (old.length > 0) await this.#forget(partition, view, old);
      isMore = page.next !== null;
      after = page.next as typeof after;
    }
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
