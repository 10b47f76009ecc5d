import {
  ChordError,
  DeadlineError,
  errorCode,
  NotOwnerError,
  QuorumError,
  TooLargeError,
  VersionConflictError,
} from "../errors.ts";
import type { NodeRef } from "../node_ref.ts";
import type { Partition } from "../partition.ts";
import type { Ports } from "../ports.ts";
import type { RingMember } from "../ring/ring_member.ts";
import type { Consistency, ReadOutcome, WriteOptions, WriteOutcome } from "../service.ts";
import { Turns } from "../turn.ts";
import { Attempts } from "./attempts.ts";
import { Copies } from "./copies.ts";
import { type Keeper, noBase } from "./keeper.ts";
import { checkKey } from "./key_form.ts";
import type { PartitionState } from "./partition_state.ts";
import { Quorum, readsFor, writesFor } from "./quorum.ts";
import { QuorumRead } from "./quorum_read.ts";
import { QuorumWrite } from "./quorum_write.ts";
import { isForgettable, isLive, makeRecord, type StoredRecord } from "./record.ts";
import type { Replicas } from "./replicas.ts";
import type { HybridClock, Version } from "./version.ts";
import { toRef, type View } from "./view.ts";

/**
 * Coordinates reads and writes of the partitions this node keeps: the quorums of one view (Attiya, Bar-Noy and Dolev
 * 1995, with the write's query folded into its answers).
 *
 * A write is acknowledged once W copies have it under a version above all they had; a read answers with the newest
 * of R_q copies once W have that. So whatever was acknowledged, or read, is met by every later read.
 */
export class KeyService {
  readonly #turns = new Turns<string>();
  readonly #attempts = new Attempts();
  readonly #reads: QuorumRead;
  readonly #writes: QuorumWrite;

  constructor(
    readonly member: RingMember,
    readonly replicas: Replicas,
    readonly keeper: Keeper,
    readonly clock: HybridClock,
    readonly ports: Ports,
  ) {
    const quorum = new Quorum(member, replicas);
    const copies = new Copies(member, keeper, clock);
    this.#reads = new QuorumRead(quorum, copies, keeper);
    this.#writes = new QuorumWrite(quorum, copies);
  }

  /**
   * @throws NotOwnerError when other nodes keep the key.
   * @throws UncertainError when too few copies are within reach to know.
   */
  async read(key: string, consistency: Consistency = "quorum"): Promise<ReadOutcome> {
    checkKey(key);
    const partition = this.replicas.partitions.ofKey(key);
    const { view } = this.#serving(partition);
    const record = consistency === "one"
      ? await this.#readHere(view, partition, key)
      : await this.#reads.read(view, partition, key, readsFor(consistency, view, this.replicas));
    const { config: { tombstoneGraceMs }, peers: { clocks }, self: owner } = this.member;
    const nowMs = clocks.expiryNow();
    // Where a later deletion has been forgotten already, this one would tell of a past that is over.
    if (record === null || isForgettable(record, nowMs, tombstoneGraceMs)) {
      return { record: null, found: false, owner, hops: 0 };
    }
    return { record, found: isLive(record, nowMs), owner, hops: 0 };
  }

  /**
   * Stores a value (null: deletes the key), durably on a quorum when it returns.
   *
   * @throws NotOwnerError when other nodes keep the key; nothing was written.
   * @throws VersionConflictError when the condition does not hold; nothing was written.
   * @throws QuorumError when too few copies took it; whether it happened is unknown unless the error is definite.
   */
  async write(key: string, value: Uint8Array | null, options: WriteOptions): Promise<WriteOutcome> {
    checkKey(key);
    this.#checkValue(value);
    if (options.attempt !== undefined) this.#attempts.admit(options.attempt);
    const partition = this.replicas.partitions.ofKey(key);
    return await this.#turns.take(key, () => this.#writeInTurn(partition, key, value, options));
  }

  async #writeInTurn(
    partition: Partition,
    key: string,
    value: Uint8Array | null,
    options: WriteOptions,
  ): Promise<WriteOutcome> {
    const { view } = this.#serving(partition);
    const needed = writesFor(options.consistency ?? "quorum", view, this.replicas);
    this.#checkRoom(value);
    this.#checkReachable(view, needed);
    const isConditional = options.ifVersion !== undefined || options.ifAbsent === true;
    const before = isConditional
      ? await this.#reads.read(view, partition, key, readsFor("quorum", view, this.replicas))
      : await this.keeper.read(partition, key, view.epoch);
    const live = before !== null && isLive(before, this.member.peers.clocks.expiryNow()) ? before : null;
    const isRepeat = isSameWrite(before, options);
    if (!isRepeat) checkCondition(live?.version ?? null, options);
    const record = isRepeat && before !== null ? before : this.#record(key, value, options, before);
    // Below what is there, the condition is of no account: it is only asked what has become of an earlier try.
    const newest = before?.version ?? noBase;
    const base = isConditional && !isRepeat && record.version > newest ? newest : undefined;
    if (base !== undefined) {
      const quorum = writesFor("quorum", view, this.replicas);
      await this.#writes.reserve(view, partition, { key, version: record.version, base }, quorum);
    }
    const { record: written, copies } = await this.#writes.spread(view, partition, record, needed, {
      base,
      floor: before?.version,
      instead: options.instead,
    });
    const { version, expiresAtMs } = written;
    const created = live === null && !isRepeat;
    return { version, created, expiresAtMs, owner: this.member.self, replicas: copies, hops: 0 };
  }

  /** The best copy within reach, and no more than that. */
  async #readHere(view: View, partition: Partition, key: string): Promise<StoredRecord | null> {
    const local = await this.ports.store.get(partition, key);
    return local ?? await this.keeper.read(partition, key, view.epoch);
  }

  #serving(partition: Partition): PartitionState {
    const state = this.replicas.serving(partition);
    if (state !== null) return state;
    throw new NotOwnerError(partition, this.betterNode(partition));
  }

  /** Whom to ask instead: a member of the latest view we know, or else whom the ring leads to. */
  betterNode(partition: Partition): NodeRef | undefined {
    const state = this.replicas.get(partition);
    const { peers, self } = this.member;
    if (this.replicas.isMember(state)) return undefined;
    const usable = this.replicas.get(partition)?.view.members.find(({ id }) =>
      id !== self.id && peers.isUsable(id)
    );
    return usable === undefined ? this.member.head ?? undefined : toRef(usable);
  }

  /** Deletions make room, so they always may. */
  #checkRoom(value: Uint8Array | null): void {
    if (value === null || !this.ports.store.isCrowded()) return;
    throw new ChordError(errorCode.storageFull, "Cannot write: the room for data is nearly used up", {
      reason: "quota",
    });
  }

  /** With too few members alive the write need not be tried, and certainly has not happened. */
  #checkReachable(view: View, needed: number): void {
    if (this.member.peers.clocks.refusesWrites()) {
      throw new ChordError(
        errorCode.clockSkew,
        "Cannot write: the clock of this node is far from those of its peers",
        {
          reason: "clockOff",
        },
      );
    }
    const dead = view.members.filter(({ id }) => this.member.peers.isGone(id) && id !== this.member.self.id);
    const left = view.members.length - dead.length;
    if (left >= needed) return;
    throw new QuorumError(
      `Cannot write: ${needed} copies are needed and ${left} of ${view.members.length} keepers are there; ` +
        `${
          dead.map(({ url }) => url).join(" and ")
        } must return, be replaced by a node that joins, or be forgotten`,
      true,
    );
  }

  #record(
    key: string,
    value: Uint8Array | null,
    options: WriteOptions,
    before: StoredRecord | null,
  ): StoredRecord {
    const { ttlMs, expiresAtMs = null, requestId = null } = options;
    return makeRecord({
      key,
      value,
      version: options.version ?? this.clock.next(before?.version),
      expiresAtMs: ttlMs === undefined ? expiresAtMs : Math.floor(this.ports.clock.wallNow()) + ttlMs,
      requestId,
    });
  }

  #checkValue(value: Uint8Array | null): void {
    const { valueBytesMax } = this.member.config;
    if (value !== null && value.length > valueBytesMax) {
      throw new TooLargeError(
        `Cannot store a value of ${value.length} bytes: the limit is ${valueBytesMax}`,
      );
    }
  }
}

/** Whether an earlier try of the write is what is there; one that was stamped too low does not count. */
function isSameWrite(
  before: StoredRecord | null,
  { instead, requestId }: WriteOptions,
): before is StoredRecord {
  if (before === null || requestId === undefined || before.requestId !== requestId) return false;
  return instead === undefined || before.version > instead;
}

function checkCondition(current: Version | null, { ifVersion, ifAbsent }: WriteOptions): void {
  if (ifAbsent === true && current !== null) throw new VersionConflictError(current);
  if (ifVersion !== undefined && current !== ifVersion) throw new VersionConflictError(current);
}

/** Whether trying elsewhere, or a little later, can help: the ring, or a view, is moving. */
export function isRingMoving(error: unknown): boolean {
  if (!(error instanceof ChordError) || error instanceof DeadlineError) return false;
  const { code, data: { isMoving, reason } } = error;
  return code === errorCode.notOwner || code === errorCode.draining || code === errorCode.wrongRing ||
    (code === errorCode.unavailable &&
      (reason === "unreachable" || reason === "lookup" || reason === "moving" ||
        isMoving === true));
}
