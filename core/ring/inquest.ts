import { ChordError } from "../errors.ts";
import type { Id } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { Peers } from "./peers.ts";
import type { Suspicion } from "./suspicion.ts";

/** Witnesses asked first (Lifeguard's k): one bad link among three decides nothing. */
const firstMax = 3;
/** With two who do not reach it either, it is not our own link that is cut. */
const answersEnough = 2;
/** Witnesses for one question. In a mass failure most of the first are dead themselves, and time is short. */
const witnessesMax = 9;

/** Whether a witness reaches the node in question; null when the witness does not answer itself. */
export type Word = boolean | null;

/** Finds out from others whether a silent peer is dead, or only out of our reach. */
export class Inquest {
  /** Those under way, by the peer they are about. */
  readonly #open = new Map<Id, Promise<void>>();

  constructor(
    readonly peers: Pick<Peers, "call" | "isWorthAsking" | "ports" | "recent">,
    readonly suspicion: Suspicion,
  ) {}

  /** Holds one if it is time for it; never two at a time about one peer. */
  async hold(peer: NodeRef): Promise<void> {
    if (!this.suspicion.isInQuestion(peer.id, this.#nowMs)) return;
    const inquest = this.#open.get(peer.id) ?? this.#run(peer).finally(() => this.#open.delete(peer.id));
    this.#open.set(peer.id, inquest);
    await inquest;
  }

  async #run(peer: NodeRef): Promise<void> {
    const askedAtMs = this.#nowMs;
    const isAlive = await isReached(this.#witnessesFor(peer), (witness) => this.#ask(witness, peer));
    this.peers.ports.log("debug", isAlive ? "peerVouched" : "peerCondemned", { peer: peer.url });
    if (isAlive) this.suspicion.vouched(peer.id, this.#nowMs);
    else this.suspicion.condemned(peer.id, this.#nowMs, askedAtMs);
  }

  async #ask(witness: NodeRef, peer: NodeRef): Promise<Word> {
    try {
      return (await this.peers.call(witness, "chord.probe", { node: peer })).alive;
    } catch (error) {
      if (error instanceof ChordError) return null;
      throw error;
    }
  }

  /** Those heard most recently are most likely to answer. Beginning anywhere among them spreads the questions. */
  #witnessesFor(peer: NodeRef): NodeRef[] {
    const others: NodeRef[] = [];
    for (const other of this.peers.recent()) {
      if (others.length === witnessesMax) break;
      if (!sameNode(other, peer) && this.peers.isWorthAsking(other.id)) others.push(other);
    }
    const first = Math.floor(this.peers.ports.random.next() * others.length);
    return [...others.slice(first), ...others.slice(0, first)];
  }

  get #nowMs(): number {
    return this.peers.ports.clock.now();
  }
}

/**
 * Whether any of the witnesses reaches a node that is silent to us.
 *
 * Three are asked, and if fewer than two of them answer, all the others. What there is then has to do: somebody who
 * knows no other live node goes by what it sees itself.
 */
export async function isReached(
  witnesses: readonly NodeRef[],
  ask: (witness: NodeRef) => Promise<Word>,
): Promise<boolean> {
  const words = await Promise.all(witnesses.slice(0, firstMax).map(ask));
  const answers = words.filter((word) => word !== null);
  if (answers.includes(true) || answers.length >= answersEnough) return answers.includes(true);
  const more = await Promise.all(witnesses.slice(firstMax, witnessesMax).map(ask));
  return more.includes(true);
}
