import type { ChordNode } from "./chord_node.ts";
import type { KeyRouter } from "./data/key_router.ts";
import { isLive } from "./data/record.ts";
import { viewsOf } from "./data/view_news.ts";
import { ChordError, DrainingError, errorCode, InvalidParamsError } from "./errors.ts";
import type { Id } from "./id.ts";
import { nodeIdOf, type NodeRef } from "./node_ref.ts";
import { type Partition, type PartitionRange, partitionsOf, toRanges } from "./partition.ts";
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
      "chord.probe": (params, context) => this.#probe(params, context),
      "chord.neighbors": () => this.#neighbors(),
      "chord.notify": (params) => this.#notify(params),
      "chord.lookupStep": (params) => this.#lookupStep(params),
      "chord.leave": (params) => this.#leave(params),
      "chord.restarting": (params) => this.#restarting(params),
      "partition.views": (params) => this.#views(params),
      "partition.learn": (params) => this.#learn(params),
      "partition.prepare": (params) =>
        this.#onRanges(params.ranges, () => this.node.data.box.prepare(params)),
      "partition.accept": (params) => this.#onRanges(params.ranges, () => this.node.data.box.accept(params)),
      "partition.digest": (params) =>
        this.#onRanges(params.ranges, () => this.node.data.answers.digest(params)),
      "partition.compare": (params) =>
        this.#onRanges([params.range], () => this.node.data.answers.compare(params)),
      "partition.push": (params) => this.node.keeper.answerPush(params),
      "partition.confirm": (params) => this.node.data.answers.confirm(params),
      "replica.read": (params) => this.node.keeper.answerRead(params),
      "replica.reserve": (params) => this.node.keeper.answerReserve(params),
      "replica.write": (params) => this.node.keeper.answerWrite(params),
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
    const { phase, self } = this.node;
    return Promise.resolve({ id: self.id, phase, ...this.#selfReport() });
  }

  #neighbors(): Promise<Result<"chord.neighbors">> {
    return Promise.resolve({ ...this.node.member.neighbors(), ...this.#selfReport() });
  }

  /** Which life this is, over which disk, and what time it thinks it is. */
  #selfReport(): { incarnation: number; disk: string; wallMs: number } {
    const { disk, incarnation, ports: { clock } } = this.node;
    return { incarnation, disk, wallMs: Math.max(0, Math.floor(clock.wallNow())) };
  }

  /** @throws InvalidParamsError when asked about this node: it cannot be its own witness. */
  async #probe(
    { node }: ParsedParams<"chord.probe">,
    { timeoutMs }: CallContext,
  ): Promise<Result<"chord.probe">> {
    this.#checkClaimedId(node);
    const { member: { peers }, self } = this.node;
    if (node.id === self.id) throw new InvalidParamsError(`Cannot probe ${node.url}: it is this node`);
    return { alive: await peers.reaches(node, timeoutMs) };
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
    { node, predecessor, successors }: ParsedParams<"chord.leave">,
  ): Promise<Result<"chord.leave">> {
    this.#checkClaimedId(node);
    const closing = this.membership.neighbourLeaves(node, predecessor, successors);
    this.#inBackground("neighbourLeaves", closing);
    return Promise.resolve({});
  }

  #restarting(
    { node, backWithinMs }: ParsedParams<"chord.restarting">,
  ): Promise<Result<"chord.restarting">> {
    this.#checkClaimedId(node);
    const { member: { peers }, self } = this.node;
    if (node.id !== self.id) peers.announcedRestart(node, backWithinMs);
    return Promise.resolve({});
  }

  #views({ ranges }: ParsedParams<"partition.views">): Promise<Result<"partition.views">> {
    return this.#onRanges(ranges, () => {
      return Promise.resolve({ views: viewsOf(this.node.replicas, partitionsOf(ranges)) });
    });
  }

  /** Answers with the views that are later here than those it was told of. */
  #learn({ views }: ParsedParams<"partition.learn">): Promise<Result<"partition.learn">> {
    const { replicas } = this.node;
    return this.#onRanges(views, async () => {
      for (const { first, last, view } of views) replicas.learn([{ first, last }], view);
      await replicas.save();
      const later = views.flatMap(({ first, last, view }) =>
        viewsOf(replicas, partitionsOf([{ first, last }])).filter((known) => known.view.epoch > view.epoch)
      );
      return { views: later };
    });
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

  #roleIn(partition: Partition): "owner" | "replica" | "holder" {
    const { replicas } = this.node;
    const state = replicas.get(partition);
    if (!replicas.isMember(state)) return "holder";
    return state.view.members[0]?.id === this.node.self.id ? "owner" : "replica";
  }

  #info(): Promise<Result<"node.info">> {
    const { config, incarnation, partitions, phase, ports, replicas, self } = this.node;
    const reason = this.node.notReadyReason();
    const owned = replicas.ownPartitions();
    const recordsIn = (ranges: PartitionRange[]) =>
      ranges.reduce((sum, range) => sum + ports.store.count(range), 0);
    return Promise.resolve({
      id: self.id,
      url: self.url,
      cluster: config.cluster,
      protocol: protocolVersion,
      bits: config.bits,
      hash: config.hash,
      partitions: partitions.count,
      replicas: config.replicas,
      writeQuorum: config.writeQuorum,
      readQuorum: config.readQuorum,
      incarnation,
      phase,
      ready: reason === null,
      reason,
      keyCount: recordsIn(toRanges(owned)),
      recordCount: ports.store.count(replicas.everything),
      partitionsOwned: owned.length,
      partitionsHeld: replicas.table.matching((state) => replicas.isMember(state)).length,
      partitionsUnsynced: replicas.unsynced().length,
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

  /** @throws ChordError (invalid params) for a node that still answers: of those only lost disks are forgotten. */
  async #forget(
    { id, lostDisk = false, passedOn }: ParsedParams<"node.forget">,
  ): Promise<Result<"node.forget">> {
    this.#checkWidth(id);
    const { member: { peers }, replicas, self } = this.node;
    const health = peers.health(id);
    const isThere = id !== self.id && (health === "alive" || health === "suspect");
    if (isThere && !lostDisk) {
      throw new ChordError(errorCode.invalidParams, `Cannot forget ${id}: it is ${health}`, {
        reason: "notGone",
      });
    }
    const partitions = replicas.forget(id, lostDisk || id === self.id);
    await replicas.save();
    if (passedOn !== true) this.#passOnForgetting(id, lostDisk);
    return { partitions };
  }

  /** Everybody who counts on the node has to know; one that is not reached is told when the operator tells it. */
  #passOnForgetting(id: Id, lostDisk: boolean): void {
    const { member: { peers }, ports: { log } } = this.node;
    for (const peer of peers.known.all()) {
      if ((peer.id === id && !lostDisk) || peers.isGone(peer.id)) continue;
      this.#inBackground("forget", peers.call(peer, "node.forget", { id, lostDisk, passedOn: true }));
    }
    log("warn", "nodeForgotten", { id, lostDisk });
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

  #onRanges<T>(ranges: readonly PartitionRange[], answer: () => Promise<T>): Promise<T> {
    for (const range of ranges) this.#checkRange(range);
    return answer();
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
