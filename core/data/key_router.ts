import { ChordError, DeadlineError, errorCode, InvalidParamsError, QuorumError } from "../errors.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { Partition } from "../partition.ts";
import type { Ports } from "../ports.ts";
import type { MethodName, Params, Result } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import type { CallContext, Consistency, ReadOutcome, WriteOptions, WriteOutcome } from "../service.ts";
import type { ClockBound } from "./clock_bound.ts";
import { isRingMoving, type KeyService } from "./key_service.ts";
import { makeRecord } from "./record.ts";
import { stampOf } from "./request_stamp.ts";
import { isVersion, type Version, versionZero } from "./version.ts";

/** Pause before a call is routed again; doubles up to the last. Handoffs take milliseconds, elections do not exist. */
const retryMsFirst = 20;
const retryMsMax = 500;
/** Versions given to one write. Each was overtaken by somebody else's: more would be a queue of its own. */
const stampsMax = 5;
/** Nodes tried that do not answer. Each has its copies on others, so a few suffice. */
const unreachableTriesMax = 4;

type KeyMethod = "kv.get" | "kv.put" | "kv.delete";

/** Serves any key from any node: here if we keep it, else by one who does, wherever the ring has it now. */
export class KeyRouter {
  #names = 0;
  /** Tells the requests of this life from those of the one before. */
  readonly #life: string;

  constructor(
    readonly member: RingMember,
    readonly keys: KeyService,
    readonly clockBound: ClockBound,
    readonly ports: Ports,
  ) {
    this.#life = Math.floor(ports.random.next() * 2 ** 32).toString(36);
  }

  /** @throws ChordError (unavailable) when the owner cannot be reached or cannot tell. */
  async get(key: string, context: CallContext & { consistency?: Consistency }): Promise<ReadOutcome> {
    const { consistency } = context;
    return await this.#route(key, context, {
      here: () => this.keys.read(key, consistency),
      there: async (owner, timeoutMs, hops) => {
        const params = { key, forwarded: true, ...(consistency === undefined ? {} : { consistency }) };
        const result = await this.#call(owner, "kv.get", params, timeoutMs);
        return fromGetResult(key, result, hops);
      },
    });
  }

  /**
   * @throws DeadlineError when the owner fell silent: whether it wrote is unknown (`definite: false`).
   * @throws VersionConflictError when the condition does not hold.
   */
  async put(
    key: string,
    value: Uint8Array,
    options: WriteOptions,
    context: CallContext,
  ): Promise<WriteOutcome> {
    if (options.ttlMs !== undefined && options.expiresAtMs !== undefined) {
      throw new InvalidParamsError("Cannot write: ttlMs and expiresAtMs exclude each other");
    }
    return await this.#write(key, this.#named(options), context, {
      here: (stamped) => this.keys.write(key, value, stamped),
      there: (owner, stamped, timeoutMs) => {
        const params = { key, value: value.toBase64(), ...stamped, ...this.#forwarded() };
        return this.#call(owner, "kv.put", params, timeoutMs);
      },
    });
  }

  /** Like `put` of nothing; succeeds for a key that does not exist. */
  async delete(key: string, options: WriteOptions, context: CallContext): Promise<WriteOutcome> {
    const { ttlMs: _, expiresAtMs: __, ...conditions } = this.#named(options);
    return await this.#write(key, conditions, context, {
      here: (stamped) => this.keys.write(key, null, stamped),
      there: (owner, stamped, timeoutMs) =>
        this.#call(owner, "kv.delete", { key, ...stamped, ...this.#forwarded() }, timeoutMs),
    });
  }

  /** Routes a write, and gives it a higher version when copies turn out to be above the one it has. */
  async #write(key: string, options: WriteOptions, context: CallContext, how: {
    here: (options: WriteOptions) => Promise<WriteOutcome>;
    there: (owner: NodeRef, options: WriteOptions, timeoutMs: number) => Promise<Result<"kv.put">>;
  }): Promise<WriteOutcome> {
    this.#checkAwake();
    let stamped = options;
    return await this.#route(key, context, {
      here: async () => {
        await this.clockBound.keep();
        return await how.here(stamped);
      },
      there: async (owner, timeoutMs, hops) => {
        await this.clockBound.keep();
        return { ...await how.there(owner, stamped, timeoutMs), hops };
      },
      restamp: ({ above, tooLow }) => {
        const { instead = versionZero, version = versionZero } = stamped;
        const tried = [instead, version, tooLow].reduce(larger);
        stamped = { ...stamped, version: this.keys.clock.next(above), instead: tried };
      },
    });
  }

  #firstVersion(requestId: string | undefined): Version {
    const hash = (text: string) => this.member.space.hashId(text);
    const stamp = requestId === undefined ? null : stampOf(requestId, this.ports.clock.wallNow(), hash);
    return stamp ?? this.keys.clock.next();
  }

  /**
   * A write that was waiting while this process stood still may be one that the client has made elsewhere since, and
   * a newer one may have followed.
   *
   * @throws ChordError (overloaded) right after a pause.
   */
  #checkAwake(): void {
    if (this.member.peers.localHealth.isAwake(this.ports.clock.now())) return;
    throw new ChordError(errorCode.overloaded, "Cannot write: this node stood still, and is just coming to", {
      reason: "justWoken",
    });
  }

  /** The write with a name and a version of its own, so that trying again elsewhere does not make it twice. Its end is a moment from here on. */
  #named({ ttlMs, ...given }: WriteOptions): WriteOptions {
    const version = this.#firstVersion(given.requestId);
    const expiry = ttlMs === undefined ? {} : { expiresAtMs: this.ports.clock.wallNow() + ttlMs };
    const options = { ...given, ...expiry, version };
    return options.requestId === undefined ? { ...options, requestId: this.#newName() } : options;
  }

  #forwarded(): { forwarded: true; attempt: string } {
    return { forwarded: true, attempt: this.#newName() };
  }

  /** Unlike any other, of this life or another, here or elsewhere. */
  #newName(): string {
    return `${this.member.self.id.slice(0, 8)}-${this.#life}-${(++this.#names).toString(36)}`;
  }

  /** Tries here, then at the owner, then again wherever the ring has moved the key, until the time is up. */
  async #route<T>(key: string, context: CallContext, how: {
    here: () => Promise<T>;
    there: (owner: NodeRef, timeoutMs: number, hops: number) => Promise<T>;
    restamp?: (error: TooLow) => void;
  }): Promise<T> {
    const { clock } = this.ports;
    const deadlineMs = clock.now() + context.timeoutMs;
    const partition = this.keys.replicas.partitions.ofKey(key);
    const trail = new Trail(deadlineMs);
    while (true) {
      let asked: NodeRef | null = null;
      try {
        if (this.keys.replicas.serving(partition) !== null) return await how.here();
        const { owner, hops } = await this.#ownerOf(partition, trail);
        trail.hops += hops;
        if (sameNode(owner, this.member.self)) return await how.here();
        trail.hops++;
        asked = owner;
        return await how.there(owner, this.#patienceMs(deadlineMs - clock.now()), trail.hops);
      } catch (error) {
        const tooLow = tooLowIn(error);
        if (tooLow !== null) how.restamp?.(tooLow);
        const pauseMs = trail.pauseAfter(error, asked, clock.now());
        await clock.sleep(pauseMs * (0.5 + this.ports.random.next()));
      }
    }
  }

  /** A silent node gets half of what is left: somebody else keeps the key too, and needs time to answer. */
  #patienceMs(leftMs: number): number {
    return Math.max(Math.min(leftMs, this.member.config.attemptTimeoutMs), leftMs / 2);
  }

  /** Who should know the key, as somebody just said, as we know the ring, or, when that was wrong, by a lookup. */
  async #ownerOf(partition: Partition, trail: Trail): Promise<{ owner: NodeRef; hops: number }> {
    const { hint } = trail;
    if (hint !== null && this.member.isTrue(hint)) return { owner: hint, hops: 0 };
    const position = this.keys.replicas.partitions.position(partition);
    if (trail.mayGuess) return { owner: this.#guess(partition, trail.silent), hops: 0 };
    trail.mayGuess = true;
    return await this.member.ownerOf(position);
  }

  /** A keeper of the latest view we have heard of, or else the owner by the ring, without the silent. */
  #guess(partition: Partition, silent: ReadonlySet<string>): NodeRef {
    const { member, keys } = this;
    const presumed = member.presumedOwner(keys.replicas.partitions.position(partition), silent);
    if (!sameNode(presumed, member.self)) return presumed;
    return keys.betterNode(partition) ?? presumed;
  }

  async #call<M extends KeyMethod & MethodName>(
    owner: NodeRef,
    method: M,
    params: Params<M>,
    timeoutMs: number,
  ): Promise<Result<M>> {
    if (timeoutMs <= 0) throw new DeadlineError(`reach the owner ${owner.url}`, true);
    return await this.member.peers.call(owner, method, params, timeoutMs);
  }
}

/** What one call has learned on its way. */
class Trail {
  hops = 0;
  /** A guess costs one request at most; after a refusal without a hint we ask the ring. */
  mayGuess = true;
  /** Nodes that did not answer this call. */
  readonly silent = new Set<string>();
  /** Where the last refusal pointed; used once, so that two confused nodes cannot play ping-pong with us. */
  #hint: NodeRef | null = null;
  #wasHinted = false;
  #pauseMs = retryMsFirst;
  #stamps = 0;
  /** Whether every failure so far was certainly without effect. */
  #isDefinite = true;

  constructor(readonly deadlineMs: number) {}

  get hint(): NodeRef | null {
    const hint = this.#hint;
    this.#hint = null;
    return hint;
  }

  /** How long to wait before the next try; throws the error on when no try can help or none is left. */
  pauseAfter(error: unknown, asked: NodeRef | null, nowMs: number): number {
    if (!(error instanceof ChordError)) throw error;
    this.#isDefinite &&= error.data.definite;
    const isSilent = asked !== null && isSilence(error);
    if (isSilent) this.silent.add(asked.id);
    const isRestamped = tooLowIn(error) !== null && ++this.#stamps < stampsMax;
    if (isRestamped && nowMs < this.deadlineMs) return 0;
    const canHelp = isSilent ? this.silent.size < unreachableTriesMax : isRingMoving(error);
    if (!canHelp || nowMs + this.#pauseMs >= this.deadlineMs) throw this.#inAll(error);
    if (isSilent) return 0;
    return this.#pauseBefore(error);
  }

  #pauseBefore({ data }: ChordError): number {
    if (data.hint !== undefined && !this.#wasHinted && !this.silent.has(data.hint.id)) {
      this.#hint = data.hint as NodeRef;
      this.#wasHinted = true;
      return 0;
    }
    this.#wasHinted = false;
    this.mayGuess = false;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, retryMsMax);
    return pauseMs;
  }

  /** The last error, which must not be called certain when an earlier try may have had its effect. */
  #inAll(error: ChordError): ChordError {
    if (this.#isDefinite || !error.data.definite) return error;
    if (error.code === errorCode.versionConflict) {
      return new QuorumError(
        "Cannot tell whether it was written: another write of the key came between",
        false,
      );
    }
    return new ChordError(error.code, error.message, { ...error.data, definite: false }, { cause: error });
  }
}

/** A version of the write that certainly had no effect, and what copies are at instead. */
interface TooLow {
  readonly tooLow: Version;
  readonly above: Version;
}

function tooLowIn(error: unknown): TooLow | null {
  if (!(error instanceof ChordError) || error.data.reason !== "stampTooLow") return null;
  const { above, tooLow } = error.data;
  return isVersion(above) && isVersion(tooLow) ? { above, tooLow } : null;
}

function larger(a: Version, b: Version): Version {
  return a > b ? a : b;
}

/** Whether the node that was asked said nothing: it is gone, or too slow for us. */
function isSilence(error: ChordError): boolean {
  return error.data.reason === "unreachable" || error.code === errorCode.deadlineExceeded;
}

/** The owner's answer as an outcome; a tombstone is known by its version alone. */
function fromGetResult(key: string, result: Result<"kv.get">, hops: number): ReadOutcome {
  const { found, value, version, expiresAtMs, owner } = result;
  const record = version === null ? null : makeRecord({
    key,
    value: value === null ? null : Uint8Array.fromBase64(value),
    version,
    expiresAtMs,
    requestId: null,
  });
  return { record, found, owner, hops };
}
