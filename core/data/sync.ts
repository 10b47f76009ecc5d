import { ChordError } from "../errors.ts";
import { type PartitionRange, partitionsOf } from "../partition.ts";
import type { StoredRecord } from "./record.ts";
import type { Store } from "../ports.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { type Exchange, type ExchangeOptions, inChunks } from "./exchange.ts";
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
  /**
   * @param isStale this node was away for so long that deletions may have been forgotten meanwhile: what none of the
   * sources knows is discarded.
   */
  constructor(
    readonly member: RingMember,
    readonly replicas: Replicas,
    readonly exchange: Exchange,
    readonly store: Store,
    readonly isStale: (range: PartitionRange) => boolean,
  ) {}

  /** One round over every partition whose copy here is not complete. */
  async run(): Promise<void> {
    for (const [state, partitions] of this.replicas.table.group(this.replicas.unsynced())) {
      if (state === null) continue;
      for (const chunk of inChunks(partitions, chunkMax)) await this.#complete(state, chunk);
    }
    await this.replicas.save();
  }

  async #complete(state: PartitionState, chunk: readonly PartitionRange[]): Promise<void> {
    const absent = await this.#fetchFromEnough(this.replicas.sourcesOf(state), state, chunk) ??
      await this.#fetchFromEnough(this.replicas.matesOf(state), state, chunk);
    if (absent === null) return await this.#completeInParts(state, chunk);
    if (absent.length > 0) await this.#discard(chunk, absent);
    this.replicas.markSynced(chunk, state.view.epoch);
  }

  /** What each of the sources has no trace of; null when too few of them could give all they have. */
  async #fetchFromEnough(
    sources: Sources | null,
    state: PartitionState,
    chunk: readonly PartitionRange[],
  ): Promise<StoredRecord[][] | null> {
    if (sources === null) return null;
    const absent: StoredRecord[][] = [];
    for (const source of this.#inOrder(sources)) {
      if (absent.length === sources.needed) break;
      const unknown = await this.#fetchFrom(source, state, chunk, sources.as);
      if (unknown !== null) absent.push(unknown);
    }
    return absent.length < sources.needed ? null : absent;
  }

  /** One partition that cannot be completed yet must not hold up the others. */
  async #completeInParts(state: PartitionState, chunk: readonly PartitionRange[]): Promise<void> {
    const partitions = [...partitionsOf(chunk)];
    if (partitions.length === 1) return;
    for (const half of inChunks(partitions, Math.ceil(partitions.length / 2))) {
      await this.#complete(state, half);
    }
  }

  /** Fetches what the source has of the chunk; gives what only we have, or null when it did not work out. */
  async #fetchFrom(
    source: Replica,
    { view: { epoch } }: PartitionState,
    chunk: readonly PartitionRange[],
    as: Sources["as"],
  ): Promise<StoredRecord[] | null> {
    const options: ExchangeOptions = { epoch, as, fetch: true, push: false };
    const absent: StoredRecord[] = [];
    try {
      const differing = await this.exchange.differing(source, chunk, options);
      for (const range of inChunks(differing, chunkMax).flat()) {
        absent.push(...(await this.exchange.reconcile(source, range, options)).absent);
      }
      return absent;
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
      this.member.ports.log("debug", "syncFailed", { source: source.url, error });
      return null;
    }
  }

  /** Those that answer first; a dead one is only asked when nobody else is left. */
  #inOrder({ replicas }: Sources): Replica[] {
    const { peers } = this.member;
    const isUsable = ({ id }: Replica) => peers.isUsable(id) ? 0 : 1;
    return [...replicas].sort((a, b) => isUsable(a) - isUsable(b));
  }

  /** A record that nobody knows is news, unless we were away so long that its deletion may have been forgotten. */
  async #discard(
    chunk: readonly PartitionRange[],
    absent: readonly (readonly StoredRecord[])[],
  ): Promise<void> {
    const [first = [], ...others] = absent;
    for (const range of chunk.filter((range) => this.isStale(range))) {
      const isInRange = ({ key }: StoredRecord) => {
        const partition = this.replicas.partitions.ofKey(key);
        return range.first <= partition && partition <= range.last;
      };
      const isOld = ({ key, version }: StoredRecord) =>
        versionMs(version) < this.replicas.keptSinceMs(this.replicas.partitions.ofKey(key));
      const unknown = first.filter(isInRange).filter(isOld)
        .filter(({ key }) => others.every((list) => list.some((record) => record.key === key)));
      const drops = unknown.map(({ key, version }) =>
        this.store.drop(this.replicas.partitions.ofKey(key), key, version)
      );
      await Promise.all(drops);
    }
  }
}
