import { ChordError, DeadlineError } from "../errors.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { Partition } from "../partition.ts";
import type { Ports } from "../ports.ts";
import type { MethodName, Params, Result } from "../protocol.ts";
import type { RingMember } from "../ring/ring_member.ts";
import type { CallContext, Consistency, ReadOutcome, WriteOptions, WriteOutcome } from "../service.ts";
import { isRingMoving, type KeyService } from "./key_service.ts";
import { makeRecord } from "./record.ts";

/** Pause before a call is routed again; doubles up to the last. Handoffs take milliseconds, elections do not exist. */
const retryMsFirst = 20;
const retryMsMax = 500;
/** Tries at an owner that does not answer. Its death takes the ring seconds to mend, which a client need not wait. */
const unreachableTriesMax = 2;

type KeyMethod = "kv.get" | "kv.put" | "kv.delete";

/** Serves any key from any node: here if it is ours, else by its owner, wherever the ring has it now. */
export class KeyRouter {
  constructor(readonly member: RingMember, readonly keys: KeyService, readonly ports: Ports) {}

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
    return await this.#route(key, context, {
      here: () => this.keys.write(key, value, options),
      there: async (owner, timeoutMs, hops) => {
        const params = { key, value: value.toBase64(), ...options, forwarded: true };
        return { ...await this.#call(owner, "kv.put", params, timeoutMs), hops };
      },
    });
  }

  /** Like `put` of nothing; succeeds for a key that does not exist. */
  async delete(key: string, options: WriteOptions, context: CallContext): Promise<WriteOutcome> {
    const { ttlMs: _, expiresAtMs: __, ...conditions } = options;
    return await this.#route(key, context, {
      here: () => this.keys.write(key, null, conditions),
      there: async (owner, timeoutMs, hops) => {
        const params = { key, ...conditions, forwarded: true };
        return { ...await this.#call(owner, "kv.delete", params, timeoutMs), hops };
      },
    });
  }

  /** Tries here, then at the owner, then again wherever the ring has moved the key, until the time is up. */
  async #route<T>(key: string, context: CallContext, how: {
    here: () => Promise<T>;
    there: (owner: NodeRef, timeoutMs: number, hops: number) => Promise<T>;
  }): Promise<T> {
    const { clock } = this.ports;
    const deadlineMs = clock.now() + context.timeoutMs;
    const partition = this.keys.custody.partitions.ofKey(key);
    const trail = new Trail(deadlineMs);
    while (true) {
      try {
        if (this.keys.custody.serving(partition) !== null) return await how.here();
        const { owner, hops } = await this.#ownerOf(partition, trail);
        trail.hops += hops;
        if (sameNode(owner, this.member.self)) return await how.here();
        trail.hops++;
        return await how.there(owner, deadlineMs - clock.now(), trail.hops);
      } catch (error) {
        const pauseMs = trail.pauseAfter(error, clock.now());
        await clock.sleep(pauseMs * (0.5 + this.ports.random.next()));
      }
    }
  }

  /** The owner as somebody just named it, as we know the ring, or, when that was wrong, as a lookup finds it. */
  async #ownerOf(partition: Partition, trail: Trail): Promise<{ owner: NodeRef; hops: number }> {
    const { hint } = trail;
    if (hint !== null) return { owner: hint, hops: 0 };
    const position = this.keys.custody.partitions.position(partition);
    if (!trail.isFirstTry) return await this.member.ownerOf(position);
    trail.isFirstTry = false;
    return { owner: this.member.presumedOwner(position), hops: 0 };
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
  /** A guess costs one request at most; from the second try on we ask. */
  isFirstTry = true;
  /** Where the last refusal pointed; used once, so that two confused nodes cannot play ping-pong with us. */
  #hint: NodeRef | null = null;
  #wasHinted = false;
  #pauseMs = retryMsFirst;
  #unreachable = 0;

  constructor(readonly deadlineMs: number) {}

  get hint(): NodeRef | null {
    const hint = this.#hint;
    this.#hint = null;
    return hint;
  }

  /** How long to wait before the next try; throws the error on when no try can help or none is left. */
  pauseAfter(error: unknown, nowMs: number): number {
    if (!isRingMoving(error) || nowMs + this.#pauseMs >= this.deadlineMs) throw error;
    const { data } = error as ChordError;
    if (data.reason === "unreachable" && (!data.definite || ++this.#unreachable >= unreachableTriesMax)) {
      throw error;
    }
    if (data.hint !== undefined && !this.#wasHinted) {
      this.#hint = data.hint as NodeRef;
      this.#wasHinted = true;
      return 0;
    }
    this.#wasHinted = false;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, retryMsMax);
    return pauseMs;
  }
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
