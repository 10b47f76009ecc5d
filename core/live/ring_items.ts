import type { NodeRef } from "../node_ref.ts";
import type { Phase, Result } from "../protocol.ts";
import type { RingItem, RingItemState } from "./topics.ts";

/** What a node has to be asked for a picture of its ring. */
export interface RingAnswers {
  readonly self: NodeRef;
  readonly phase: Phase;
  readonly successors: readonly NodeRef[];
  readonly predecessor: NodeRef | null;
  readonly peers: Result<"node.peers">["peers"];
  /** The node's wall clock; it is always seen by itself. */
  readonly wallMs: number;
}

type Peer = RingAnswers["peers"][number];

/** A node that leaves goes on answering until it is gone; then nobody asks it whether it is. */
const leavingSilenceMs = 5_000;

/** Everybody whom the node points at or has met, itself first, each once. */
export function ringItems(answers: RingAnswers): Map<string, RingItem> {
  const { self, successors, predecessor, peers } = answers;
  const met = new Map<string, Peer>(peers.map((peer) => [peer.node.id, peer]));
  const named = [self, ...successors, ...(predecessor === null ? [] : [predecessor])];
  const items = new Map<string, RingItem>();
  for (const node of [...named, ...peers.map(({ node }) => node)]) {
    if (!items.has(node.id)) items.set(node.id, itemOf(node, met.get(node.id), answers));
  }
  return items;
}

function itemOf({ id, url }: NodeRef, peer: Peer | undefined, answers: RingAnswers): RingItem {
  const { self, successors, predecessor } = answers;
  const isSelf = id === self.id;
  const index = successors.findIndex((node) => node.id === id);
  const state = isSelf ? stateIn(answers.phase) : stateOf(peer, answers.wallMs);
  const isThere = state !== "dead" && state !== "left";
  return {
    id,
    url,
    state,
    isSelf,
    isPredecessor: predecessor?.id === id,
    successorIndex: index === -1 ? null : index,
    rttMs: isThere ? peer?.rttMs ?? null : null,
    lastSeenMs: isSelf ? answers.wallMs : peer?.lastSeenMs ?? null,
  };
}

/** A node's own word counts while it is heard; its silence counts more. */
function stateOf(peer: Peer | undefined, wallMs: number): RingItemState {
  if (peer === undefined) return "unknown";
  if (peer.health === "alive") return stateIn(peer.phase ?? "member");
  const isHeard = wallMs - (peer.lastSeenMs ?? -Infinity) < leavingSilenceMs;
  if (peer.health === "left" && peer.phase === "leaving" && isHeard) return "leaving";
  return peer.health;
}

function stateIn(phase: Phase): RingItemState {
  return phase === "member" ? "alive" : phase;
}
