import { between, betweenThrough, type Id } from "../id.ts";
import type { IsTrueRef } from "../node_ids.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { MethodName, Params, Result, ViewOf, Vote } from "../protocol.ts";
import type { LookupStep } from "./lookup.ts";

/** What is left of an answer, null if nothing is; and whether anything had to go. */
export interface Checked<M extends MethodName> {
  readonly answer: Result<M> | null;
  readonly isHonest: boolean;
}

/**
 * An answer without what no honest node says: nodes whose id does not follow from their address, and steps of a
 * lookup that lead away from its target.
 *
 * What remains may still be untrue. No pointer is taken from it before its node has answered for itself
 * (`Maintenance`).
 */
export function withoutLies<M extends MethodName>(
  { method, params, answer, peer, isTrue }: {
    readonly method: M;
    readonly params: Params<M>;
    readonly answer: Result<M>;
    readonly peer: NodeRef;
    readonly isTrue: IsTrueRef;
  },
): Checked<M> {
  const sieve = new Sieve(isTrue);
  const check = checks[method] as Check<M> | undefined;
  if (check === undefined) return { answer, isHonest: true };
  const left = check(answer, sieve, peer, params);
  return { answer: left, isHonest: left !== null && !sieve.hasCaught };
}

type Check<M extends MethodName> = (
  answer: Result<M>,
  sieve: Sieve,
  peer: NodeRef,
  params: Params<M>,
) => Result<M> | null;

const written = <A extends Result<"kv.put">>(answer: A, sieve: Sieve): A | null =>
  sieve.one(answer.owner) === null ? null : { ...answer, replicas: sieve.all(answer.replicas) };

/** Methods whose answers name nodes. */
const checks: { readonly [M in MethodName]?: Check<M> } = {
  "chord.ping": (answer, _, peer) => answer.id === peer.id ? answer : null,
  "chord.neighbors": (answer, sieve, peer) => ({
    ...answer,
    predecessor: sieve.one(answer.predecessor),
    successors: sieve.clockwise(peer.id, answer.successors),
    ...(answer.predecessors === undefined ? {} : { predecessors: sieve.all(answer.predecessors) }),
  }),
  "chord.lookupStep": (answer, sieve, peer, { target }) => checkStep(answer, sieve, peer, target as Id),
  "partition.views": ({ views }, sieve) => ({ views: sieve.views(views) }),
  "partition.learn": ({ views }, sieve) => ({ views: sieve.views(views) }),
  "partition.prepare": ({ votes }, sieve) => ({ votes: sieve.votes(votes) }),
  "partition.accept": ({ votes }, sieve) => ({ votes: sieve.votes(votes) }),
  "kv.get": (answer, sieve) => sieve.one(answer.owner) === null ? null : answer,
  "kv.put": written,
  "kv.delete": written,
  "node.info": (answer, sieve, peer) => sieve.one(answer) === null || !sameNode(answer, peer) ? null : answer,
  "node.fingers": ({ entries }, sieve) => ({
    entries: entries.map((entry) => ({ ...entry, node: sieve.one(entry.node) })),
  }),
  "node.peers": ({ peers }, sieve) => ({ peers: peers.filter(({ node }) => sieve.one(node) !== null) }),
};

/** A node names itself as the owner, or its successor if the target is before that; else nodes that are closer. */
function checkStep(step: LookupStep, sieve: Sieve, { id }: NodeRef, target: Id): LookupStep | null {
  if (step.kind === "closer") {
    return { ...step, candidates: sieve.those(step.candidates, (node) => between(id, node.id, target)) };
  }
  const { owner, successors } = step;
  const isPlausible = owner.id === id || betweenThrough(id, target, owner.id);
  if (!isPlausible || sieve.one(owner) === null) return null;
  return { ...step, successors: sieve.clockwise(owner.id, successors) };
}

/** Lets through what can be true, and remembers whether there was anything else. */
class Sieve {
  hasCaught = false;

  constructor(readonly isTrue: IsTrueRef) {}

  one<N extends NodeRef>(node: N | null): N | null {
    if (node === null || this.isTrue(node)) return node;
    this.hasCaught = true;
    return null;
  }

  all<N extends NodeRef>(nodes: readonly N[]): N[] {
    return this.#filter(nodes, this.isTrue);
  }

  those<N extends NodeRef>(nodes: readonly N[], isPlausible: (node: N) => boolean): N[] {
    return this.#filter(nodes, (node) => this.isTrue(node) && isPlausible(node));
  }

  /** A list of successors runs clockwise, and ends before it comes round. */
  clockwise(after: Id, nodes: readonly NodeRef[]): NodeRef[] {
    let last = after;
    return this.those(nodes, ({ id }) => {
      const isNext = between(last, id, after);
      if (isNext) last = id;
      return isNext;
    });
  }

  views(views: readonly ViewOf[]): ViewOf[] {
    return this.#filter(views, ({ view }) => this.#areTrue(view.members, view.previous));
  }

  votes(votes: readonly Vote[]): Vote[] {
    return this.#filter(
      votes,
      ({ accepted, view }) =>
        this.#areTrue(accepted?.members ?? [], view?.members ?? [], view?.previous ?? []),
    );
  }

  #areTrue(...lists: readonly (readonly NodeRef[])[]): boolean {
    return lists.every((nodes) => nodes.every(this.isTrue));
  }

  #filter<T>(items: readonly T[], isFine: (item: T) => boolean): T[] {
    const fine = items.filter(isFine);
    if (fine.length < items.length) this.hasCaught = true;
    return fine;
  }
}
