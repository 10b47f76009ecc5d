import { shareBetween } from "./circle.ts";
import type { RingNode } from "./snapshot.ts";

/** The arc of a member, whether or not it is in sight. */
export interface OwnArc {
  readonly node: RingNode;
  readonly after: RingNode;
  readonly share: number;
  readonly index: number;
}

/** @param members clockwise */
export function ownArcsOf(members: readonly RingNode[], bits: number): OwnArc[] {
  return members.map((node, index) => {
    const after = members.at(index - 1) ?? node;
    return { node, after, index, share: shareBetween(after.id, node.id, bits) };
  });
}
