import type { ChordNode } from "./chord_node.ts";
import type { KeyRouter } from "./data/key_router.ts";
import { isLive } from "./data/record.ts";
import { InvalidParamsError } from "./errors.ts";
import type { Partition } from "./partition.ts";
import { pageBytesMax, pageRecordsMax, type ParsedParams, type Result } from "./protocol.ts";
import type { CallContext, WriteOptions } from "./service.ts";

/** What the node answers about keys. A call that was passed on to us already is never passed on again. */
export class KeyAnswers {
  constructor(readonly node: ChordNode, readonly router: KeyRouter) {}

  async get(
    { key, consistency, forwarded }: ParsedParams<"kv.get">,
    context: CallContext,
  ): Promise<Result<"kv.get">> {
    const { record, found, owner, hops } = forwarded === true
      ? await this.node.keys.read(key, consistency)
      : await this.router.get(key, { ...context, ...(consistency === undefined ? {} : { consistency }) });
    return {
      found,
      value: found ? record?.value?.toBase64() ?? null : null,
      version: record?.version ?? null,
      expiresAtMs: record?.expiresAtMs ?? null,
      owner,
      hops,
    };
  }

  async put(params: ParsedParams<"kv.put">, context: CallContext): Promise<Result<"kv.put">> {
    const { key, value, forwarded, ...options } = params;
    const bytes = bytesOf(value);
    this.#checkStamp(options);
    const outcome = forwarded === true
      ? await this.node.keys.write(key, bytes, options)
      : await this.router.put(key, bytes, options, context);
    return { ...outcome, replicas: [...outcome.replicas] };
  }

  async delete(params: ParsedParams<"kv.delete">, context: CallContext): Promise<Result<"kv.delete">> {
    const { key, forwarded, ...options } = params;
    this.#checkStamp(options);
    const outcome = forwarded === true
      ? await this.node.keys.write(key, null, options)
      : await this.router.delete(key, options, context);
    return { ...outcome, replicas: [...outcome.replicas] };
  }

  async list(
    { prefix = "", limit = 100, after = null }: ParsedParams<"kv.list">,
  ): Promise<Result<"kv.list">> {
    const { partitions, ports, replicas: { everything } } = this.node;
    const keys: Result<"kv.list">["keys"] = [];
    let next = after;
    do {
      const limits = { recordsMax: Math.min(limit - keys.length, pageRecordsMax), bytesMax: pageBytesMax };
      const page = await ports.store.page(everything, next, limits);
      for (const record of page.records) {
        if (!record.key.startsWith(prefix) || !isLive(record, this.node.member.peers.clocks.expiryNow())) {
          continue;
        }
        const { key, version, expiresAtMs } = record;
        const role = this.#roleIn(partitions.ofKey(key));
        keys.push({ key, bytes: record.value?.length ?? 0, version, expiresAtMs, role });
      }
      next = page.next;
    } while (next !== null && keys.length < limit);
    return { keys, next };
  }

  /**
   * Our own copy would have the version before others could refuse it, and then nobody could write the key any more.
   *
   * @throws ChordError (clockSkew) for a version too far ahead.
   */
  #checkStamp({ version }: WriteOptions): void {
    if (version !== undefined) this.node.keys.clock.observe(version);
  }

  #roleIn(partition: Partition): "owner" | "replica" | "holder" {
    const { replicas } = this.node;
    const state = replicas.get(partition);
    if (!replicas.isMember(state)) return "holder";
    return state.view.members[0]?.id === this.node.self.id ? "owner" : "replica";
  }
}

/** @throws InvalidParamsError for text that is no base64. */
function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    throw new InvalidParamsError("Cannot read the value: it is not base64", { reason: "notBase64" });
  }
}
