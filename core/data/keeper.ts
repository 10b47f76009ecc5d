import { BadRecordError, ChordError, OtherViewError, UncertainError } from "../errors.ts";
import type { Partition, PartitionRange } from "../partition.ts";
import type { Ports } from "../ports.ts";
import { type ParsedParams, type Result, type ViewOf, viewOf } from "../protocol.ts";
import { Turns } from "../turn.ts";
import { Admission } from "./admission.ts";
import { checkKey } from "./key_form.ts";
import { NotSyncedError } from "./exchange_answers.ts";
import type { PartitionState } from "./partition_state.ts";
import { mergeRecords, type StoredRecord, withoutExpiredValue } from "./record.ts";
import type { Replicas } from "./replicas.ts";
import { RequestMemory } from "./request_memory.ts";
import { Reservations } from "./reservations.ts";
import { type HybridClock, type Version, versionMs, versionZero } from "./version.ts";
import { fromWire, toWire } from "./wire_record.ts";

/** Clocks of two nodes that are in order differ by less. */
const clockSlackMs = 1_000;

export interface WriteTerms {
  readonly base?: Version | undefined;
  readonly instead?: Version | undefined;
  readonly floor?: Version | undefined;
}

/** One copy of the partitions this node keeps: what it answers to the reads and writes of a view. */
export class Keeper {
  readonly #admission: Admission;
  readonly #turns = new Turns<string>();
  readonly #requests = new RequestMemory();
  readonly #reservations: Reservations;

  constructor(readonly replicas: Replicas, readonly clock: HybridClock, readonly ports: Ports) {
    this.#admission = new Admission(replicas, clock);
    this.#reservations = new Reservations(() => ports.clock.now());
  }

  get refusals(): ReadonlyMap<string, number> {
    return this.#admission.refusals;
  }

  /**
   * The copy of a key here, as one that counts: whatever was acknowledged to be on this copy is in it.
   *
   * A copy that is not complete yet asks for this one key where it would fetch everything.
   *
   * @throws OtherViewError when the partition is not kept here in this view, or is about to change hands.
   * @throws UncertainError when the copy is not complete and its sources are out of reach.
   */
  async read(partition: Partition, key: string, epoch: number): Promise<StoredRecord | null> {
    this.#checkServing(partition, epoch);
    const local = await this.ports.store.get(partition, key);
    const state = this.#checkServing(partition, epoch);
    return state.isSynced ? local : await this.#readThrough(state, partition, key);
  }

  /** Answers another member of the view, or one that fetches from us. */
  async answerRead(
    { partition, key, epoch, have, as }: ParsedParams<"replica.read">,
  ): Promise<Result<"replica.read">> {
    checkKey(key);
    this.#admission.checkPlace(partition, key);
    const record = as === "member"
      ? await this.read(partition, key, epoch)
      : await this.#readAsSource(partition, key, epoch, as);
    if (record !== null && record.version === have) return { record: null, same: true };
    if (record === null) return { record: null };
    return { record: toWire(withoutExpiredValue(record, this.replicas.member.peers.clocks.expiryNow())) };
  }

  /** @throws ChordError when the record is not what its maker sealed, or not ours to keep; nothing is stored then. */
  async answerWrite(
    { partition, epoch, record: wire, base, floor, instead }: ParsedParams<"replica.write">,
  ): Promise<Result<"replica.write">> {
    return await this.#admission.counting(async () => {
      const record = this.#admission.check(fromWire(wire));
      this.#admission.checkPlace(partition, record.key);
      return await this.write(partition, epoch, record, { base: base ?? undefined, floor, instead });
    });
  }

  /**
   * Keeps a record of the view; durable when it returns. Says which version is here then, and, if that is a newer one,
   * whether this one was here before it.
   *
   * With `base` it refuses when the copy here is newer than that: somebody else's write came between. Below `floor`,
   * which is known to be there though perhaps not to this copy, it only says whether it has, or had, the record.
   */
  async write(
    partition: Partition,
    epoch: number,
    record: StoredRecord,
    { base, floor = versionZero, instead }: WriteTerms = {},
  ): Promise<Result<"replica.write">> {
    this.#checkServing(partition, epoch);
    const known = this.#requests.versionOf(record);
    // Up to `instead` they are earlier stamps of this very try, which were too low.
    const isEarlierTry = known !== null && known !== record.version && known > (instead ?? versionZero);
    if (isEarlierTry) return { version: known, repeated: true };
    if (record.version < floor) return await this.#whetherHere(partition, record, floor);
    if (base === undefined) return await this.#merge(partition, epoch, record);
    return await this.#turns.take(record.key, async () => {
      const current = await this.ports.store.get(partition, record.key);
      if (!this.#reservations.isFree(record.key, record.version)) {
        return this.#refusal(partition, record, current?.version ?? versionZero);
      }
      this.#reservations.release(record.key, record.version);
      const isOvertaken = current !== null && current.version > base && current.version !== record.version;
      return isOvertaken
        ? this.#refusal(partition, record, current.version)
        : await this.#merge(partition, epoch, record);
    });
  }

  /** Holds a key for one conditional write, unless another holds it or something newer than its base is here. */
  async answerReserve(
    { base, epoch, key, partition, release, version }: ParsedParams<"replica.reserve">,
  ): Promise<Result<"replica.reserve">> {
    checkKey(key);
    this.#admission.checkPlace(partition, key);
    if (release === true) {
      this.#reservations.release(key, version);
      return { granted: false, version: null };
    }
    this.#checkServing(partition, epoch);
    return await this.#turns.take(key, async () => {
      const current = await this.ports.store.get(partition, key);
      this.#checkServing(partition, epoch);
      const isBelow = current === null || current.version <= base;
      const granted = isBelow && this.#reservations.isFree(key, version);
      if (granted) this.#reservations.hold(key, version);
      return { granted, version: current?.version ?? null };
    });
  }

  /** Takes records from a holder that found us lacking them. */
  async answerPush({ epoch, records }: ParsedParams<"partition.push">): Promise<Result<"partition.push">> {
    return await this.#admission.counting(async () => {
      const sound = records.map((wire) => this.#admission.check(fromWire(wire)));
      const kept = sound.map((record) => {
        const partition = this.replicas.partitions.ofKey(record.key);
        const state = this.replicas.get(partition);
        const isHere = this.replicas.isMember(state) && state.view.epoch === epoch;
        if (!isHere) throw new OtherViewError(partition, state?.view ?? null);
        return record;
      }).map((record) => this.keep(record));
      await Promise.all(kept);
      return {};
    });
  }

  /** @throws ChordError for a record of a page that was not asked for, or that no honest node has. */
  checkFetched(record: StoredRecord, { first, last }: PartitionRange): StoredRecord {
    checkKey(record.key);
    const partition = this.replicas.partitions.ofKey(record.key);
    if (partition < first || partition > last) throw new BadRecordError(record.key);
    this.clock.observe(record.version);
    return record;
  }

  /** Merges a record that was fetched. */
  async keep(record: StoredRecord): Promise<void> {
    this.clock.observe(record.version);
    const { version } = await this.ports.store.merge(this.replicas.partitions.ofKey(record.key), record);
    if (version === record.version) this.#note(record);
  }

  /** A refusal that names a later view teaches it, for the one partition that it is about. */
  learnFrom(error: unknown): void {
    const news = viewIn(error);
    if (news !== null && news.last < this.replicas.partitions.count) this.replicas.learn([news], news.view);
  }

  async #merge(partition: Partition, epoch: number, record: StoredRecord): Promise<Result<"replica.write">> {
    this.#checkServing(partition, epoch);
    const { version } = await this.replicas.writes.run(
      partition,
      () => this.ports.store.merge(partition, record),
    );
    if (version !== record.version) return this.#refusal(partition, record, version);
    this.#note(record);
    return { version };
  }

  #note(record: StoredRecord): void {
    this.#requests.note(record, this.ports.clock.wallNow());
  }

  async #whetherHere(
    partition: Partition,
    record: StoredRecord,
    floor: Version,
  ): Promise<Result<"replica.write">> {
    const { version } = await this.ports.store.get(partition, record.key) ?? { version: versionZero };
    if (version === record.version) return { version };
    return this.#refusal(partition, record, version > floor ? version : floor);
  }

  /** The copy is at a newer version. What we remember of requests reaches back to when we began to keep the partition. */
  #refusal(partition: Partition, record: StoredRecord, newer: Version): Result<"replica.write"> {
    const wasHere = this.#requests.versionOf(record) === record.version;
    const keptSinceMs = this.replicas.keptSinceMs(partition);
    const sinceMs = Math.max(keptSinceMs, this.#requests.sinceMs(this.ports.clock.wallNow())) + clockSlackMs;
    const isRemembered = versionMs(record.version) > sinceMs;
    return { version: newer, had: wasHere ? "yes" : isRemembered ? "no" : "unknown" };
  }

  async #readAsSource(
    partition: Partition,
    key: string,
    epoch: number,
    as: "previous" | "current",
  ): Promise<StoredRecord | null> {
    this.#checkSource(partition, epoch, as);
    await this.replicas.writes.drained([{ first: partition, last: partition }]);
    const record = await this.ports.store.get(partition, key);
    this.#checkSource(partition, epoch, as);
    return record;
  }

  #checkSource(partition: Partition, epoch: number, as: "previous" | "current"): void {
    const state = this.replicas.get(partition);
    if (state === null || state.view.epoch !== epoch) {
      throw new OtherViewError(partition, state?.view ?? null);
    }
    const isComplete = as === "previous" ? state.wasSynced : state.isSynced && this.replicas.isMember(state);
    if (!isComplete) throw new NotSyncedError(partition);
  }

  async #readThrough(state: PartitionState, partition: Partition, key: string): Promise<StoredRecord | null> {
    const { replicas, needed, as } = this.replicas.sourcesOf(state);
    const { peers } = this.replicas.member;
    const params = { partition, key, epoch: state.view.epoch, as };
    const answers = await Promise.allSettled(
      replicas.map((source) => peers.call(source, "replica.read", params)),
    );
    const given = answers.flatMap((answer) => answer.status === "fulfilled" ? [answer.value] : []);
    for (const answer of answers) if (answer.status === "rejected") this.#pardon(answer.reason);
    if (given.length < needed) {
      throw new UncertainError(
        `the copy of "${key}" here is not complete yet, and what it lacks is out of reach`,
      );
    }
    const found = given.flatMap(({ record }) =>
      record === null ? [] : [this.#admission.check(fromWire(record, key))]
    );
    for (const record of found) await this.keep(record);
    const local = await this.ports.store.get(partition, key);
    this.#checkServing(partition, state.view.epoch);
    if (local === null) return null;
    // It may have been acknowledged in this view, or be the past of a deletion that was forgotten.
    const isKnown = found.some(({ version }) => version === local.version);
    if (!isKnown && this.replicas.absence.isWithheld(partition, local.version)) {
      throw new UncertainError(
        `the copy of "${key}" here is from before a long absence, and not confirmed yet`,
        {
          isMoving: true,
        },
      );
    }
    return local;
  }

  #pardon(error: unknown): void {
    if (!(error instanceof ChordError)) throw error;
    this.learnFrom(error);
  }

  /** The state under which the partition is served here, which must be the caller's. */
  #checkServing(partition: Partition, epoch: number): PartitionState {
    const state = this.replicas.serving(partition);
    if (state?.view.epoch === epoch) return state;
    throw new OtherViewError(partition, this.replicas.get(partition)?.view ?? null);
  }
}

/** The view that a refusal names; null when it names none. */
export function viewIn(error: unknown): ViewOf | null {
  if (!(error instanceof ChordError) || error.data.reason !== "otherView") return null;
  const { partition, view } = error.data;
  const parsed = viewOf.safeParse({ first: partition, last: partition, view });
  return parsed.success ? parsed.data : null;
}

export function newestOf(a: StoredRecord | null, b: StoredRecord): StoredRecord {
  return a === null ? b : mergeRecords(a, b);
}

/** What a condition goes by when the key had no record at all. */
export const noBase = versionZero;
