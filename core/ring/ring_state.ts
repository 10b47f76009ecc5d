import type { Arc } from "../arc.ts";
import { between, type Id } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";

/**
 * A member's pointers into the ring. Transitions are pure; whoever awaits anything re-reads the state and applies
 * the transition to what is true then.
 *
 * Holds always (Zave 2017, OrderedSuccessorLists and NoDuplicates): `successors` runs clockwise from self, nearest
 * first, without self and without repeats. It is empty only while the node knows no other member.
 */
export interface RingState {
  readonly self: NodeRef;
  /** Null only while no other member is known; a dead predecessor is replaced, never forgotten. */
  readonly predecessor: NodeRef | null;
  readonly successors: readonly NodeRef[];
}

/** The state of a node that knows nobody. It owns the whole circle. */
export function alone(self: NodeRef): RingState {
  return { self, predecessor: null, successors: [] };
}

/**
 * The state of a node that joins right behind `before` (Zave's join): it takes over that member's whole list.
 *
 * `before` itself follows only when nobody else is left. A list that is short because its owner just lost members
 * does not reach round the circle, and `before` at its end would skip those it lacks (docs/decisions/0002).
 */
export function joinBehind(
  self: NodeRef,
  before: NodeRef,
  itsSuccessors: readonly NodeRef[],
  successorsMax: number,
): RingState {
  const others = itsSuccessors.filter((node) => !sameNode(node, self));
  return {
    self,
    predecessor: before,
    successors: clockwiseFrom(self, others.length === 0 ? [before] : others, successorsMax),
  };
}

/**
 * Our list, rebuilt from that of the member right after us (2001's reconcile): it, then what follows it.
 *
 * In a small ring its list comes round to us, and ends there.
 */
export function reconcile(
  state: RingState,
  head: NodeRef,
  itsSuccessors: readonly NodeRef[],
  successorsMax: number,
): RingState {
  const successors = clockwiseFrom(state.self, [head, ...itsSuccessors], successorsMax);
  return sameNodes(successors, state.successors) ? state : { ...state, successors };
}

/** Without a successor that is dead or has left. The next one moves up; the list is refilled by `reconcile`. */
export function dropSuccessor(state: RingState, id: Id): RingState {
  const successors = state.successors.filter((node) => node.id !== id);
  return successors.length === state.successors.length ? state : { ...state, successors };
}

/** With another predecessor, who must have answered. */
export function adoptPredecessor(state: RingState, node: NodeRef): RingState {
  return sameNode(state.predecessor, node) ? state : { ...state, predecessor: node };
}

/** Whether `node` stands closer before us than our predecessor does. */
export function isCloserPredecessor(state: RingState, node: NodeRef): boolean {
  if (sameNode(node, state.self)) return false;
  return state.predecessor === null || between(state.predecessor.id, node.id, state.self.id);
}

/** Whether `node` stands between us and our successor. */
export function isCloserSuccessor(state: RingState, node: NodeRef): boolean {
  const head = state.successors[0];
  if (sameNode(node, state.self)) return false;
  return head === undefined || between(state.self.id, node.id, head.id);
}

/** The arc that ends at us. It is the whole circle only for a lone node. */
export function ownArc(state: RingState): Arc {
  return { after: (state.predecessor ?? state.self).id, through: state.self.id };
}

/** Whether the list reaches as far as it can: it is full, or comes round to the member before us. */
export function isListWhole({ predecessor, successors }: RingState, successorsMax: number): boolean {
  return successors.length >= successorsMax || sameNode(successors.at(-1), predecessor);
}

/** Every other member that the state names, nearest successor first. */
export function namedMembers(state: RingState): NodeRef[] {
  const members = [...state.successors];
  const { predecessor } = state;
  if (predecessor !== null && !members.some((node) => sameNode(node, predecessor))) members.push(predecessor);
  return members;
}

export function isSameState(a: RingState, b: RingState): boolean {
  return a === b || (sameNode(a.predecessor, b.predecessor) && sameNodes(a.successors, b.successors));
}

/** The longest prefix that runs clockwise from `self` without coming back to it, at most `max` long. */
function clockwiseFrom(self: NodeRef, nodes: readonly NodeRef[], max: number): NodeRef[] {
  const list: NodeRef[] = [];
  let last = self.id;
  for (const node of nodes) {
    if (list.length === max || !between(last, node.id, self.id)) break;
    list.push(node);
    last = node.id;
  }
  return list;
}

/** The longest prefix that runs counterclockwise from `self` without coming back to it, at most `max` long. */
export function counterclockwiseFrom(self: NodeRef, nodes: readonly NodeRef[], max: number): NodeRef[] {
  const list: NodeRef[] = [];
  let last = self.id;
  for (const node of nodes) {
    if (list.length === max || !between(self.id, node.id, last)) break;
    list.push(node);
    last = node.id;
  }
  return list;
}

function sameNodes(a: readonly NodeRef[], b: readonly NodeRef[]): boolean {
  return a.length === b.length && a.every((node, i) => sameNode(node, b[i]));
}
