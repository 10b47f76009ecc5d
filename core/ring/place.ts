import { ChordError } from "../errors.ts";
import { between } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import { lookupOwner } from "./lookup.ts";
import type { Neighbors } from "./peers.ts";
import type { RingMember } from "./ring_member.ts";

/** The member right before us, and what it said. */
export interface Place {
  readonly node: NodeRef;
  readonly answer: Neighbors;
}

/**
 * Finds where in the ring of `through` this node belongs, whether or not that ring still points at it.
 *
 * Null when the ring could not be asked, or moved meanwhile so that the member found no longer stands before us
 * (Zave's join then starts over).
 */
export async function findPlace(member: RingMember, through: NodeRef): Promise<Place | null> {
  try {
    const start = [{ node: through, via: "cache" as const }];
    const { namedBy, owner } = await lookupOwner(member.lookupFrom(member.self.id, start));
    return sameNode(namedBy, owner) ? await beforeOwner(member, owner) : await askPlace(member, namedBy);
  } catch (error) {
    if (error instanceof ChordError) return null;
    throw error;
  }
}

/** An owner that named itself knows who stands before it, and so before us. */
async function beforeOwner(member: RingMember, owner: NodeRef): Promise<Place | null> {
  const place = await askPlace(member, owner);
  if (place !== null) return place;
  const answer = await member.peers.neighbors(owner);
  const before = answer?.predecessor ?? null;
  return before === null || sameNode(before, member.self) ? null : await askPlace(member, before);
}

async function askPlace(member: RingMember, node: NodeRef): Promise<Place | null> {
  const answer = await member.peers.neighbors(node);
  return answer !== null && isRightBefore(node, member.self, answer) ? { node, answer } : null;
}

function isRightBefore(node: NodeRef, self: NodeRef, answer: Neighbors): boolean {
  const head = answer.successors[0];
  return head === undefined || sameNode(head, self) || between(node.id, self.id, head.id);
}
