import type { NodeConfig } from "../config.ts";
import { between, type Id, type IdSpace } from "../id.ts";
import type { IsTrueRef } from "../node_ids.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { Ports } from "../ports.ts";
import type { Phase } from "../protocol.ts";
import type { Hop, LookupResult } from "../service.ts";
import { Turn } from "../turn.ts";
import { FingerTable } from "./finger_table.ts";
import {
  type Candidate,
  closestBefore,
  hopLimit,
  lookup,
  lookupOwner,
  type LookupStep,
  lookupStep,
} from "./lookup.ts";
import { type Neighbors, Peers } from "./peers.ts";
import { alone, counterclockwiseFrom, isSameState, namedMembers, type RingState } from "./ring_state.ts";

/** Told of every change of the ring state, at once and in order. */
export type StateListener = (before: RingState, after: RingState) => void;

/**
 * A node's place in the ring: what it points at, and what it answers about that.
 *
 * It changes only by `apply`, inside `turn`: one ring operation at a time. Queries are answered meanwhile from the
 * state as it is; the simulator's assertions A1-A10 are the judge of that (docs/decisions/0002).
 */
export class RingMember {
  readonly peers: Peers;
  readonly fingers: FingerTable;
  /** Every operation that may change the state takes it. */
  readonly turn = new Turn();
  phase: Phase = "joining";
  /**
   * Members before us lead to us. Until they do, nobody but our own clients can find us, and a successor of ours
   * may still be asked for our arc.
   */
  isAnchored = false;
  /** When the state last changed, by the monotonic clock. Quiet rings exchange lists less often. */
  changedAtMs: number;
  #state: RingState;
  /** What our predecessor said of those before it; another predecessor has others before it. */
  #beforePredecessor: { readonly of: Id; readonly nodes: readonly NodeRef[] } | null = null;
  readonly #listeners: StateListener[] = [];

  constructor(
    readonly self: NodeRef,
    readonly config: NodeConfig,
    readonly space: IdSpace,
    readonly ports: Ports,
    /** Whether somebody stands where its address puts it. Small circles in tests are drawn without addresses. */
    readonly isTrue: IsTrueRef = () => true,
  ) {
    this.#state = alone(self);
    this.peers = new Peers(self, ports, config, isTrue);
    this.fingers = new FingerTable(self, space);
    this.changedAtMs = ports.clock.now();
  }

  get state(): RingState {
    return this.#state;
  }

  get head(): NodeRef | null {
    return this.#state.successors[0] ?? null;
  }

  /**
   * Members before us, nearest first, as many as there are copies of a key: they own what we may hold copies of.
   *
   * A hint from node to node, a few rounds old at its far end. No pointer is ever taken from it.
   */
  get predecessors(): NodeRef[] {
    const { predecessor } = this.#state;
    if (predecessor === null) return [];
    const hint = this.#beforePredecessor;
    const before = hint?.of === predecessor.id ? hint.nodes : [];
    return counterclockwiseFrom(this.self, [predecessor, ...before], this.config.replicas);
  }

  get isAlone(): boolean {
    return this.head === null && this.#state.predecessor === null;
  }

  onChange(listener: StateListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Moves to the next state. It must have been computed from the present one, without an await between.
   *
   * A node on its way out keeps its predecessor: by the arc it had then, others will judge what it had.
   */
  apply(wanted: RingState): void {
    const before = this.#state;
    const isGoing = this.phase === "leaving" || this.phase === "left";
    const next = isGoing ? { ...wanted, predecessor: before.predecessor } : wanted;
    if (isSameState(before, next)) return;
    this.#state = next;
    this.changedAtMs = this.ports.clock.now();
    for (const listener of this.#listeners) listener(before, next);
  }

  /** Our predecessor has answered, and so told us who stands before it. */
  heardBefore(predecessor: NodeRef, answer: Neighbors): void {
    if (!sameNode(this.#state.predecessor, predecessor)) return;
    const nodes = answer.predecessors ?? [answer.predecessor].filter((node) => node !== null);
    this.#beforePredecessor = { of: predecessor.id, nodes };
  }

  neighbors(): Neighbors {
    const { predecessors, phase, isAnchored: anchored } = this;
    const { predecessor, successors } = this.#state;
    return { predecessor, successors: [...successors], phase, anchored, predecessors };
  }

  /** One step of somebody's lookup. Nodes in `avoid` did not answer the asker. */
  lookupStep(target: Id, avoid: readonly Id[] = []): LookupStep {
    const isWelcome = (node: NodeRef) => !avoid.includes(node.id);
    const known = this.#routes().map(({ node }) => node).filter(isWelcome);
    const step = lookupStep(this.#state, target, known);
    if (avoid.length === 0 || step.kind === "owner") return step;
    // What follows the silent is named by the last we know before it, who may be all that is left.
    const successors = this.#state.successors.filter(isWelcome);
    if (successors.length === 0) {
      return { kind: "closer", candidates: closestBefore(this.self.id, target, known) };
    }
    return lookupStep({ ...this.#state, successors }, target, known);
  }

  /** The owner of a point, hop by hop; no hop at all when this node or its successor owns it. */
  async *lookup(target: Id): AsyncGenerator<Hop, LookupResult, undefined> {
    const step = this.lookupStep(target);
    if (step.kind === "owner" && this.phase === "member") {
      return { owner: step.owner, successors: step.successors, namedBy: this.self, hops: 0 };
    }
    return yield* this.lookupFrom(target, this.#routes());
  }

  /** A lookup that begins at the given nodes only, as a joiner or a prober of another ring needs it. */
  lookupFrom(
    target: Id,
    start: Iterable<Candidate>,
  ): AsyncGenerator<Hop, LookupResult, undefined> {
    return lookup({
      space: this.space,
      target,
      start,
      ask: (node, avoid) => {
        const params = avoid.length === 0 ? { target } : { target, avoid: [...avoid] };
        return this.peers.call(node, "chord.lookupStep", params);
      },
      now: () => this.ports.clock.now(),
      hopsMax: hopLimit(this.peers.known.size + 1),
    });
  }

  /**
   * The owner as far as this node knows the ring: of all it would route through, the first one at or after the
   * point. Right whenever it knows that one, which in rings of up to a thousand nodes is nearly always.
   *
   * @param avoid ids of nodes that did not answer; who follows them keeps the same data.
   */
  presumedOwner(target: Id, avoid: ReadonlySet<string> = new Set()): NodeRef {
    let best = this.self;
    for (const { node } of this.#routes()) {
      if (avoid.has(node.id)) continue;
      const isCloser = node.id === target || (best.id !== target && between(target, node.id, best.id));
      if (isCloser) best = node;
    }
    return best;
  }

  async ownerOf(target: Id): Promise<LookupResult> {
    return await lookupOwner(this.lookup(target));
  }

  /** Every other member that this node would route through, each once, with where it is known from. */
  #routes(): Candidate[] {
    const routes = new Map<Id, Candidate>();
    const add = (node: NodeRef, via: Hop["via"]) => {
      if (!sameNode(node, this.self) && !routes.has(node.id)) routes.set(node.id, { node, via });
    };
    const addUsable = (node: NodeRef, via: Hop["via"]) => {
      if (this.peers.isWorthAsking(node.id)) add(node, via);
    };
    for (const node of this.#state.successors) addUsable(node, "successor");
    for (const node of this.fingers.distinct()) addUsable(node, "finger");
    for (const node of this.peers.recent()) addUsable(node, "cache");
    // With everybody in doubt, the doubtful are better than nobody.
    if (routes.size === 0) { for (const node of namedMembers(this.#state)) add(node, "successor"); }
    return [...routes.values()];
  }
}
