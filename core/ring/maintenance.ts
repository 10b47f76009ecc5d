import { ChordError } from "../errors.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { Neighbors } from "./peers.ts";
import { findPlace } from "./place.ts";
import type { RingMember } from "./ring_member.ts";
import {
  adoptPredecessor,
  alone,
  dropSuccessor,
  isCloserPredecessor,
  isCloserSuccessor,
  joinBehind,
  namedMembers,
  reconcile,
} from "./ring_state.ts";

/**
 * Keeps one node's pointers true while others come, go and die: Zave's stabilize and rectify (TSE 2017), with
 * successor lists of varying length.
 *
 * The rule behind all of it: no pointer is adopted before its node has answered for itself. What another node says
 * of it is only a reason to ask.
 */
export class Maintenance {
  /** The best predecessor announced since the last judgement; a worse one never displaces it. */
  #announced: NodeRef | null = null;
  readonly #successorsMax: number;

  constructor(readonly member: RingMember) {
    this.#successorsMax = member.config.successors;
  }

  /** One round: follow the first live successor, take over its list, and tell it that we are here. */
  async stabilize(): Promise<void> {
    await this.member.turn.take(async () => {
      const found = await this.#firstLiveSuccessor();
      if (found === null) return await this.#withoutSuccessor();
      await this.#follow(found.node, found.answer);
    });
    await this.#probePredecessorNow();
  }

  /** A cheap look at both neighbours between two rounds; notices a death as early as a full round would. */
  async probeNeighbours(): Promise<void> {
    const { head, peers } = this.member;
    await Promise.all([head === null ? null : peers.isMember(head), this.#probePredecessorNow()]);
  }

  /**
   * Hears that `node` believes it stands next to us. It is answered at once and judged in its turn.
   *
   * Of several announcements the closest is judged: if the last one won, a node that is not in the ring yet could
   * displace the real predecessor every round (chord.md 5, number 19).
   */
  async notified(node: NodeRef, as: "predecessor" | "successor"): Promise<void> {
    if (as === "successor") return await this.#considerSuccessor(node);
    const announced = this.#announced;
    const isCloser = announced === null ||
      isCloserPredecessor({ ...this.member.state, predecessor: announced }, node);
    if (isCloser) this.#announced = node;
    await this.member.turn.take(() => this.#rectify());
  }

  /** Looks up the owner of one finger. It has to have answered for itself, or the old one stays. */
  async fixFinger(): Promise<void> {
    const { member } = this;
    if (member.head === null) return;
    const index = member.fingers.nextToFix(member.head);
    const start = member.fingers.starts[index];
    if (start === undefined) return;
    const { owner } = await member.ownerOf(start);
    if (await this.#hasAnswered(owner)) member.fingers.set(index, owner);
    else member.fingers.pass(index);
  }

  /** Whether the node is one that we know to be there, by its own word. */
  async #hasAnswered(node: NodeRef): Promise<boolean> {
    const { peers, self } = this.member;
    if (sameNode(node, self) || peers.health(node.id) === "alive") return true;
    return await peers.isMember(node);
  }

  /**
   * Asks a peer whether its ring is ours, and if not, ties the two together here.
   *
   * Both rings find the same place for us; the closer neighbours it has are asked and adopted like any other, and
   * stabilization does the rest (chord.md 6.1, the simple merge).
   */
  async probeRingOf(peer: NodeRef): Promise<void> {
    const { member } = this;
    const place = await findPlace(member, peer);
    const behind = place?.answer.successors[0] ?? place?.node;
    if (place === null || behind === undefined || sameNode(behind, member.self)) return;
    await this.#considerSuccessor(behind);
    await this.#announceTo(place.node, "successor");
  }

  /** Walks the list until a member answers. The dead found on the way are dropped; the merely silent stay. */
  async #firstLiveSuccessor(): Promise<{ node: NodeRef; answer: Neighbors } | null> {
    const { peers, state: { successors } } = this.member;
    const head = successors[0];
    if (head === undefined) return null;
    const first = await peers.neighbors(head);
    if (first !== null) return { node: head, answer: first };
    const rest = successors.slice(1);
    const answers = await Promise.all(rest.map((node) => peers.neighbors(node)));
    this.#dropGone();
    const live = answers.findIndex((answer) => answer !== null);
    const [node, answer] = [rest[live], answers[live]];
    return node && answer ? { node, answer } : null;
  }

  #dropGone(): void {
    const { member } = this;
    for (const node of member.state.successors) {
      if (!member.peers.isGone(node.id)) continue;
      member.apply(dropSuccessor(member.state, node.id));
      member.fingers.drop(node.id);
      member.ports.log("info", "successorDropped", { node: node.url, health: member.peers.health(node.id) });
    }
  }

  /** Zave's stabilize, steps 1 and 2. A successor that is only suspect stays in front: nobody is adopted past it. */
  async #follow(node: NodeRef, answer: Neighbors): Promise<void> {
    const { member } = this;
    if (!sameNode(member.head, node)) return;
    member.apply(reconcile(member.state, node, answer.successors, this.#successorsMax));
    const between = answer.predecessor;
    if (between !== null && isCloserSuccessor(member.state, between)) await this.#adoptSuccessor(between);
    const { head } = member;
    if (head === null) return;
    if (sameNode(head, node) && sameNode(between, member.self)) return;
    await this.#announceTo(head, "predecessor");
  }

  /** Somebody claims to stand between us and our successor. */
  async #considerSuccessor(node: NodeRef): Promise<void> {
    const { member } = this;
    await member.turn.take(async () => {
      if (member.phase !== "member" || !isCloserSuccessor(member.state, node)) return;
      if (await this.#adoptSuccessor(node)) await this.#announceTo(node, "predecessor");
    });
  }

  /**
   * Takes a closer successor after it has answered for itself, with its whole list.
   *
   * If it does not know the successor it displaces, two rings meet here: it is told to look at that one, and so on
   * round the circle until they are zipped into one.
   */
  async #adoptSuccessor(node: NodeRef): Promise<boolean> {
    const { member } = this;
    const answer = await member.peers.neighbors(node);
    if (answer === null || !isCloserSuccessor(member.state, node)) return false;
    const displaced = member.head;
    member.apply(reconcile(member.state, node, answer.successors, this.#successorsMax));
    if (displaced !== null && !answer.successors.some((other) => sameNode(other, displaced))) {
      await this.#tell(node, displaced, "successor");
    }
    return true;
  }

  /** Zave's rectify: a closer predecessor is taken, any other only in place of one that is gone. */
  async #rectify(): Promise<void> {
    const { member } = this;
    const node = this.#announced;
    this.#announced = null;
    if (node === null || member.phase !== "member") return;
    if (sameNode(node, member.state.predecessor)) return await this.#probePredecessor(node);
    const answer = await member.peers.neighbors(node);
    if (answer === null) return;
    if (member.isAlone) await this.#adoptFirst(node, answer);
    else if (isCloserPredecessor(member.state, node)) member.apply(adoptPredecessor(member.state, node));
    else await this.#replaceGonePredecessor(node, answer);
    member.heardBefore(node, answer);
  }

  /** A lone node's first neighbour stands on both sides of it. */
  async #adoptFirst(node: NodeRef, answer: Neighbors): Promise<void> {
    const { member } = this;
    const next = adoptPredecessor(member.state, node);
    member.apply(reconcile(next, node, answer.successors, this.#successorsMax));
    await this.#announceTo(node, "predecessor");
  }

  /**
   * Lets the arc grow over a predecessor that is gone.
   *
   * Only for a node that the ring leads to and that follows us directly: a joiner that knows less than the ring
   * might skip a live member, and its arc would be served twice.
   */
  async #replaceGonePredecessor(node: NodeRef, answer: Neighbors): Promise<void> {
    const { member } = this;
    const old = member.state.predecessor;
    if (old === null || await member.peers.isMember(old) || !member.peers.isGone(old.id)) return;
    if (!answer.anchored || !sameNode(answer.successors[0], member.self)) return;
    if (sameNode(member.state.predecessor, old)) member.apply(adoptPredecessor(member.state, node));
  }

  async #probePredecessorNow(): Promise<void> {
    const { predecessor } = this.member.state;
    if (predecessor !== null) await this.#probePredecessor(predecessor);
  }

  async #probePredecessor(predecessor: NodeRef): Promise<void> {
    const { member } = this;
    const answer = await member.peers.neighbors(predecessor);
    if (answer !== null) member.heardBefore(predecessor, answer);
    if (answer === null || member.isAnchored) return;
    if (answer.anchored && sameNode(answer.successors[0], member.self)) member.isAnchored = true;
  }

  /** The list is used up. We go back in through whoever else is known and alive; with nobody left we are alone. */
  async #withoutSuccessor(): Promise<void> {
    const { member } = this;
    if (member.state.successors.length > 0) return;
    for (const node of this.#lastResorts()) {
      const place = await findPlace(member, node);
      if (place === null) continue;
      const others = place.answer.successors.filter((other) => !member.peers.isGone(other.id));
      const rejoined = joinBehind(member.self, place.node, others, this.#successorsMax);
      const { predecessor } = member.state;
      const keeps = predecessor !== null && !member.peers.isGone(predecessor.id);
      member.apply(keeps ? { ...rejoined, predecessor } : rejoined);
      return await this.#announceTo(place.node, "successor");
    }
    this.#endAlone();
  }

  #endAlone(): void {
    const { member } = this;
    const { predecessor } = member.state;
    if (predecessor === null || !member.peers.isGone(predecessor.id)) return;
    member.apply(alone(member.self));
    member.isAnchored = true;
    member.ports.log("warn", "alone", { lastPredecessor: predecessor.url });
  }

  /** The predecessor first, then the fingers, then everyone once known. */
  #lastResorts(): NodeRef[] {
    const { fingers, peers, state } = this.member;
    return [...namedMembers(state), ...fingers.distinct(), ...peers.known.all()]
      .filter((node) => !peers.isGone(node.id) || sameNode(node, state.predecessor))
      .slice(0, lastResortsMax);
  }

  async #announceTo(node: NodeRef, as: "predecessor" | "successor"): Promise<void> {
    await this.#tell(node, this.member.self, as);
  }

  /** Mentions a neighbour to a node. The node asks that neighbour itself, so a lost message only costs time. */
  async #tell(node: NodeRef, neighbour: NodeRef, as: "predecessor" | "successor"): Promise<void> {
    try {
      await this.member.peers.call(node, "chord.notify", { node: neighbour, as });
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
    }
  }
}

/** Peers tried in one round when the whole successor list is dead. */
const lastResortsMax = 16;
