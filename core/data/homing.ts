import { ChordError } from "../errors.ts";
import { betweenThrough, type Id } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import { type Partition, type PartitionRange, partitionsOf, toRanges } from "../partition.ts";
import type { Cursor, Store } from "../ports.ts";
import { pageBytesMax, pageRecordsMax, type Result } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { released, wordOf } from "./claims.ts";
import type { Custody } from "./custody.ts";
import type { StoredRecord } from "./record.ts";

/**
 * The giving half of a handoff: takes records that are not ours to where they belong, and drops each one only
 * after its owner confirmed that version or a newer one.
 *
 * The owner fetches; as long as it lacks anything, it is told round after round that there is something here. So a
 * record is never on fewer disks than before, whatever crashes in between.
 */
export class Homing {
  /** Partitions that a leaving node answered for, until their next owner no longer lacks it. */
  readonly #unreleased = new Set<Partition>();
  readonly #heirs = new Map<Id, NodeRef>();

  constructor(readonly member: RingMember, readonly custody: Custody, readonly store: Store) {}

  /** Owners that took over from us since this life began. */
  get heirs(): readonly NodeRef[] {
    return [...this.#heirs.values()];
  }

  /** To be called before leaving: even what we held nothing of has to be taken over from us. */
  releaseOwn(): void {
    for (const partition of partitionsOf(this.custody.ownRanges())) this.#unreleased.add(partition);
  }

  /** One round over everything that is not ours. */
  async run(): Promise<void> {
    const astray = this.astray();
    while (astray.length > 0) {
      const owned = await this.#sharedOwner(astray);
      if (owned === null) return;
      astray.splice(0, owned.count);
      for (const range of this.#byClaim(owned.partitions)) await this.#bringHome(owned.owner, range);
    }
  }

  /** Partitions outside our arc of which we hold records or a claim or the word, in ring order. */
  astray(): Partition[] {
    const { custody, store } = this;
    const own = custody.ownRanges();
    const partitions: Partition[] = [];
    for (let partition = 0; partition < custody.partitions.count; partition++) {
      if (own.some(({ first, last }) => first <= partition && partition <= last)) continue;
      const isHeld = custody.claims.get(partition)?.isReleased === false || this.#unreleased.has(partition) ||
        store.count({ first: partition, last: partition }) > 0;
      if (isHeld) partitions.push(partition);
    }
    return partitions;
  }

  /** The owner of the first partition, and how many of the following ones it owns too. */
  async #sharedOwner(
    astray: readonly Partition[],
  ): Promise<{ owner: NodeRef; partitions: Partition[]; count: number } | null> {
    const { custody, member } = this;
    const [first] = astray;
    if (first === undefined) return null;
    const start = custody.partitions.position(first);
    const { owner } = await member.ownerOf(start);
    if (sameNode(owner, member.self)) return null;
    const isShared = (partition: Partition) =>
      partition === first || betweenThrough(start, custody.partitions.position(partition), owner.id);
    let count = 1;
    while (count < astray.length && isShared(astray[count] as Partition)) count++;
    return { owner, partitions: astray.slice(0, count), count };
  }

  /** The partitions as ranges of one claim each. */
  #byClaim(partitions: readonly Partition[]): PartitionRange[] {
    const { claims } = this.custody;
    return toRanges(partitions).flatMap(({ first, last }) => {
      const starts = [...partitionsOf([{ first, last }])].filter((it) =>
        it === first || claims.get(it) !== claims.get(it - 1)
      );
      return starts.map((start, i) => ({ first: start, last: (starts[i + 1] ?? last + 1) - 1 }));
    });
  }

  async #bringHome(owner: NodeRef, range: PartitionRange): Promise<void> {
    let after: Cursor | null = null;
    let isConfirmed = true;
    let isFetched = true;
    do {
      const page = await this.store.page(range, after, {
        recordsMax: pageRecordsMax,
        bytesMax: pageBytesMax,
      });
      const answer = await this.#confirm(owner, range, page.records);
      if (answer === null) return;
      if (!isWhole(answer.served, range)) return await this.#bringHomeInParts(owner, range, answer.served);
      isFetched &&= !answer.lacking;
      isConfirmed &&= answer.confirmed.every(Boolean);
      await this.#dropConfirmed(page.records, answer.confirmed);
      after = page.next;
    } while (after !== null);
    if (isFetched && isConfirmed) await this.#letGo(range, owner);
    // An owner that lacks us is about to fetch; one that believes it has everything has to hear of the rest.
    else if (isFetched) await this.#offer(owner, range);
  }

  /** The owner answers for a part only. The rest it may not have heard of yet: our offer tells it. */
  async #bringHomeInParts(
    owner: NodeRef,
    range: PartitionRange,
    served: readonly PartitionRange[],
  ): Promise<void> {
    await this.#offer(owner, range);
    for (const part of served) await this.#bringHome(owner, part);
  }

  /** Null when the owner is silent. */
  async #confirm(
    owner: NodeRef,
    { first, last }: PartitionRange,
    records: readonly StoredRecord[],
  ): Promise<Result<"partition.confirm"> | null> {
    const { custody, member } = this;
    const entries = records.map(({ key, version }) => ({
      partition: custody.partitions.ofKey(key),
      key,
      version,
    }));
    const claim = custody.claims.get(first);
    const missing = claim === null ? [] : wordOf(claim).filter((node) => !sameNode(node, owner));
    const params = { holder: member.self, range: { first, last }, missing, entries };
    return await member.peers.call(owner, "partition.confirm", params).catch(ignoreSilence);
  }

  async #dropConfirmed(records: readonly StoredRecord[], confirmed: readonly boolean[]): Promise<void> {
    const { custody, store } = this;
    const drops = records.filter((_, i) => confirmed[i]).map(({ key, version }) => {
      const partition = custody.partitions.ofKey(key);
      return custody.isOwn(partition) ? false : store.drop(partition, key, version);
    });
    await Promise.all(drops);
  }

  /** The owner has everything and we have nothing: our claim is only a memory now. */
  async #letGo(range: PartitionRange, owner: NodeRef): Promise<void> {
    const { custody, store } = this;
    for (let partition = range.first; partition <= range.last; partition++) {
      const one = { first: partition, last: partition };
      if (custody.isOwn(partition) || store.count(one) > 0) continue;
      custody.claims.update([one], (claim) => claim === null ? null : released(claim, owner));
      if (this.#unreleased.delete(partition)) this.#heirs.set(owner.id, owner);
    }
    await custody.save();
  }

  async #offer(owner: NodeRef, { first, last }: PartitionRange): Promise<void> {
    const params = { holder: this.member.self, ranges: [{ first, last }] };
    await this.member.peers.call(owner, "partition.offer", params).catch(ignoreSilence);
  }
}

function isWhole(served: readonly PartitionRange[], { first, last }: PartitionRange): boolean {
  const [only, ...more] = served;
  return more.length === 0 && only?.first === first && only.last === last;
}

function ignoreSilence(error: unknown): null {
  if (error instanceof ChordError) return null;
  throw error;
}
