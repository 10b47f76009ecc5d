import { ChordError, errorCode, UntrustedPeerError, WrongRingError } from "../errors.ts";
import { nodeIdOf, type NodeRef, sameNode, unknownId } from "../node_ref.ts";
import { type NodeInfo, protocolVersion, restartMsMax } from "../protocol.ts";
import { knownPeersMax } from "./known_peers.ts";
import { findPlace } from "./place.ts";
import type { RingMember } from "./ring_member.ts";
import {
  adoptPredecessor,
  alone,
  dropSuccessor,
  joinBehind,
  namedMembers,
  reconcile,
  type RingState,
} from "./ring_state.ts";

/** Longest pause between two tries at the bootstraps. */
const retryMsMax = 10_000;
const retryMsFirst = 250;
/** Peers told of a restart. It is the neighbours who must know; to others it saves a few wrong turns. */
const toldMax = 64;

/** How a node becomes a member, comes back as one, and stops being one. */
export class Membership {
  constructor(readonly member: RingMember) {}

  /** Makes a ring of one, the first of a new ring. */
  found(): void {
    const { member } = this;
    member.phase = "member";
    member.isAnchored = true;
    member.apply(alone(member.self));
  }

  /** Comes back with the pointers it had. It is a member at once; stabilization corrects what changed meanwhile. */
  resume(state: RingState, isAnchored: boolean): void {
    const { member } = this;
    member.phase = "member";
    member.isAnchored = isAnchored;
    member.apply(state);
  }

  /**
   * Joins the ring that any of the bootstraps belongs to, trying them in turn with back-off until one is up.
   *
   * It never makes a ring of its own instead: two rings would each take half of the writes.
   *
   * @throws WrongRingError when a bootstrap runs another cluster, protocol or circle, has another secret, or our id
   * is taken.
   */
  async join(bootstraps: readonly string[], isStopped: () => boolean): Promise<void> {
    const { clock, log, random } = this.member.ports;
    let retryMs = retryMsFirst;
    while (!isStopped()) {
      for (const bootstrap of bootstraps) {
        if (await this.#joinThrough(bootstrap)) return;
      }
      log("info", "bootstrapRetried", { bootstraps, inMs: retryMs });
      await clock.sleep(retryMs * (0.75 + random.next() / 2));
      retryMs = Math.min(retryMs * 2, retryMsMax);
    }
  }

  /** Zave's join: the whole list of the member before us in one step, and we are a member from that instant. */
  async #joinThrough(url: string): Promise<boolean> {
    const { member } = this;
    const info = await this.#infoOf(url);
    if (info === null) return false;
    this.#checkRing(info);
    if (info.phase !== "member") return false;
    const place = await findPlace(member, info);
    if (place === null) return false;
    this.#checkIdIsFree([info, place.node, ...place.answer.successors]);
    await member.turn.take(async () => {
      member.phase = "member";
      member.apply(
        joinBehind(member.self, place.node, place.answer.successors, member.config.successors),
      );
      member.heardBefore(place.node, place.answer);
      await Promise.resolve();
    });
    await this.#announce(place.node);
    await this.#learnPeers(place.node);
    return true;
  }

  /**
   * Takes over what the member before us knows of others, so that we find back even if all we met ourselves go. It
   * does not push out those.
   */
  async #learnPeers(from: NodeRef): Promise<void> {
    const { peers } = this.member;
    const answer = await peers.call(from, "node.peers", {}).catch(ignoreSilence);
    for (const { node } of answer?.peers ?? []) {
      if (peers.known.size >= knownPeersMax) return;
      if (peers.known.get(node.id) === null) peers.known.meet(node);
    }
  }

  /** Both neighbours learn of the newcomer at once, so that nobody waits for a round of stabilization. */
  async #announce(before: NodeRef): Promise<void> {
    const { member } = this;
    const { head } = member;
    const tell = (node: NodeRef, as: "predecessor" | "successor") =>
      member.peers.call(node, "chord.notify", { node: member.self, as }).catch(ignoreSilence);
    await Promise.all([tell(before, "successor"), head === null ? null : tell(head, "predecessor")]);
  }

  /** Tells both neighbours that we are going. From here on the ring counts us as failed, and others take over. */
  async announceLeave(): Promise<void> {
    const { member } = this;
    const { predecessor, successors } = member.state;
    const params = { node: member.self, predecessor, successors: [...successors] };
    await Promise.all(
      nearest(member.state).map((node) =>
        member.peers.call(node, "chord.leave", params).catch(ignoreSilence)
      ),
    );
  }

  /**
   * Tells the neighbours, and everybody else who has answered lately, that we stop and will be back. They keep our
   * place and our data where they are for as long. Silence stops nobody from going.
   */
  async announceRestart(backWithinMs: number): Promise<void> {
    const { peers, self, state } = this.member;
    const told = new Map(
      [...namedMembers(state), ...peers.recent()].slice(0, toldMax).map((to) => [to.id, to]),
    );
    const params = { node: self, backWithinMs: Math.min(Math.ceil(backWithinMs), restartMsMax) };
    const tell = (to: NodeRef) => peers.call(to, "chord.restarting", params).catch(ignoreSilence);
    await Promise.all([...told.values()].map(tell));
  }

  /** A neighbour is going. The ring closes without it; whoever takes its place is asked first. */
  async neighbourLeaves(
    node: NodeRef,
    itsPredecessor: NodeRef | null,
    itsSuccessors: readonly NodeRef[],
  ): Promise<void> {
    const { member } = this;
    await member.turn.take(async () => {
      member.peers.left(node);
      member.fingers.drop(node.id);
      // Our own arc must stay what it was when we began to leave: others will judge by it what we had.
      if (member.phase !== "member") return;
      await this.#closeBehind(node, itsSuccessors);
      await this.#closeBefore(node, itsPredecessor);
    });
  }

  async #closeBehind(leaver: NodeRef, itsSuccessors: readonly NodeRef[]): Promise<void> {
    const { member } = this;
    const wasHead = sameNode(member.head, leaver);
    member.apply(dropSuccessor(member.state, leaver.id));
    const next = itsSuccessors[0];
    if (!wasHead || next === undefined || sameNode(next, member.self)) return;
    const answer = await member.peers.neighbors(next);
    if (answer === null || (member.head !== null && !sameNode(member.head, next))) return;
    member.apply(reconcile(member.state, next, answer.successors, member.config.successors));
  }

  async #closeBefore(leaver: NodeRef, itsPredecessor: NodeRef | null): Promise<void> {
    const { member } = this;
    if (!sameNode(member.state.predecessor, leaver)) return;
    if (itsPredecessor === null || sameNode(itsPredecessor, member.self)) {
      if (member.head === null) member.apply(alone(member.self));
      return;
    }
    const answer = await member.peers.neighbors(itsPredecessor);
    const follower = answer?.successors[0];
    const isRightBefore = sameNode(follower, leaver) || sameNode(follower, member.self);
    if (answer === null || !isRightBefore || !sameNode(member.state.predecessor, leaver)) return;
    member.apply(adoptPredecessor(member.state, itsPredecessor));
    member.heardBefore(itsPredecessor, answer);
  }

  /** The first call to a bootstrap: only its address is known, so it cannot be held to an id yet. */
  async #infoOf(url: string): Promise<NodeInfo | null> {
    try {
      return await this.member.ports.transport.call(
        { id: unknownId, url },
        "node.info",
        {},
        this.member.config.attemptTimeoutMs,
      );
    } catch (error) {
      if (!(error instanceof ChordError) || error instanceof WrongRingError) throw error;
      const why = strangersReason(error);
      if (why === null) return null;
      throw new WrongRingError(`Cannot join the ring of ${url}: ${why}`);
    }
  }

  /** @throws WrongRingError naming the first difference. */
  #checkRing(info: NodeInfo): void {
    const { cluster, bits, hash, partitions, replicas, writeQuorum, readQuorum } = this.member.config;
    const ours = {
      protocol: protocolVersion,
      cluster,
      bits,
      hash,
      partitions,
      replicas,
      writeQuorum,
      readQuorum,
    };
    for (const [name, value] of Object.entries(ours)) {
      const theirs = info[name as keyof typeof ours];
      if (theirs === value) continue;
      throw new WrongRingError(
        `Cannot join the ring of ${info.url}: its ${name} is ${theirs}, this node's is ${value}`,
      );
    }
    const idOfUrl = nodeIdOf(this.member.space, cluster, info.url);
    if (info.id !== idOfUrl) {
      throw new WrongRingError(`Cannot join through ${info.url}: its id does not follow from its address`);
    }
  }

  /** @throws WrongRingError when another address has our id, as happens on small circles. */
  #checkIdIsFree(members: readonly NodeRef[]): void {
    const { self } = this.member;
    const holder = members.find((node) => node.id === self.id && node.url !== self.url);
    if (holder === undefined) return;
    throw new WrongRingError(`Cannot join: the id ${self.id} is taken by ${holder.url}`);
  }
}

/** Why a bootstrap and we are strangers, which waiting does not change; null when it is something else. */
function strangersReason(error: ChordError): string | null {
  if (error instanceof UntrustedPeerError) return error.why;
  return error.code === errorCode.unauthenticated ? "its nodes have a secret, and this one has none" : null;
}

/** The members on either side of us, once each. */
function nearest({ predecessor, successors }: RingState): NodeRef[] {
  const head = successors[0];
  const both = [head, sameNode(predecessor, head) ? null : predecessor];
  return both.filter((node) => node !== null && node !== undefined);
}

/** A neighbour that is not told finds out by itself; only a bug is worth stopping for. */
function ignoreSilence(error: unknown): null {
  if (!(error instanceof ChordError)) throw error;
  return null;
}
