import type { NodeRef } from "../node_ref.ts";
import { type Partition, type PartitionRange, partitionsOf, toRanges } from "../partition.ts";
import type { Cursor, Ports } from "../ports.ts";
import { comparedMax, type Result } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { comparePlaces } from "./key_order.ts";
import type { Keeper } from "./keeper.ts";
import { isForgettable, type StoredRecord, withoutExpiredValue } from "./record.ts";
import type { Replicas } from "./replicas.ts";
import type { Sources } from "./partition_state.ts";
import { viewsOf } from "./view_news.ts";
import { fromWire, toWire } from "./wire_record.ts";

/** A page may be half a mebibyte from a busy disk. */
const pageTimeoutMs = 5_000;
/** A pause is so many times as long as its page took, so that reads and writes get their share of the node. */
const pauseShare = 2;
const pauseMsMax = 50;

export interface ExchangeOptions {
  readonly epoch: number;
  /** What the peer has to be for its word to count. */
  readonly as: Sources["as"] | "member";
  /** Bring what the peer has newer. */
  readonly fetch: boolean;
  /** Send what the peer lacks. */
  readonly push: boolean;
}

type Digest = Result<"partition.digest">["digests"][number];

/** Partitions by how a peer's copy of them compares with ours. */
export interface Fingerprints {
  readonly alike: Partition[];
  readonly differing: Partition[];
  /** The peer is in a later view of these, or its copy is not complete: its word does not count. */
  readonly unfit: Partition[];
}

/** What came of comparing a range with a peer. */
export interface Difference {
  fetched: number;
  pushed: number;
  /** Our records of which the peer has no trace, and which were not sent to it. */
  readonly absent: StoredRecord[];
}

/**
 * Makes two copies equal: walks through ours, page by page, and lets the peer say where it differs.
 *
 * Every record that moves is merged, so any step may be repeated, lost or cut short.
 */
export class Exchange {
  /** Records fetched and sent in this life, for progress and tests. */
  fetched = 0;
  pushed = 0;

  constructor(
    readonly member: RingMember,
    readonly replicas: Replicas,
    readonly keeper: Keeper,
    readonly ports: Ports,
  ) {}

  /**
   * Sets the peer's copies of the partitions beside ours, without moving anything.
   *
   * @throws ChordError for the peer's silence.
   */
  async fingerprints(
    peer: NodeRef,
    ranges: readonly PartitionRange[],
    { as, epoch }: ExchangeOptions,
  ): Promise<Fingerprints> {
    const params = { ranges: ranges.map(({ first, last }) => ({ first, last })) };
    const { digests } = await this.member.peers.call(peer, "partition.digest", params, pageTimeoutMs);
    await this.#levelViews(peer, digests.filter((answer) => answer.epoch !== epoch));
    await this.replicas.writes.drained(ranges);
    const found: Fingerprints = { alike: [], differing: [], unfit: [] };
    for (const answer of digests) {
      const isFit = answer.epoch === epoch && isComplete(answer, as);
      for (const partition of partitionsOf([answer])) {
        const isSame = answer.digests[partition - answer.first] === this.ports.store.digest(partition);
        // Whoever was behind has just been taught, and is worth a try.
        if (isFit && isSame) found.alike.push(partition);
        else if (isFit || answer.epoch < epoch) found.differing.push(partition);
        else found.unfit.push(partition);
      }
    }
    return found;
  }

  /** Whoever has missed a change of view, the peer or we, would never hear of it where nobody reads or writes. */
  async #levelViews(peer: NodeRef, ranges: readonly PartitionRange[]): Promise<void> {
    if (ranges.length === 0) return;
    const views = viewsOf(this.replicas, partitionsOf(ranges));
    const later = await this.member.peers.call(peer, "partition.learn", { views }, pageTimeoutMs);
    for (const { first, last, view } of later.views) this.replicas.learn([{ first, last }], view);
  }

  /** @throws ChordError as the peer answers it, or for its silence; what was exchanged until then stays. */
  async reconcile(peer: NodeRef, range: PartitionRange, options: ExchangeOptions): Promise<Difference> {
    const difference: Difference = { fetched: 0, pushed: 0, absent: [] };
    let after: Cursor | null = null;
    do {
      const page = await this.ports.store.page(range, after, comparedMax);
      await this.#comparePage(peer, range, { after, through: page.next }, page.records, options, difference);
      after = page.next;
    } while (after !== null);
    return difference;
  }

  async #comparePage(
    peer: NodeRef,
    range: PartitionRange,
    { after, through }: { after: Cursor | null; through: Cursor | null },
    records: readonly StoredRecord[],
    options: ExchangeOptions,
    difference: Difference,
  ): Promise<void> {
    let from = after;
    let left = records;
    do {
      const startedAtMs = this.ports.clock.now();
      const answer = await this.#compare(peer, range, { after: from, through }, left, options);
      await this.#keep(answer, range, difference);
      await this.#send(peer, left, answer, options, difference);
      from = answer.next;
      left = left.filter((record) => from !== null && comparePlaces(this.#placeOf(record), from) > 0);
      const tookMs = this.ports.clock.now() - startedAtMs;
      await this.ports.clock.sleep(Math.min(tookMs * pauseShare, pauseMsMax));
    } while (from !== null);
  }

  async #compare(
    peer: NodeRef,
    { first, last }: PartitionRange,
    interval: { after: Cursor | null; through: Cursor | null },
    records: readonly StoredRecord[],
    { as, epoch, fetch }: ExchangeOptions,
  ): Promise<Result<"partition.compare">> {
    const entries = records.map((record) => ({ ...this.#placeOf(record), version: record.version }));
    const params = { range: { first, last }, epoch, as, ...interval, entries, fetch };
    try {
      return await this.member.peers.call(peer, "partition.compare", params, pageTimeoutMs);
    } catch (error) {
      this.keeper.learnFrom(error);
      throw error;
    }
  }

  /** All is judged before any is kept: no promise is left behind when the last of them is bad. */
  async #keep(
    { newer }: Result<"partition.compare">,
    range: PartitionRange,
    difference: Difference,
  ): Promise<void> {
    const records = newer.map((wire) => this.keeper.checkFetched(fromWire(wire), range));
    await Promise.all(records.map((record) => this.keeper.keep(record)));
    difference.fetched += newer.length;
    this.fetched += newer.length;
  }

  async #send(
    peer: NodeRef,
    records: readonly StoredRecord[],
    { absent, older }: Result<"partition.compare">,
    { epoch, push }: ExchangeOptions,
    difference: Difference,
  ): Promise<void> {
    const nowMs = this.member.peers.clocks.expiryNow();
    const { tombstoneGraceMs } = this.member.config;
    const unknown = absent.map((i) => records[i]).filter((record) => record !== undefined);
    const outdated = older.map((i) => records[i]).filter((record) => record !== undefined);
    const wanted = [
      ...unknown.filter((record) => !isForgettable(record, nowMs, tombstoneGraceMs)),
      ...outdated,
    ].filter((record) => !this.replicas.absence.isWithheld(this.#placeOf(record).partition, record.version));
    if (!push) {
      difference.absent.push(...unknown);
    } else if (wanted.length > 0) {
      const wire = wanted.map((record) => toWire(withoutExpiredValue(record, nowMs)));
      await this.member.peers.call(peer, "partition.push", { epoch, records: wire }, pageTimeoutMs);
      difference.pushed += wanted.length;
      this.pushed += wanted.length;
    }
  }

  #placeOf({ key }: StoredRecord): Cursor {
    return { partition: this.replicas.partitions.ofKey(key), key };
  }
}

function isComplete({ synced, wasSynced }: Digest, as: ExchangeOptions["as"]): boolean {
  return as === "member" || (as === "previous" ? wasSynced : synced);
}

/** So many partitions that are alike may lie between two that differ and are compared with them: a call costs more. */
const gapMax = 16;

/** The ranges to compare record by record so that each differing partition is in one, by as few calls as is sensible. */
export function spansOf({ alike, differing }: Pick<Fingerprints, "alike" | "differing">): PartitionRange[] {
  const isAlike = new Set(alike);
  const spans: { first: Partition; last: Partition }[] = [];
  for (const partition of differing) {
    const open = spans.at(-1);
    if (open !== undefined && isBridged(open.last, partition, isAlike)) open.last = partition;
    else spans.push({ first: partition, last: partition });
  }
  return spans;
}

function isBridged(from: Partition, to: Partition, isAlike: ReadonlySet<Partition>): boolean {
  if (to - from - 1 > gapMax) return false;
  for (let between = from + 1; between < to; between++) if (!isAlike.has(between)) return false;
  return true;
}

/** The partitions in ranges of at most `max`, so that one that is in the way does not hold up thousands. */
export function inChunks(partitions: readonly Partition[], max: number): PartitionRange[][] {
  const chunks: PartitionRange[][] = [];
  for (let i = 0; i < partitions.length; i += max) chunks.push(toRanges(partitions.slice(i, i + max)));
  return chunks;
}
