import type { ChordNode } from "./chord_node.ts";
import type { KeyRouter } from "./data/key_router.ts";
import { viewsOf } from "./data/view_news.ts";
import { DrainingError, ForbiddenError, InvalidParamsError } from "./errors.ts";
import { checkWidth, inBackground } from "./handling.ts";
import { KeyAnswers } from "./key_answers.ts";
import { NodeAnswers } from "./node_answers.ts";
import type { NodeRef } from "./node_ref.ts";
import { type PartitionRange, partitionsOf } from "./partition.ts";
import type { MethodName, ParsedParams, Result } from "./protocol.ts";
import type { Membership } from "./ring/membership.ts";
import type { CallContext } from "./service.ts";

type Handler<M extends MethodName> = (params: ParsedParams<M>, context: CallContext) => Promise<Result<M>>;

/** What the node answers to each method of the protocol. */
export class Handlers {
  readonly #handlers: { readonly [M in MethodName]: Handler<M> };

  constructor(readonly node: ChordNode, router: KeyRouter, readonly membership: Membership) {
    const keys = new KeyAnswers(node, router);
    const self = new NodeAnswers(node);
    this.#handlers = {
      "chord.ping": () => this.#ping(),
      "chord.probe": (params, context) => this.#probe(params, context),
      "chord.neighbors": () => this.#neighbors(),
      "chord.notify": (params) => this.#notify(params),
      "chord.lookupStep": (params) => this.#lookupStep(params),
      "chord.leave": (params, context) => this.#leave(params, context),
      "chord.restarting": (params, context) => this.#restarting(params, context),
      "partition.views": (params) => this.#views(params),
      "partition.learn": (params) => this.#learn(params),
      "partition.prepare": (params) => {
        this.#checkClaimedIds(params.view.members, params.view.previous);
        return this.#onRanges(params.ranges, () => this.node.data.box.prepare(params));
      },
      "partition.accept": (params) => {
        this.#checkClaimedIds(params.members);
        return this.#onRanges(params.ranges, () => this.node.data.box.accept(params));
      },
      "partition.digest": (params) =>
        this.#onRanges(params.ranges, () => this.node.data.answers.digest(params)),
      "partition.compare": (params) =>
        this.#onRanges([params.range], () => this.node.data.answers.compare(params)),
      "partition.push": (params) => this.node.keeper.answerPush(params),
      "partition.confirm": (params) => this.node.data.answers.confirm(params),
      "replica.read": (params) => this.node.keeper.answerRead(params),
      "replica.reserve": (params) => this.node.keeper.answerReserve(params),
      "replica.write": (params) => this.node.keeper.answerWrite(params),
      "kv.get": (params, context) => keys.get(params, context),
      "kv.put": (params, context) => keys.put(params, context),
      "kv.delete": (params, context) => keys.delete(params, context),
      "kv.list": (params) => keys.list(params),
      "node.info": () => self.info(),
      "node.fingers": () => self.fingers(),
      "node.peers": () => self.peers(),
      "node.status": () => self.status(),
      "node.forget": (params) => self.forget(params),
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
    this.#checkClaimedIds([node]);
    const { member: { peers }, self } = this.node;
    if (node.id === self.id) throw new InvalidParamsError(`Cannot probe ${node.url}: it is this node`);
    return { alive: await peers.reaches(node, timeoutMs) };
  }

  /** Answered first, judged later: two nodes that notify each other must not wait for each other. */
  #notify({ node, as = "predecessor" }: ParsedParams<"chord.notify">): Promise<Result<"chord.notify">> {
    this.#checkClaimedIds([node]);
    const isOurselves = node.id === this.node.self.id;
    if (this.node.phase === "member" && !isOurselves) {
      inBackground(this.node, "notified", this.node.maintenance.notified(node, as));
    }
    return Promise.resolve({});
  }

  #lookupStep(
    { target, avoid }: ParsedParams<"chord.lookupStep">,
  ): Promise<Result<"chord.lookupStep">> {
    checkWidth(this.node, target);
    const { member, phase } = this.node;
    if (phase === "joining" || phase === "left") throw new DrainingError();
    return Promise.resolve(member.lookupStep(target, avoid));
  }

  #leave(
    { node, predecessor, successors }: ParsedParams<"chord.leave">,
    context: CallContext,
  ): Promise<Result<"chord.leave">> {
    this.#checkClaimedIds([node, ...successors], predecessor === null ? [] : [predecessor]);
    checkSpeaksForItself(node, context);
    const closing = this.membership.neighbourLeaves(node, predecessor, successors);
    inBackground(this.node, "neighbourLeaves", closing);
    return Promise.resolve({});
  }

  #restarting(
    { node, backWithinMs }: ParsedParams<"chord.restarting">,
    context: CallContext,
  ): Promise<Result<"chord.restarting">> {
    this.#checkClaimedIds([node]);
    checkSpeaksForItself(node, context);
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
    for (const { view } of views) this.#checkClaimedIds(view.members, view.previous);
    return this.#onRanges(views, async () => {
      for (const { first, last, view } of views) replicas.learn([{ first, last }], view);
      await replicas.save();
      const later = views.flatMap(({ first, last, view }) =>
        viewsOf(replicas, partitionsOf([{ first, last }])).filter((known) => known.view.epoch > view.epoch)
      );
      return { views: later };
    });
  }

  /** @throws InvalidParamsError when an id does not follow from the address: nobody chooses a place. */
  #checkClaimedIds(...lists: readonly (readonly NodeRef[])[]): void {
    for (const node of lists.flat()) {
      if (this.node.member.isTrue(node)) continue;
      throw new InvalidParamsError(`Cannot accept ${node.url}: its id does not follow from its address`);
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
}

/** @throws ForbiddenError when somebody else has signed that a node goes. */
function checkSpeaksForItself(node: NodeRef, { from }: CallContext): void {
  if (from === undefined || from === node.id) return;
  throw new ForbiddenError(`Cannot believe this of ${node.url}: another node says so`);
}
