import { ChordError } from "../errors.ts";
import type { NodeRef } from "../node_ref.ts";
import { type Partition, type PartitionRange, partitionsOf, toRanges } from "../partition.ts";
import type { Store } from "../ports.ts";
import { type Holding, pageBytesMax, pageRecordsMax, type Result } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import { askClaim } from "./ask_claim.ts";
import { lacks, withFetched, withHint } from "./claims.ts";
import type { Custody } from "./custody.ts";
import type { HybridClock } from "./version.ts";
import { fromWire } from "./wire_record.ts";

/**
 * The receiving half of a handoff: fetches the data that our claims say is somewhere else.
 *
 * Every step may be repeated: claims are only ever added to, pages are merged, and a source keeps each record until
 * this node confirms it (core/data/homing.ts). A crash leaves the claim with its source still named in it.
 */
export class Acquisition {
  /** Pages whose records all had to be fetched, for progress and tests. */
  recordsFetched = 0;

  constructor(
    readonly member: RingMember,
    readonly custody: Custody,
    readonly store: Store,
    readonly clock: HybridClock,
  ) {}

  /** One round over every source that something of ours is missing from. */
  async run(): Promise<void> {
    for (const source of this.#sources()) await this.fetchFrom(source);
  }

  /**
   * A node found data of our partitions with itself: if it has a claim of its own, that is merged with ours.
   *
   * @throws ChordError when the holder does not answer; it will offer again.
   */
  async offered(holder: NodeRef, ranges: readonly PartitionRange[]): Promise<void> {
    const own = toRanges([...partitionsOf(ranges)].filter((partition) => this.custody.isOwn(partition)));
    if (own.length === 0) return;
    const { holdings } = await askClaim(this.member, holder, own);
    this.custody.accept(holdings, holder);
    await this.custody.save();
  }

  /** Fetches all that `source` has of the partitions that lack it, and learns whom it lacks itself. */
  async fetchFrom(source: NodeRef): Promise<void> {
    const ranges = toRanges(this.#lacking(source));
    if (ranges.length === 0) return;
    try {
      const { holdings, departed } = await askClaim(this.member, source, ranges);
      for (const holding of holdings) {
        if (holding.serving) continue;
        if (holding.holds) await this.#fetchRange(source, holding);
        this.#settle(source, holding);
      }
      for (const departure of departed) this.custody.depart(departure);
      await this.custody.save();
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
      this.member.ports.log("debug", "fetchFailed", { source: source.url, error });
    }
  }

  async #fetchRange(source: NodeRef, { first, last }: PartitionRange): Promise<void> {
    let after: Result<"partition.page">["next"] = null;
    do {
      const page: Result<"partition.page"> = await this.member.peers.call(source, "partition.page", {
        range: { first, last },
        after,
        recordsMax: pageRecordsMax,
        bytesMax: pageBytesMax,
      }, pageTimeoutMs);
      const records = page.records.map(fromWire);
      await Promise.all(records.map((record) => this.#keep(record)));
      this.recordsFetched += records.length;
      after = page.next;
    } while (after !== null);
  }

  async #keep(record: ReturnType<typeof fromWire>): Promise<void> {
    this.clock.observe(record.version);
    await this.store.merge(this.custody.partitions.ofKey(record.key), record);
  }

  /** The source's data is here now, or it never had any: its word takes its place in our claim. */
  #settle(source: NodeRef, holding: Holding): void {
    const { custody, member: { self } } = this;
    const next = holding.holds ? withFetched : withHint;
    const word = holding.passedTo === null ? holding.missing : [...holding.missing, holding.passedTo];
    custody.claims.update([holding], (claim) => {
      if (claim === null || !lacks(claim, source)) return claim;
      return next(claim, source, word, self);
    });
  }

  #sources(): NodeRef[] {
    const sources = new Map<string, NodeRef>();
    for (const partition of this.custody.unsynced()) {
      for (const node of this.custody.serving(partition)?.missing ?? []) sources.set(node.id, node);
    }
    sources.delete(this.member.self.id);
    return [...sources.values()];
  }

  #lacking(source: NodeRef): Partition[] {
    const { custody } = this;
    return [
      ...custody.claims.matching(custody.ownRanges(), (claim) => claim !== null && lacks(claim, source)),
    ];
  }
}

/** A page may be half a mebibyte from a busy disk. */
const pageTimeoutMs = 5_000;
