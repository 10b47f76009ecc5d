import type { ChordNode } from "./chord_node.ts";
import { lacks } from "./data/claims.ts";
import type { KeyRouter } from "./data/key_router.ts";
import { isLive } from "./data/record.ts";
import { toWire } from "./data/wire_record.ts";
import { ChordError, DrainingError, errorCode, InvalidParamsError } from "./errors.ts";
import type { Id } from "./id.ts";
import { nodeIdOf, type NodeRef } from "./node_ref.ts";
import { type PartitionRange, partitionsOf, toRanges } from "./partition.ts";
import {
  type MethodName,
  pageBytesMax,
  pageRecordsMax,
  type ParsedParams,
  protocolVersion,
  type Result,
} from "./protocol.ts";
import type { Membership } from "./ring/membership.ts";
import type { CallContext } from "./service.ts";
import { softwareVersion } from "./software_version.ts";

type Handler<M extends MethodName> = (params: ParsedParams<M>, context: CallContext) => Promise<Result<M>>;

/** What the node answers to each method of the protocol. */
export class Handlers {
  readonly #handlers: { readonly [M in MethodName]: Handler<M> };

  constructor(readonly node: ChordNode, readonly router: KeyRouter, readonly membership: Membership) {
    this.#handlers = {
      "chord.ping": () => this.#ping(),
      "chord.neighbors": () => Promise.resolve(this.node.member.neighbors()),
      "chord.notify": (params) => this.#notify(params),
      "chord.lookupStep": (params) => this.#lookupStep(params),
      "chord.leave": (params) => this.#leave(params),
      "partition.claim": (params) => this.#claim(params),
      "partition.page": (params) => this.#page(params),
      "partition.confirm": (params) => this.#confirm(params),
      "partition.offer": (params) => this.#offer(params),
      "replica.read": (params) => this.#readForOwner(params),
      "kv.get": (params, context) => this.#get(params, context),
      "kv.put": (params, context) => this.#put(params, context),
      "kv.delete": (params, context) => this.#delete(params, context),
      "kv.list": (params) => this.#list(params),
      "node.info": () => this.#info(),
      "node.fingers": () => this.#fingers(),
      "node.peers": () => this.#peers(),
      "node.forget": (params) => this.#forget(params),
    };
  }

  async handle<M extends MethodName>(
    method: M,
    params: ParsedParams<M>,
    context: CallContext,
  ): Promise<Result<M>> {
    const handler: Handler<M> = this.#handlers[method];
    return await handler(params, context);
  }

  #ping(): Promise<Result<"chord.ping">> {
    const { incarnation, phase, self } = this.node;
    return Promise.resolve({ id: self.id, incarnation, phase });
  }

  /** Answered first, judged later: two nodes that notify each other must not wait for each other. */
  #notify({ node, as = "predecessor" }: ParsedParams<"chord.notify">): Promise<Result<"chord.notify">> {
    this.#checkClaimedId(node);
    const isOurselves = node.id === this.node.self.id;
    if (this.node.phase === "member" && !isOurselves) {
      this.#inBackground("notified", this.node.maintenance.notified(node, as));
    }
    return Promise.resolve({});
  }

  #lookupStep(
    { target, avoid }: ParsedParams<"chord.lookupStep">,
  ): Promise<Result<"chord.lookupStep">> {
    this.#checkWidth(target);
    const { member, phase } = this.node;
    if (phase === "joining" || phase === "left") throw new DrainingError();
    return Promise.resolve(member.lookupStep(target, avoid));
  }

  #leave(
    { node, predecessor, successors, heirs }: ParsedParams<"chord.leave">,
  ): Promise<Result<"chord.leave">> {
    this.#checkClaimedId(node);
    if (heirs !== undefined) this.node.custody.depart({ node, predecessor, heirs });
    const closing = this.membership.neighbourLeaves(node, predecessor, successors);
    this.#inBackground("neighbourLeaves", closing);
    return Promise.resolve({});
  }

  async #claim({ claimant, ranges }: ParsedParams<"partition.claim">): Promise<Result<"partition.claim">> {
    this.#checkClaimedId(claimant);
    for (const range of ranges) this.#checkRange(range);
    return await this.node.custody.answerClaim(claimant, ranges);
  }

  async #page(
    { range, after, recordsMax, bytesMax }: ParsedParams<"partition.page">,
  ): Promise<Result<"partition.page">> {
    this.#checkRange(range);
    const page = await this.node.ports.store.page(range, after, { recordsMax, bytesMax });
    return { records: page.records.map(toWire), next: page.next };
  }

  /** The owner need not have everything to confirm what it has: the rest is still named in its claim. */
  async #confirm(
    { holder, range, missing, entries }: ParsedParams<"partition.confirm">,
  ): Promise<Result<"partition.confirm">> {
    this.#checkClaimedId(holder);
    this.#checkRange(range);
    const { custody, ports } = this.node;
    const partitions = [...partitionsOf([range])].filter((partition) => custody.serving(partition) !== null);
    const lacking = partitions.some((partition) => {
      const claim = custody.serving(partition);
      return claim !== null && lacks(claim, holder);
    });
    const served = toRanges(partitions);
    for (const part of served) custody.learnMissing(part, missing);
    await custody.save();
    const confirmed = entries.map(async ({ partition, key, version }) => {
      if (custody.serving(partition) === null) return false;
      const record = await ports.store.get(partition, key);
      return record !== null && record.version >= version;
    });
    return { served, lacking, confirmed: await Promise.all(confirmed) };
  }

  #offer({ holder, ranges }: ParsedParams<"partition.offer">): Promise<Result<"partition.offer">> {
    this.#checkClaimedId(holder);
    for (const range of ranges) this.#checkRange(range);
    if (this.node.phase !== "member") throw new DrainingError();
    this.#inBackground("offered", this.node.acquisition.offered(holder, ranges));
    return Promise.resolve({});
  }

  async #readForOwner({ partition, key }: ParsedParams<"replica.read">): Promise<Result<"replica.read">> {
    const { record, ...word } = await this.node.keys.readForOwner(partition, key);
    return { record: record === null ? null : toWire(record), ...word };
  }

  async #get(
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

  async #put(params: ParsedParams<"kv.put">, context: CallContext): Promise<Result<"kv.put">> {
    const { key, value, forwarded, ...options } = params;
    const bytes = bytesOf(value);
    const outcome = forwarded === true
      ? await this.node.keys.write(key, bytes, options)
      : await this.router.put(key, bytes, options, context);
    return { ...outcome, replicas: [...outcome.replicas] };
  }

  async #delete(params: ParsedParams<"kv.delete">, context: CallContext): Promise<Result<"kv.delete">> {
    const { key, forwarded, ...options } = params;
    const outcome = forwarded === true
      ? await this.node.keys.write(key, null, options)
      : await this.router.delete(key, options, context);
    return { ...outcome, replicas: [...outcome.replicas] };
  }

  async #list(
    { prefix = "", limit = 100, after = null }: ParsedParams<"kv.list">,
  ): Promise<Result<"kv.list">> {
    const { custody, partitions, ports } = this.node;
    const everything = { first: 0, last: partitions.count - 1 };
    const keys: Result<"kv.list">["keys"] = [];
    let next = after;
    do {
      const limits = { recordsMax: Math.min(limit - keys.length, pageRecordsMax), bytesMax: pageBytesMax };
      const page = await ports.store.page(everything, next, limits);
      for (const record of page.records) {
        if (!record.key.startsWith(prefix) || !isLive(record, ports.clock.wallNow())) continue;
        const { key, version, expiresAtMs } = record;
        const role = custody.serving(partitions.ofKey(key)) === null ? "holder" : "owner";
        keys.push({ key, bytes: record.value?.length ?? 0, version, expiresAtMs, role });
      }
      next = page.next;
    } while (next !== null && keys.length < limit);
    return { keys, next };
  }

  #info(): Promise<Result<"node.info">> {
    const { config, custody, incarnation, partitions, phase, ports, self } = this.node;
    const reason = this.node.notReadyReason();
    const owned = custody.ownRanges();
    return Promise.resolve({
      id: self.id,
      url: self.url,
      cluster: config.cluster,
      protocol: protocolVersion,
      bits: config.bits,
      hash: config.hash,
      partitions: partitions.count,
      replicas: config.replicas,
      incarnation,
      phase,
      ready: reason === null,
      reason,
      keyCount: ports.store.count({ first: 0, last: partitions.count - 1 }),
      partitionsOwned: owned.reduce((sum, { first, last }) => sum + last - first + 1, 0),
      partitionsUnsynced: custody.unsynced().length,
      uptimeMs: this.node.uptimeMs(),
      version: softwareVersion,
      ...this.node.vitals(),
    });
  }

  #fingers(): Promise<Result<"node.fingers">> {
    const { fingers } = this.node.member;
    const entries = fingers.starts.map((start, index) => ({ index, start, node: fingers.get(index) }));
    return Promise.resolve({ entries });
  }

  #peers(): Promise<Result<"node.peers">> {
    const { member: { peers }, ports: { clock } } = this.node;
    const wallMinusNow = clock.wallNow() - clock.now();
    const all = peers.known.all().map((node) => {
      const seenAtMs = peers.lastSeenAtMs(node.id);
      const lastSeenMs = seenAtMs === null ? null : Math.max(0, Math.round(seenAtMs + wallMinusNow));
      return { node, health: peers.health(node.id), lastSeenMs };
    });
    return Promise.resolve({ peers: all });
  }

  /** @throws ChordError (invalid params) for a node that still answers: only the gone are forgotten. */
  async #forget({ id }: ParsedParams<"node.forget">): Promise<Result<"node.forget">> {
    this.#checkWidth(id);
    const { custody, member: { peers }, self } = this.node;
    const health = peers.health(id);
    if (id !== self.id && (health === "alive" || health === "suspect")) {
      throw new ChordError(errorCode.invalidParams, `Cannot forget ${id}: it is ${health}`, {
        reason: "notGone",
      });
    }
    const partitions = custody.forget(id);
    if (id !== self.id) peers.forget(id);
    await custody.save();
    return { partitions };
  }

  /** @throws InvalidParamsError when the id does not follow from the address: nobody chooses a place. */
  #checkClaimedId(node: NodeRef): void {
    const { config: { cluster }, space } = this.node;
    if (nodeIdOf(space, cluster, node.url) === node.id) return;
    throw new InvalidParamsError(`Cannot accept ${node.url}: its id does not follow from its address`);
  }

  #checkWidth(id: Id): void {
    if (!this.node.space.isId(id)) {
      throw new InvalidParamsError(
        `Cannot use the id "${id}": it takes ${this.node.space.digits} hex digits`,
      );
    }
  }

  #checkRange({ first, last }: PartitionRange): void {
    const { count } = this.node.partitions;
    if (first <= last && last < count) return;
    throw new InvalidParamsError(`Cannot use partitions ${first} to ${last} of ${count}`);
  }

  #inBackground(what: string, task: Promise<unknown>): void {
    task.catch((error) => {
      const level = error instanceof ChordError ? "debug" : "error";
      this.node.ports.log(level, "taskFailed", { what, error });
    });
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
