import { ChordError } from "../errors.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import { type Partition, toRanges } from "../partition.ts";
import type { RingMember } from "../ring/ring_member.ts";
import type { Replicas } from "./replicas.ts";

/**
 * Begins partitions anew whose keepers an operator has given up, all of them: nobody is left who could decide about
 * them, or even knows who kept them.
 *
 * Only where there is such a word, and only after every node that was not given up has said that it knows nothing.
 */
export class Refounding {
  constructor(readonly member: RingMember, readonly replicas: Replicas) {}

  /** Says whether the partitions, of which nothing is known, were begun anew. */
  async run(unknown: readonly Partition[]): Promise<boolean> {
    const { member, replicas } = this;
    if (unknown.length === 0 || !replicas.givenUp.isAny || !member.isAnchored) return false;
    const others = member.peers.known.all().filter(({ id }) => !replicas.givenUp.hasNode(id));
    const answers = await Promise.all(others.map((node) => this.#knowsNothing(node, unknown)));
    const isOurs = (partition: Partition) => replicas.isOwn(partition) && replicas.get(partition) === null;
    if (!answers.every(Boolean) || !unknown.every(isOurs)) return false;
    // Above any epoch that was ever reached by changes one at a time, so that no old view outlives it.
    const epoch = Math.floor(member.ports.clock.wallNow());
    replicas.learn(toRanges(unknown), { epoch, members: [replicas.self], previous: [] });
    replicas.markSynced(toRanges(unknown), epoch);
    member.ports.log("warn", "partitionsBegunAnew", { partitions: unknown.length });
    return true;
  }

  /** A node that has left for good has nothing to say; one that is silent may know. */
  async #knowsNothing(node: NodeRef, unknown: readonly Partition[]): Promise<boolean> {
    const { peers, self } = this.member;
    if (sameNode(node, self) || peers.health(node.id) === "left") return true;
    try {
      return (await peers.call(node, "partition.views", { ranges: toRanges(unknown) })).views.length === 0;
    } catch (error) {
      if (error instanceof ChordError) return false;
      throw error;
    }
  }
}
