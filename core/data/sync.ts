import { ChordError, isSilence } from "../errors.ts";
import { type Partition, type PartitionRange, partitionsOf, toRanges } from "../partition.ts";
import type { StoredRecord } from "./record.ts";
import type { Store } from "../ports.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { type Exchange, type ExchangeOptions, inChunks, spansOf } from "./exchange.ts";
import type { PartitionState, Sources } from "./partition_state.ts";
import type { Replicas } from "./replicas.ts";
import { versionMs } from "./version.ts";
import type { Replica } from "./view.ts";

/** Partitions fetched together: few enough that progress shows, many enough that pages are full. */
const chunkMax = 128;

/**
 * Completes our copies: fetches what was acknowledged before we came in from those who kept the partition then.
 *
 * A copy is complete once enough of them were merged that together they have met every write
 * (`sourcesNeeded`); only then does an absence here count.
 */
export class Sync {
  /** Sources that gave no answer in this round: waiting for them again and again would hold up all the others. */
  readonly #silent = new Set<Replica["id"]>();

  constructor(
    readonly member: RingMember,
    readonly replicas: Replicas,
    readonly exchange: Exchange,
    readonly store: Store,
  ) {}

  /** One round over every partition whose copy here is not complete. */
  async run(): Promise<void> {
    this.#silent.clear();
    // Records of partitions that a restart knows nothing of would be in nobody's care.
    await this.replicas.save();
    for (const [state, partitions] of this.replicas.table.group(this.replicas.unsynced())) {
      if (state === null) continue;
      for (const chunk of inChunks(partitions, chunkMax)) await this.#complete(state, chunk);
    }
    await this.replicas.save();
  }

  async #complete(state: PartitionState, chunk: readonly PartitionRange[]): Promise<void> {
    const left = await this.#completeFrom(this.replicas.sourcesOf(state), state, [...partitionsOf(chunk)]);
    const mates = this.replicas.matesOf(state);
    if (mates !== null) await this.#completeFrom(mates, state, left);
  }

  /** Completes what enough of the sources have answered for, each partition by itself; gives the others. */
  async #completeFrom(
    sources: Sources,
    state: PartitionState,
    partitions: readonly Partition[],
  ): Promise<Partition[]> {
    const { epoch } = state.view;
    const tally = new Tally(this.replicas, partitions);
    const absent: StoredRecord[] = [];
    const isWanting = (partition: Partition) =>
      tally.of(partition) < sources.needed && this.#isIncomplete(partition, epoch);
    for (const source of this.#inOrder(sources)) {
      tally.add(await this.#fetchFrom(source, epoch, partitions.filter(isWanting), sources.as, absent));
    }
    const complete = partitions.filter((partition) => tally.of(partition) >= sources.needed);
    const unjudged = await this.#discard(this.#missing(complete, absent, sources.needed), state);
    this.replicas.markSynced(toRanges(complete.filter((partition) => !unjudged.has(partition))), epoch);
    return partitions.filter(isWanting);
  }

  /** A round takes its time: the view may have moved on, or somebody else may have completed the copy. */
  #isIncomplete(partition: Partition, epoch: number): boolean {
    const state = this.replicas.get(partition);
    return state?.view.epoch === epoch && !state.isSynced;
  }

  /**
   * Fetches what the source has, and adds what it has no trace of to `absent`. Gives the partitions that it answered
   * for: not those in which it is in another view or incomplete itself, and none once it falls silent.
   */
  async #fetchFrom(
    source: Replica,
    epoch: number,
    partitions: readonly Partition[],
    as: Sources["as"],
    absent: StoredRecord[],
  ): Promise<Partition[]> {
    if (partitions.length === 0 || this.#silent.has(source.id)) return [];
    const options: ExchangeOptions = { epoch, as, fetch: true, push: false };
    const answered: Partition[] = [];
    try {
      const found = await this.exchange.fingerprints(source, toRanges(partitions), options);
      answered.push(...found.alike);
      for (const span of spansOf(found)) {
        if (!await this.#fetchRange(source, span, options, absent)) continue;
        answered.push(
          ...found.differing.filter((partition) => span.first <= partition && partition <= span.last),
        );
      }
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
      if (isSilence(error)) this.#silent.add(source.id);
      this.member.ports.log("debug", "syncFailed", { source: source.url, error });
    }
    return answered;
  }

  /**
   * False when the source will not answer for the range; the next round knows more.
   *
   * @throws ChordError when it falls silent.
   */
  async #fetchRange(
    source: Replica,
    range: PartitionRange,
    options: ExchangeOptions,
    absent: StoredRecord[],
  ): Promise<boolean> {
    try {
      absent.push(...(await this.exchange.reconcile(source, range, options)).absent);
      return true;
    } catch (error) {
      if (!(error instanceof ChordError) || isSilence(error)) throw error;
      return false;
    }
  }

  /** Those that answer first; a dead one is only asked when nobody else is left. */
  #inOrder({ replicas }: Sources): Replica[] {
    const { peers } = this.member;
    const isUsable = ({ id }: Replica) => peers.isUsable(id) ? 0 : 1;
    return [...replicas].sort((a, b) => isUsable(a) - isUsable(b));
  }

  /** Of what was there before this life, what none of those that were asked has a trace of, by partition. */
  #missing(
    partitions: readonly Partition[],
    absent: readonly StoredRecord[],
    asked: number,
  ): Map<Partition, StoredRecord[]> {
    const stale = new Set(partitions.filter((partition) => this.replicas.absence.isStale(partition)));
    const missing = Map.groupBy(absent, ({ key }) => key);
    const ours = [...missing.values()].filter((answers) => answers.length >= asked).flatMap(([record]) =>
      record === undefined ? [] : [record]
    );
    const old = ours.filter(({ key, version }) => {
      const partition = this.replicas.partitions.ofKey(key);
      return stale.has(partition) && versionMs(version) < this.replicas.keptSinceMs(partition);
    });
    return Map.groupBy(old, ({ key }) => this.replicas.partitions.ofKey(key));
  }

  /**
   * A record that nobody knows is news, unless we were away so long that its deletion may have been forgotten. The
   * sources judge what is from before this view; what we may have acknowledged in it before we went, only the other
   * members can. Gives the partitions in which too few of them have answered yet.
   */
  async #discard(
    missing: ReadonlyMap<Partition, readonly StoredRecord[]>,
    state: PartitionState,
  ): Promise<Set<Partition>> {
    const mates = this.replicas.matesOf(state);
    const unjudged = new Set<Partition>();
    // Where they are too few to have met each write in which we took part, nobody can ever say that it is forgotten.
    if (mates === null) return unjudged;
    for (const [partition, records] of missing) {
      const forgotten = await this.#forgottenBy(mates, partition, state.view.epoch);
      if (forgotten === null) unjudged.add(partition);
      else {
        const drops = records.filter(({ key }) => forgotten.has(key));
        await Promise.all(drops.map(({ key, version }) => this.store.drop(partition, key, version)));
      }
    }
    return unjudged;
  }

  /** Our keys of which none of the other members has a trace; null when too few of them answer. */
  async #forgottenBy(
    { replicas, needed }: Sources,
    partition: Partition,
    epoch: number,
  ): Promise<Set<string> | null> {
    const range = { first: partition, last: partition };
    const options: ExchangeOptions = { epoch, as: "member", fetch: false, push: false };
    const answers: Set<string>[] = [];
    for (const mate of replicas) {
      try {
        const { absent } = await this.exchange.reconcile(mate, range, options);
        answers.push(new Set(absent.map(({ key }) => key)));
      } catch (error) {
        if (!(error instanceof ChordError)) throw error;
      }
    }
    if (answers.length < needed) return null;
    return answers.reduce((all, each) => all.intersection(each));
  }
}

/** How many sources have given all they have of each partition. Damage meanwhile may undo what they gave. */
class Tally {
  readonly #answers = new Map<Partition, number>();
  readonly #damages: ReadonlyMap<Partition, number>;

  constructor(readonly replicas: Replicas, partitions: readonly Partition[]) {
    this.#damages = new Map(partitions.map((partition) => [partition, replicas.damagesOf(partition)]));
  }

  add(partitions: readonly Partition[]): void {
    for (const partition of partitions) {
      this.#answers.set(partition, (this.#answers.get(partition) ?? 0) + 1);
    }
  }

  of(partition: Partition): number {
    const isHarmed = this.#damages.get(partition) !== this.replicas.damagesOf(partition);
    return isHarmed ? Number.NEGATIVE_INFINITY : this.#answers.get(partition) ?? 0;
  }
}
