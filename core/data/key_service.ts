import {
  ChordError,
  DeadlineError,
  errorCode,
  InvalidParamsError,
  NotOwnerError,
  TooLargeError,
  UncertainError,
  VersionConflictError,
} from "../errors.ts";
import type { Id } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { Partition } from "../partition.ts";
import type { Ports } from "../ports.ts";
import type { RingMember } from "../ring/ring_member.ts";
import type { Consistency, ReadOutcome, WriteOptions, WriteOutcome } from "../service.ts";
import { Turns } from "../turn.ts";
import { type Claim, lackedBy } from "./claims.ts";
import type { Custody } from "./custody.ts";
import { isLive, keyBytesMax, makeRecord, mergeRecords, type StoredRecord } from "./record.ts";
import type { HybridClock, Version } from "./version.ts";
import { fromWire } from "./wire_record.ts";

/** Nodes asked for one read while their data is still being fetched; a longer trail means a sick ring. */
const sourcesMax = 16;
const encoder = new TextEncoder();

/** What a node whose data is still missing says of a key. */
interface SourceAnswer {
  readonly record: StoredRecord | null;
  readonly holds: boolean;
  readonly missing: NodeRef[];
  /** Who answered for the partition after it; it may have newer records, unless that is the asker. */
  readonly passedTo: NodeRef | null;
}

/** Reads and writes of the keys this node answers for. */
export class KeyService {
  readonly #turns = new Turns<string>();

  constructor(
    readonly member: RingMember,
    readonly custody: Custody,
    readonly clock: HybridClock,
    readonly ports: Ports,
  ) {}

  /**
   * @throws NotOwnerError when another node answers for the key.
   * @throws UncertainError when a copy that would decide is out of reach.
   */
  async read(key: string, consistency: Consistency = "quorum"): Promise<ReadOutcome> {
    checkKey(key);
    const partition = this.custody.partitions.ofKey(key);
    const claim = this.#claimOn(partition);
    const local = await this.ports.store.get(partition, key);
    const isDecisive = consistency === "one" || isDecidedBy(claim, local);
    const record = isDecisive ? local : await this.#readThrough(partition, key, local, claim);
    const found = record !== null && isLive(record, this.ports.clock.wallNow());
    return { record, found, owner: this.member.self, hops: 0 };
  }

  /**
   * Stores a value (null: deletes the key), durably when it returns.
   *
   * @throws NotOwnerError when another node answers for the key; nothing was written.
   * @throws VersionConflictError when the condition does not hold; nothing was written.
   */
  async write(key: string, value: Uint8Array | null, options: WriteOptions): Promise<WriteOutcome> {
    checkKey(key);
    this.#checkValue(value, options);
    const partition = this.custody.partitions.ofKey(key);
    return await this.#turns.take(key, () => this.#writeInTurn(partition, key, value, options));
  }

  /** A record as it lies here, for a new owner that has not fetched it yet, and whom else it should ask. */
  async readForOwner(partition: Partition, key: string): Promise<SourceAnswer> {
    const record = await this.ports.store.get(partition, key);
    const claim = this.custody.claims.get(partition);
    if (claim === null) return { record, holds: false, missing: [], passedTo: null };
    return { record, holds: true, missing: [...lackedBy(claim)], passedTo: claim.passedTo };
  }

  async #writeInTurn(
    partition: Partition,
    key: string,
    value: Uint8Array | null,
    options: WriteOptions,
  ): Promise<WriteOutcome> {
    const { custody } = this;
    const isConditional = options.ifVersion !== undefined || options.ifAbsent === true;
    const before = await this.#recordBefore(partition, key, isConditional);
    const live = before !== null && isLive(before, this.ports.clock.wallNow()) ? before : null;
    if (before !== null && before.requestId !== null && before.requestId === options.requestId) {
      return this.#outcome(before, false);
    }
    checkCondition(live?.version ?? null, options);
    this.#claimOn(partition);
    return await custody.writing(partition, async () => {
      const record = this.#record(key, value, options, before?.version);
      await this.ports.store.merge(partition, record);
      await custody.save();
      return this.#outcome(record, live === null);
    });
  }

  /** What the key held; for an unconditional write the best that is known will do. */
  async #recordBefore(
    partition: Partition,
    key: string,
    isConditional: boolean,
  ): Promise<StoredRecord | null> {
    const claim = this.#claimOn(partition);
    const local = await this.ports.store.get(partition, key);
    if (isDecidedBy(claim, local)) return local;
    try {
      return await this.#readThrough(partition, key, local, claim);
    } catch (error) {
      if (isConditional || !(error instanceof UncertainError)) throw error;
      return local;
    }
  }

  /**
   * The newest record among ours and those of every node whose data is still missing here.
   *
   * @throws UncertainError when one of them cannot be asked.
   */
  async #readThrough(
    partition: Partition,
    key: string,
    local: StoredRecord | null,
    claim: Claim,
  ): Promise<StoredRecord | null> {
    let newest = local;
    const asked = new Set<Id>();
    const toAsk = [...claim.missing];
    for (let node = toAsk.shift(); node !== undefined; node = toAsk.shift()) {
      if (asked.has(node.id)) continue;
      asked.add(node.id);
      const answer = await this.#askSource(node, partition, key, asked.size);
      if (answer.record !== null) {
        newest = newest === null ? answer.record : mergeRecords(newest, answer.record);
      }
      toAsk.push(...answer.missing.flatMap((next) => this.#past(next, claim, key)));
      toAsk.push(...this.#after(answer.passedTo, claim));
    }
    // A source drops what has arrived here. What it no longer had when we asked, we have by now.
    const arrived = await this.ports.store.get(partition, key);
    return arrived === null || newest === null ? newest ?? arrived : mergeRecords(newest, arrived);
  }

  async #askSource(
    node: NodeRef,
    partition: Partition,
    key: string,
    count: number,
  ): Promise<SourceAnswer> {
    const what = `the copy of "${key}" at ${node.url} is out of reach`;
    const isHopeless = sameNode(node, this.member.self) || this.member.peers.health(node.id) === "dead";
    if (isHopeless || count > sourcesMax) throw new UncertainError(what);
    try {
      const answer = await this.member.peers.call(node, "replica.read", { partition, key });
      const { record, holds } = answer;
      if (!holds) throw new UncertainError(`${node.url} never had the partition of "${key}"`);
      if (record !== null) this.clock.observe(record.version);
      return { ...answer, record: record === null ? null : fromWire(record) };
    } catch (cause) {
      if (cause instanceof ChordError) throw new UncertainError(what, { cause });
      throw cause;
    }
  }

  /** Whoever had the partition after a source. If that is us, we have it now, short of what we lacked in our past. */
  #after(node: NodeRef | null, claim: Claim): readonly NodeRef[] {
    if (node === null) return [];
    return sameNode(node, this.member.self) ? claim.prior ?? [] : [node];
  }

  /** A source that lacks *us* lacks what our store has, short of what we lacked then. */
  #past(node: NodeRef, claim: Claim, key: string): readonly NodeRef[] {
    if (!sameNode(node, this.member.self)) return [node];
    if (claim.prior === null) throw new UncertainError(`this node has lost its copy of "${key}"`);
    return claim.prior;
  }

  #claimOn(partition: Partition): Claim {
    const claim = this.custody.serving(partition);
    if (claim === null) throw new NotOwnerError(partition, this.#betterOwner(partition));
    return claim;
  }

  /** Whom to ask instead: the predecessor side knows better, or whoever we passed it on to. */
  #betterOwner(partition: Partition): NodeRef | undefined {
    const { custody, member } = this;
    if (custody.isOwn(partition)) return member.head ?? undefined;
    return custody.claims.get(partition)?.passedTo ?? member.state.predecessor ?? undefined;
  }

  #record(
    key: string,
    value: Uint8Array | null,
    options: WriteOptions,
    above: Version | undefined,
  ): StoredRecord {
    const { ttlMs, expiresAtMs = null, requestId = null } = options;
    return makeRecord({
      key,
      value,
      version: this.clock.next(above),
      expiresAtMs: ttlMs === undefined ? expiresAtMs : this.ports.clock.wallNow() + ttlMs,
      requestId,
    });
  }

  #outcome(record: StoredRecord, created: boolean): WriteOutcome {
    const { self } = this.member;
    const { version, expiresAtMs } = record;
    return { version, created, expiresAtMs, owner: self, replicas: [self], hops: 0 };
  }

  #checkValue(value: Uint8Array | null, { ttlMs, expiresAtMs }: WriteOptions): void {
    const { valueBytesMax } = this.member.config;
    if (value !== null && value.length > valueBytesMax) {
      throw new TooLargeError(
        `Cannot store a value of ${value.length} bytes: the limit is ${valueBytesMax}`,
      );
    }
    if (ttlMs !== undefined && expiresAtMs !== undefined) {
      throw new InvalidParamsError("Cannot write: ttlMs and expiresAtMs exclude each other");
    }
  }
}

/**
 * @throws InvalidParamsError for a key that is empty, over 512 bytes, or no well-formed Unicode (two such keys
 * could become one in UTF-8).
 */
export function checkKey(key: string): void {
  const bytes = encoder.encode(key).length;
  if (bytes === 0 || bytes > keyBytesMax) {
    const reason = bytes === 0 ? "keyEmpty" : "keyTooLong";
    throw new InvalidParamsError(`Cannot use a key of ${bytes} bytes: it takes 1 to ${keyBytesMax}`, {
      reason,
    });
  }
  if (!key.isWellFormed()) {
    throw new InvalidParamsError("Cannot use the key: it is not well-formed Unicode", {
      reason: "keyMalformed",
    });
  }
}

/** Whether the local record (or its absence) is the whole truth. */
function isDecidedBy(claim: Claim, local: StoredRecord | null): boolean {
  return claim.missing.length === 0 || (local !== null && local.version >= claim.since);
}

function checkCondition(current: Version | null, { ifVersion, ifAbsent }: WriteOptions): void {
  if (ifAbsent === true && current !== null) throw new VersionConflictError(current);
  if (ifVersion !== undefined && current !== ifVersion) throw new VersionConflictError(current);
}

/** Whether trying elsewhere, or a little later, can help: the ring is moving. */
export function isRingMoving(error: unknown): boolean {
  if (!(error instanceof ChordError) || error instanceof DeadlineError) return false;
  const { code } = error;
  return code === errorCode.notOwner || code === errorCode.draining || code === errorCode.wrongRing ||
    (code === errorCode.unavailable &&
      (error.data.reason === "unreachable" || error.data.reason === "lookup"));
}
