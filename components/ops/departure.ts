import type { NodeRef } from "../../core/node_ref.ts";
import type { NodeInfo } from "../../core/protocol.ts";
import { shareBetween } from "../ring/circle.ts";

/** What it means for the ring that a node goes. */
export interface Departure {
  readonly info: NodeInfo;
  /** Who answers for its keys afterwards; null when there is nobody. */
  readonly heir: NodeRef | null;
  readonly share: number;
  readonly heirShare: number;
  /** Nodes in the ring as far as this one knows, itself included. */
  readonly members: number;
}

interface Question {
  readonly info: NodeInfo;
  readonly predecessor: NodeRef | null;
  /** Nearest first. */
  readonly successors: readonly NodeRef[];
  /** Dead, or on its way out. */
  readonly isGone: (id: string) => boolean;
  readonly members: number;
}

export function departureOf({ info, predecessor, successors, isGone, members }: Question): Departure {
  const heir = successors.find(({ id }) => id !== info.id && !isGone(id)) ?? null;
  const after = predecessor?.id ?? info.id;
  return {
    info,
    heir,
    share: shareBetween(after, info.id, info.bits),
    heirShare: heir === null ? 0 : shareBetween(info.id, heir.id, info.bits),
    members,
  };
}
