import {
  ChordError,
  DeadlineError,
  errorCode,
  NotOwnerError,
  QuorumError,
  StampTooLowError,
  TooLargeError,
  UncertainError,
  VersionConflictError,
} from "../errors.ts";
import type { NodeRef } from "../node_ref.ts";
import type { Partition } from "../partition.ts";
import type { Ports } from "../ports.ts";
import type { Result } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import type { Consistency, ReadOutcome, WriteOptions, WriteOutcome } from "../service.ts";
import { Turns } from "../turn.ts";
import { type Keeper, newestOf, noBase, type WriteTerms } from "./keeper.ts";
import { checkKey } from "./key_form.ts";
import type { PartitionState } from "./partition_state.ts";
import { type Gathered, Quorum, readsFor, writesFor } from "./quorum.ts";
import { isLive, makeRecord, type StoredRecord } from "./record.ts";
import type { Replicas } from "./replicas.ts";
import type { HybridClock, Version } from "./version.ts";
import type { Replica, View } from "./view.ts";
import { fromWire, toWire } from "./wire_record.ts";

type Written = Result<"replica.write">;

/**
 * Coordinates reads and writes of the partitions this node keeps: the quorums of one view (Attiya, Bar-Noy and Dolev
 * 1995, with the write's query folded into its answers).
 *
 * A write is acknowledged once W copies have it under a version above all they had; a read answers with the newest
 * of R_q copies once W have that. So whatever was acknowledged, or read, is met by every later read.
 */
export class KeyService {
  readonly #turns = new Turns<string>();
  readonly #quorum: Quorum;

  constructor(
    readonly member: RingMember,
    readonly replicas: Replicas,
    readonly keeper: Keeper,
    readonly clock: HybridClock,
    readonly ports: Ports,
  ) {
    this.#quorum = new Quorum(member, replicas, keeper);
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
      : await this.#readQuorum(view, partition, key, readsFor(consistency, view, this.replicas));
    const found = record !== null && isLive(record, this.ports.clock.wallNow());
    return { record, found, owner: this.member.self, hops: 0 };
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
    this.#checkReachable(view, needed);
    const isConditional = options.ifVersion !== undefined || options.ifAbsent === true;
    const before = isConditional
      ? await this.#readQuorum(view, partition, key, readsFor("quorum", view, this.replicas))
      : await this.ports.store.get(partition, key);
    const live = before !== null && isLive(before, this.ports.clock.wallNow()) ? before : null;
    const isRepeat = before !== null && before.requestId !== null && before.requestId === options.requestId;
    if (!isRepeat) checkCondition(live?.version ?? null, options);
    const record = isRepeat ? before : this.#record(key, value, options, before);
    // Below what is there, the condition is of no account: it is only asked what has become of an earlier try.
    const isAbove = before === null || record.version > before.version;
    const base = isConditional && !isRepeat && isAbove ? before?.version ?? noBase : undefined;
    const { record: written, copies } = await this.#spread(view, partition, record, needed, {
      base,
      instead: options.instead,
    });
    const { version, expiresAtMs } = written;
    const created = live === null && !isRepeat;
    return { version, created, expiresAtMs, owner: this.member.self, replicas: copies, hops: 0 };
  }

  /**
   * Sends the record to every member, until `needed` have it, or had it before something newer came.
   *
   * @throws StampTooLowError when copies are above it, and it has certainly had no effect.
   */
  async #spread(
    view: View,
    partition: Partition,
    record: StoredRecord,
    needed: number,
    terms: WriteTerms,
  ): Promise<{ record: StoredRecord; copies: NodeRef[] }> {
    const { version } = record;
    const isKept = ({ answer }: { answer: Written }) => answer.version === version || answer.had === "yes";
    const gathered = await this.#quorum.all(
      view.members,
      needed,
      (to) => this.#writeTo(to, view, partition, record, terms),
      (answer) => isKept({ answer }) || answer.repeated === true,
    );
    const { answers, isDefinite } = gathered;
    const kept = answers.filter(isKept);
    if (kept.length >= needed) return { record, copies: kept.map(({ from }) => toRef(from)) };
    const earlier = answers.find(({ answer }) => answer.repeated === true)?.answer.version;
    if (earlier !== undefined) return await this.#finishEarlier(view, partition, record, earlier, needed);
    const refusals = answers.filter((answer) => !isKept(answer)).map(({ answer }) => answer);
    const newest = refusals.reduce<Version | null>(
      (max, it) => max === null || it.version > max ? it.version : max,
      null,
    );
    if (newest === null || !this.#isWithoutEffect(view, refusals)) {
      throw this.#failure(view, needed, kept.length, gathered);
    }
    const isNothing = kept.length === 0 && isDefinite;
    throw terms.base === undefined ? new StampTooLowError(newest, isNothing) : overtaken(newest, isNothing);
  }

  /**
   * Whether so many members refused the record, and never had it, that no read can have met it or ever will: a read
   * asks at least one of them, and that one has something newer.
   */
  #isWithoutEffect(view: View, refusals: readonly Written[]): boolean {
    const never = refusals.filter(({ had }) => had === "no").length;
    return never > view.members.length - readsFor("quorum", view, this.replicas);
  }

  /** A repeat of a write that got somewhere: it is brought to its end as the version it was then. */
  async #finishEarlier(
    view: View,
    partition: Partition,
    record: StoredRecord,
    version: Version,
    needed: number,
  ): Promise<{ record: StoredRecord; copies: NodeRef[] }> {
    const earlier = makeRecord({ ...record, version });
    const isThere = (answer: Written) => answer.version >= version;
    const ask = (to: Replica) => this.#writeTo(to, view, partition, earlier, {});
    const gathered = await this.#quorum.all(view.members, needed, ask, isThere);
    const copies = gathered.answers.filter(({ answer }) => isThere(answer)).map(({ from }) => toRef(from));
    if (copies.length < needed) throw this.#failure(view, needed, copies.length, gathered);
    return { record: earlier, copies };
  }

  async #writeTo(
    to: Replica,
    view: View,
    partition: Partition,
    record: StoredRecord,
    { base, instead }: WriteTerms,
  ): Promise<Written> {
    const { epoch } = view;
    if (this.#quorum.isSelf(to)) return await this.keeper.write(partition, epoch, record, { base, instead });
    return await this.#inView(to, view, partition, () =>
      this.member.peers.call(to, "replica.write", {
        partition,
        epoch,
        record: toWire(record),
        ...(base === undefined ? {} : { base }),
        ...(instead === undefined ? {} : { instead }),
      }));
  }

  /** The best copy within reach, and no more than that. */
  async #readHere(view: View, partition: Partition, key: string): Promise<StoredRecord | null> {
    const local = await this.ports.store.get(partition, key);
    return local ?? await this.keeper.read(partition, key, view.epoch);
  }

  /** The newest of `needed` copies, once as many have it as a write would need. */
  async #readQuorum(
    view: View,
    partition: Partition,
    key: string,
    needed: number,
  ): Promise<StoredRecord | null> {
    const members = this.#quorum.inOrder(view);
    const local = this.keeper.read(partition, key, view.epoch);
    local.catch(() => undefined);
    const { answers, failures } = await this.#quorum.some(
      members,
      needed,
      async (from) =>
        this.#quorum.isSelf(from) ? await local : await this.#readFrom(from, view, partition, key, local),
    );
    if (answers.length < needed) throw this.#uncertain(key, needed, answers.length, failures);
    const newest = answers.reduce<StoredRecord | null>(
      (best, { answer }) => answer === null ? best : newestOf(best, answer),
      null,
    );
    if (newest !== null) await this.#repair(view, partition, newest, answers);
    return newest;
  }

  /** Brings the newest version to those that answered with less, before anybody is told of it. */
  async #repair(
    view: View,
    partition: Partition,
    newest: StoredRecord,
    answers: Gathered<StoredRecord | null>["answers"],
  ): Promise<void> {
    const needed = writesFor("quorum", view, this.replicas);
    const having = answers.filter(({ answer }) => answer?.version === newest.version).map(({ from }) => from);
    if (having.length === answers.length && having.length >= needed) return;
    const lacking = view.members.filter((member) => !having.includes(member));
    const isThere = (answer: Written) => answer.version >= newest.version;
    const ask = (to: Replica) => this.#writeTo(to, view, partition, newest, {});
    const missing = Math.max(0, needed - having.length);
    const { answers: written, failures } = await this.#quorum.all(lacking, missing, ask, isThere);
    const copies = written.filter(({ answer }) => isThere(answer)).length;
    if (copies < missing) throw this.#uncertain(newest.key, needed, having.length + copies, failures);
  }

  async #readFrom(
    from: Replica,
    view: View,
    partition: Partition,
    key: string,
    local: Promise<StoredRecord | null>,
  ): Promise<StoredRecord | null> {
    const ours = await local.catch(() => null);
    const have = ours === null ? {} : { have: ours.version };
    const params = { partition, key, epoch: view.epoch, as: "member" as const, ...have };
    const { record, same } = await this.#inView(
      from,
      view,
      partition,
      () => this.member.peers.call(from, "replica.read", params),
    );
    if (same === true) return ours;
    if (record === null) return null;
    this.clock.observe(record.version);
    return fromWire(record);
  }

  /** Calls a member; one that has not heard of the view is told and asked once more. */
  async #inView<T>(to: Replica, view: View, partition: Partition, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!isBehind(error, view)) {
        this.keeper.learnFrom(error);
        throw error;
      }
      const news = { first: partition, last: partition, view };
      await this.member.peers.call(to, "partition.learn", { views: [news] });
      return await call();
    }
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

  #failure(
    view: View,
    needed: number,
    got: number,
    { answers, failures, isDefinite }: Gathered<unknown>,
  ): ChordError {
    const full = failures.find(({ error }) => error.code === errorCode.storageFull);
    const isNothing = got === 0 && isDefinite && answers.length === 0;
    if (full !== undefined && failures.length > view.members.length - needed) {
      return new ChordError(errorCode.storageFull, "Cannot write: too many keepers have no room", {
        definite: isNothing,
      });
    }
    const isMoving = failures.some(({ error }) => error.data.reason === "otherView");
    return new QuorumError(
      `Cannot tell whether it was written: ${got} of ${needed} copies confirmed it${reasonsOf(failures)}`,
      isNothing,
      { cause: failures[0]?.error, isMoving },
    );
  }

  #uncertain(key: string, needed: number, got: number, failures: Gathered<unknown>["failures"]): ChordError {
    const isMoving = failures.some(({ error }) => error.data.reason === "otherView");
    const what = `${got} of ${needed} copies of "${key.slice(0, 64)}" are within reach${reasonsOf(failures)}`;
    return new UncertainError(what, { cause: failures[0]?.error, isMoving });
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
      expiresAtMs: ttlMs === undefined ? expiresAtMs : this.ports.clock.wallNow() + ttlMs,
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

/** Somebody else's write came between a condition and what depended on it. */
function overtaken(newest: Version, isNothing: boolean): ChordError {
  if (isNothing) return new VersionConflictError(newest);
  return new QuorumError("Cannot tell whether it was written: another write of the key came between", false);
}

function toRef({ id, url }: Replica): NodeRef {
  return { id, url };
}

/** A few words on why copies did not answer. */
function reasonsOf(failures: Gathered<unknown>["failures"]): string {
  return failures.length === 0
    ? ""
    : `: ${failures.map(({ from, error }) => `${from.url} ${error.message}`).join("; ")}`;
}

function checkCondition(current: Version | null, { ifVersion, ifAbsent }: WriteOptions): void {
  if (ifAbsent === true && current !== null) throw new VersionConflictError(current);
  if (ifVersion !== undefined && current !== ifVersion) throw new VersionConflictError(current);
}

/** Whether the refusal says that the other has not heard of the view yet. */
function isBehind(error: unknown, view: View): boolean {
  if (!(error instanceof ChordError) || error.data.reason !== "otherView") return false;
  const theirs = error.data.view as { epoch?: number } | null | undefined;
  return theirs === null || theirs === undefined || (theirs.epoch ?? 0) < view.epoch;
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
