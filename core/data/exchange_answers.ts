import { ChordError, errorCode, OtherViewError } from "../errors.ts";
import { type Partition, type PartitionRange, partitionsOf } from "../partition.ts";
import type { Cursor, Ports } from "../ports.ts";
import { comparedMax, type ParsedParams, type Result } from "../protocol.ts";
import { comparePlaces } from "./key_order.ts";
import type { PartitionState } from "./partition_state.ts";
import { isForgettable, type StoredRecord, withoutExpiredValue } from "./record.ts";
import type { Replicas } from "./replicas.ts";
import { toWire } from "./wire_record.ts";

type Digests = Result<"partition.digest">["digests"];

/** What a keeper of data answers to others that compare theirs with it. */
export class ExchangeAnswers {
  constructor(readonly replicas: Replicas, readonly ports: Ports) {}

  /**
   * Writes in flight are waited for: a fingerprint must not miss what is about to be acknowledged. That a copy is
   * complete is durable before others act on it, and give up the data it was made from.
   */
  async digest({ ranges }: ParsedParams<"partition.digest">): Promise<Result<"partition.digest">> {
    await this.replicas.writes.drained(ranges);
    const digests: Digests = [];
    for (const partition of partitionsOf(ranges)) this.#appendDigest(digests, partition);
    await this.replicas.save();
    return { digests };
  }

  /** @throws OtherViewError unless every partition of the range is in the asker's view here. */
  async compare(params: ParsedParams<"partition.compare">): Promise<Result<"partition.compare">> {
    const { after, entries, epoch, fetch, range, through } = params;
    this.#checkRight(range, epoch, params.as);
    await this.replicas.writes.drained([range]);
    const page = await this.ports.store.page(range, after, comparedMax);
    this.#checkRight(range, epoch, params.as);
    const isWithin = (place: Cursor) => through === null || comparePlaces(place, through) <= 0;
    const records = page.records.filter((record) => isWithin(this.#placeOf(record)));
    const next =
      page.next !== null && isWithin(page.next) && (through === null || comparePlaces(page.next, through) < 0)
        ? page.next
        : null;
    const judged = entries.filter((entry) => next === null || comparePlaces(entry, next) <= 0);
    return { ...this.#differences(judged, records, fetch), next };
  }

  /**
   * For a member that wants to forget a deletion: nothing older may be anywhere in the view. That our copy is complete
   * is durable before: else we might fetch, after a crash, what the deletion was of.
   */
  async confirm({ epoch, entries }: ParsedParams<"partition.confirm">): Promise<Result<"partition.confirm">> {
    for (const { partition } of entries) {
      this.#checkRight({ first: partition, last: partition }, epoch, "current");
    }
    const confirmed = entries.map(async ({ partition, key, version }) => {
      const record = await this.ports.store.get(partition, key);
      return record === null || record.version >= version;
    });
    const answers = await Promise.all(confirmed);
    await this.replicas.save();
    for (const { partition } of entries) {
      this.#checkRight({ first: partition, last: partition }, epoch, "current");
    }
    return { confirmed: answers };
  }

  #differences(
    entries: ParsedParams<"partition.compare">["entries"],
    records: readonly StoredRecord[],
    fetch: boolean,
  ): Omit<Result<"partition.compare">, "next"> {
    const nowMs = this.replicas.member.peers.clocks.expiryNow();
    const graceMs = this.replicas.member.config.tombstoneGraceMs;
    const ours = new Map(records.map((record) => [record.key, record]));
    const theirs = new Map(entries.map(({ key, version }) => [key, version]));
    const absent: number[] = [];
    const older: number[] = [];
    for (const [i, { key, version }] of entries.entries()) {
      const record = ours.get(key);
      if (record === undefined) absent.push(i);
      else if (record.version < version) older.push(i);
    }
    const isNews = (record: StoredRecord) => {
      if (this.replicas.absence.isWithheld(this.#placeOf(record).partition, record.version)) return false;
      const version = theirs.get(record.key);
      return version === undefined ? !isForgettable(record, nowMs, graceMs) : version < record.version;
    };
    const newer = fetch
      ? records.filter(isNews).map((record) => toWire(withoutExpiredValue(record, nowMs)))
      : [];
    return { absent, older, newer };
  }

  #checkRight(
    { first, last }: PartitionRange,
    epoch: number,
    as: ParsedParams<"partition.compare">["as"],
  ): void {
    for (let partition = first; partition <= last; partition++) {
      const state = this.replicas.get(partition);
      if (state === null || state.view.epoch !== epoch) {
        throw new OtherViewError(partition, state?.view ?? null);
      }
      if (!this.#hasRight(state, as)) throw new NotSyncedError(partition);
    }
  }

  #hasRight(state: PartitionState, as: ParsedParams<"partition.compare">["as"]): boolean {
    if (as === "previous") return state.wasSynced;
    return this.replicas.isMember(state) && (as === "member" || state.isSynced);
  }

  #appendDigest(digests: Digests, partition: Partition): void {
    const state = this.replicas.get(partition);
    const epoch = state?.view.epoch ?? 0;
    const synced = this.replicas.isMember(state) && state.isSynced;
    const wasSynced = state?.wasSynced ?? false;
    const digest = this.ports.store.digest(partition);
    const open = digests.at(-1);
    const continues = open !== undefined && open.last + 1 === partition && open.epoch === epoch &&
      open.synced === synced && open.wasSynced === wasSynced;
    if (continues) {
      open.last = partition;
      open.digests.push(digest);
    } else digests.push({ first: partition, last: partition, epoch, synced, wasSynced, digests: [digest] });
  }

  #placeOf({ key }: StoredRecord): Cursor {
    return { partition: this.replicas.partitions.ofKey(key), key };
  }
}

/** The copy here is not complete, so what it lacks proves nothing. */
export class NotSyncedError extends ChordError {
  override readonly name = "NotSyncedError";

  constructor(partition: Partition) {
    super(errorCode.unavailable, `Cannot vouch for partition ${partition}: the copy here is not complete`, {
      reason: "notSynced",
    });
  }
}
