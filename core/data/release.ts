import { ChordError } from "../errors.ts";
import { type Partition, type PartitionRange, partitionsOf } from "../partition.ts";
import type { Store } from "../ports.ts";
import { pageBytesMax, pageRecordsMax } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { type Exchange, type ExchangeOptions, inChunks, spansOf } from "./exchange.ts";
import type { PartitionState } from "./partition_state.ts";
import type { Replicas } from "./replicas.ts";
import type { Replica } from "./view.ts";

const chunkMax = 64;

/**
 * Lets go of partitions that others keep now.
 *
 * Records are dropped only after every member of the present view has all data and has confirmed, or been given, each
 * of ours. Until then they are what new members fetch from.
 */
export class Release {
  constructor(
    readonly member: RingMember,
    readonly replicas: Replicas,
    readonly exchange: Exchange,
    readonly store: Store,
  ) {}

  /** One round over everything that is held and not kept. */
  async run(): Promise<void> {
    for (const [state, partitions] of this.replicas.table.group(this.held())) {
      if (state === null) continue;
      for (const chunk of inChunks(partitions, chunkMax)) await this.#release(state, chunk);
    }
  }

  /** Partitions of whose view we are no member, and of which we still hold records or the word. */
  held(): Partition[] {
    const { replicas, store } = this;
    return replicas.table.matching((state) => !replicas.isMember(state)).filter((partition) => {
      const isSource = replicas.get(partition)?.wasSynced === true;
      return isSource || store.count({ first: partition, last: partition }) > 0;
    });
  }

  async #release(state: PartitionState, chunk: readonly PartitionRange[]): Promise<void> {
    // All are asked, though one refusal is enough: if the view is no longer the latest, one of them will say so.
    const members = this.replicas.countedMembers(state.view);
    const answers = await Promise.all(members.map((member) => this.#isEverythingAt(member, state, chunk)));
    if (answers.every(Boolean)) await this.#drop(state, chunk);
  }

  /**
   * Gives the member what it lacks; false when it is silent or not complete itself. What must not be given any more,
   * because its deletion may have been forgotten, is not missed: it was never acknowledged, or is over.
   */
  async #isEverythingAt(
    member: Replica,
    state: PartitionState,
    chunk: readonly PartitionRange[],
  ): Promise<boolean> {
    const push = this.#mayPush(state, chunk);
    const options: ExchangeOptions = { epoch: state.view.epoch, as: "current", fetch: false, push };
    try {
      const found = await this.exchange.fingerprints(member, chunk, options);
      if (found.unfit.length > 0) return false;
      for (const range of spansOf(found)) {
        await this.exchange.reconcile(member, range, options);
      }
      return true;
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
      return false;
    }
  }

  /** What was deleted since may have been forgotten by the others once half the grace is over, here or away. */
  #mayPush({ removedAtMs }: PartitionState, chunk: readonly PartitionRange[]): boolean {
    const { config: { tombstoneGraceMs }, ports: { clock } } = this.member;
    if (partitionsOf(chunk).some((partition) => this.replicas.absence.stale.has(partition))) return false;
    return removedAtMs === null || clock.wallNow() - removedAtMs < tombstoneGraceMs / 2;
  }

  /** From the first dropped record on we are nobody's source, and that is durable before it. */
  async #drop({ view }: PartitionState, chunk: readonly PartitionRange[]): Promise<void> {
    const { replicas } = this;
    replicas.table.update(
      chunk,
      (state) => state?.view.epoch === view.epoch ? { ...state, wasSynced: false } : state,
    );
    await replicas.save();
    for (const partition of partitionsOf(chunk)) {
      const state = replicas.get(partition);
      if (state === null || replicas.isMember(state)) continue;
      await this.#dropRecords({ first: partition, last: partition });
    }
  }

  async #dropRecords(range: PartitionRange): Promise<void> {
    const limits = { recordsMax: pageRecordsMax, bytesMax: pageBytesMax };
    while (this.store.count(range) > 0) {
      const { records } = await this.store.page(range, null, limits);
      // We may have become a keeper again, and have acknowledged what is on this page.
      if (records.length === 0 || this.replicas.isMember(this.replicas.get(range.first))) return;
      await Promise.all(records.map(({ key, version }) => this.store.drop(range.first, key, version)));
    }
  }
}
