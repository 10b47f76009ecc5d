import { ChordError } from "../errors.ts";
import type { Id } from "../id.ts";
import type { NodeRef } from "../node_ref.ts";
import type { NodeInfo } from "../protocol.ts";
import { type Ask, eachOf, type OnProgress, orSilence } from "./ask.ts";

/** Nodes met in one survey. A check has to end, also in a ring that names ever more nodes. */
export const surveyedMax = 4_096;
/** Peers tried that everybody takes for dead: the other half of a torn ring would be among the first. */
const doubtedMax = 64;

/** A node that somebody counts on, and that did not answer as a member. */
export interface Stranger {
  readonly node: NodeRef;
  /** What there is instead of a member, or why there is no answer. */
  readonly why: string;
}

/** Who answered when everybody was asked whom they know. */
export interface Survey {
  /** What each member says of itself. */
  readonly members: readonly NodeInfo[];
  readonly strangers: readonly Stranger[];
  /** Nobody was left out for there being too many. */
  readonly isWhole: boolean;
}

/**
 * Finds every member of the ring of `start`, and of any other ring that has grown out of it.
 *
 * Successors lead round a ring and never to a second one. So all known peers are asked too, those that are taken
 * for dead at the end: in a ring that was torn apart, each half takes the other for dead.
 */
export async function surveyRing(ask: Ask, start: NodeRef, onProgress?: OnProgress): Promise<Survey> {
  const surveyor = new Surveyor(ask, onProgress);
  surveyor.hear(start);
  await surveyor.run();
  return surveyor.survey();
}

class Surveyor {
  readonly #members: NodeInfo[] = [];
  readonly #strangers: Stranger[] = [];
  /** Everybody who was asked, or will be next. */
  readonly #met = new Set<Id>();
  /** Named by somebody who does not take them for dead. */
  readonly #counted = new Set<Id>();
  readonly #doubted = new Map<Id, NodeRef>();
  #ahead: NodeRef[] = [];
  #doubtsLeft = doubtedMax;
  #isWhole = true;
  #done = 0;

  constructor(readonly ask: Ask, readonly onProgress: OnProgress = () => {}) {}

  hear(node: NodeRef): void {
    this.#counted.add(node.id);
    this.#meet(node);
  }

  async run(): Promise<void> {
    for (let round = this.#next(); round.length > 0; round = this.#next()) {
      await eachOf(round, async (node) => {
        await this.#visit(node);
        this.onProgress(++this.#done, this.#met.size);
      });
    }
  }

  survey(): Survey {
    return {
      members: this.#members.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      strangers: this.#strangers.filter(({ node }) => this.#counted.has(node.id)),
      isWhole: this.#isWhole,
    };
  }

  #meet(node: NodeRef): void {
    if (this.#met.has(node.id)) return;
    if (this.#met.size === surveyedMax) {
      this.#isWhole = false;
      return;
    }
    this.#met.add(node.id);
    this.#ahead.push(node);
  }

  /** Whom to ask next; the doubted when nobody else is left. */
  #next(): NodeRef[] {
    if (this.#ahead.length === 0) {
      const doubted = [...this.#doubted.values()].filter(({ id }) => !this.#met.has(id))
        .slice(0, this.#doubtsLeft);
      this.#doubtsLeft -= doubted.length;
      for (const node of doubted) this.#meet(node);
    }
    return this.#ahead.splice(0);
  }

  async #visit(node: NodeRef): Promise<void> {
    const info = await orSilence(this.ask(node, "node.info", {}));
    if (info instanceof ChordError) return void this.#strangers.push({ node, why: info.message });
    if (info.id !== node.id) {
      return void this.#strangers.push({ node, why: `Another node answers there: ${info.id}` });
    }
    if (info.phase === "member") this.#members.push(info);
    else this.#strangers.push({ node, why: `It is ${info.phase}` });
    await Promise.all([this.#hearNeighbors(node), this.#hearPeers(node)]);
  }

  async #hearNeighbors(node: NodeRef): Promise<void> {
    const answer = await orSilence(this.ask(node, "chord.neighbors", {}));
    if (answer instanceof ChordError) return;
    for (const other of answer.successors) this.hear(other);
    if (answer.predecessor !== null) this.hear(answer.predecessor);
  }

  async #hearPeers(node: NodeRef): Promise<void> {
    const answer = await orSilence(this.ask(node, "node.peers", {}));
    if (answer instanceof ChordError) return;
    for (const { node: other, health } of answer.peers) {
      if (health === "dead") this.#doubted.set(other.id, other);
      else if (health !== "left") this.hear(other);
    }
  }
}
