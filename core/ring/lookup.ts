import { ChordError, errorCode } from "../errors.ts";
import { between, betweenThrough, type Id, type IdSpace } from "../id.ts";
import { type NodeRef, sameNode } from "../node_ref.ts";
import type { Result } from "../protocol.ts";
import type { Hop, LookupResult } from "../service.ts";
import type { RingState } from "./ring_state.ts";

/** Closer nodes named in one answer; more would be asked too late to matter. */
export const candidatesMax = 3;
/** Silent nodes that an asker may name, so that it is not sent to them again. */
export const avoidMax = 16;

/** A node to ask, and where the asker knows it from. */
export interface Candidate {
  readonly node: NodeRef;
  readonly via: Hop["via"];
}

export type LookupStep = Result<"chord.lookupStep">;

/** What a lookup needs from whoever runs it: a node, or a page in a browser. */
export interface LookupOptions {
  readonly space: IdSpace;
  readonly target: Id;
  /** Nodes to begin with, in any order; those closest before the target are asked first. */
  readonly start: Iterable<Candidate>;
  /** Asks one node for its step around the nodes in `avoid`. A rejection means that it could not be asked. */
  readonly ask: (node: NodeRef, avoid: readonly Id[]) => Promise<LookupStep>;
  readonly now: () => number;
  /** Requests after which the lookup is given up, failures included. */
  readonly hopsMax: number;
}

/** Enough hops for any ring of `nodes` members even with many stale fingers. */
export function hopLimit(nodes: number): number {
  return 2 * Math.ceil(Math.log2(Math.max(2, nodes))) + 16;
}

/**
 * Finds the owner of a point: asks the closest known node before it for closer ones, until one names the owner.
 *
 * Iterative (Stoica et al. 2003, section IV-A): the asker keeps the whole picture, so a node that does not answer
 * costs one request and the next closest is asked instead. Every answered hop lies strictly closer to the target
 * than the one before, so the lookup cannot go in circles. When all that a node named are silent, it is asked once
 * more for others (ToN 2003, section V-D: dropping the tail of dead candidates would lose lookups). Each request is
 * yielded as it ends.
 *
 * @throws ChordError (hopLimit) after `hopsMax` requests; (unavailable) when nobody left to ask answers.
 */
export async function* lookup(options: LookupOptions): AsyncGenerator<Hop, LookupResult, undefined> {
  const { target, space, hopsMax } = options;
  const frontier = new Frontier(space, target);
  for (const candidate of options.start) frontier.add(candidate);
  let hops = 0;
  for (let number = 1; number <= hopsMax; number++) {
    const candidate = frontier.takeClosest();
    if (candidate === null) {
      throw new ChordError(
        errorCode.unavailable,
        `Cannot find the owner of ${target}: nobody left to ask answers`,
        {
          reason: "lookup",
        },
      );
    }
    const askedAtMs = options.now();
    const step = await options.ask(candidate.node, frontier.failed).catch(unanswered);
    yield { number, ...candidate, rttMs: options.now() - askedAtMs, outcome: step?.kind ?? "failed" };
    if (step === null) {
      frontier.fail(candidate);
      continue;
    }
    hops++;
    if (step.kind === "owner") {
      return { owner: step.owner, successors: step.successors, namedBy: candidate.node, hops };
    }
    frontier.advance(candidate);
    for (const node of step.candidates) frontier.add({ node, via: "answer" });
  }
  throw new ChordError(errorCode.hopLimit, `Cannot find the owner of ${target} within ${hopsMax} requests`);
}

/** Runs a lookup to its end, for callers who do not watch the hops. */
export async function lookupOwner(
  hops: AsyncGenerator<Hop, LookupResult, undefined>,
): Promise<LookupResult> {
  while (true) {
    const step = await hops.next();
    if (step.done) return step.value;
  }
}

/**
 * One node's step towards `target`: the owner if it is the node itself or its successor, else closer nodes.
 *
 * Only the first successor is ever named as owner. Members further down the list may have joined or died since,
 * and a lookup that trusts the tail loses keys (chord.md 1.4).
 */
export function lookupStep(state: RingState, target: Id, known: Iterable<NodeRef>): LookupStep {
  const { self, predecessor, successors } = state;
  const head = successors[0];
  if (head === undefined) return { kind: "owner", owner: self, successors: [] };
  if (predecessor !== null && betweenThrough(predecessor.id, target, self.id)) {
    return { kind: "owner", owner: self, successors: [...successors] };
  }
  if (betweenThrough(self.id, target, head.id)) {
    return { kind: "owner", owner: head, successors: successors.slice(1) };
  }
  return { kind: "closer", candidates: closestBefore(self.id, target, [...known, ...successors]) };
}

/** The nodes of `known` on `(after, target)` that are closest before the target, closest first. */
export function closestBefore(after: Id, target: Id, known: Iterable<NodeRef>): NodeRef[] {
  const best: NodeRef[] = [];
  for (const node of known) {
    if (!between(after, node.id, target) || best.some((other) => sameNode(other, node))) continue;
    let at = best.length;
    while (at > 0 && between((best[at - 1] as NodeRef).id, node.id, target)) at--;
    best.splice(at, 0, node);
    if (best.length > candidatesMax) best.pop();
  }
  return best;
}

/** The nodes still to ask, by how close before the target they stand. */
class Frontier {
  /** Nodes that did not answer, latest last; at most `avoidMax` are told to others. */
  readonly failed: Id[] = [];
  readonly #known = new Map<Id, { candidate: Candidate; distance: bigint }>();
  readonly #asked = new Set<Id>();
  /** Distance of the closest node that answered; nobody farther is worth asking while closer ones are left. */
  #reached: bigint;
  #last: Candidate | null = null;
  #hasFailedSinceLast = false;

  constructor(readonly space: IdSpace, readonly target: Id) {
    this.#reached = space.size;
  }

  add(candidate: Candidate): void {
    const { id } = candidate.node;
    if (this.#asked.has(id) || this.#known.has(id)) return;
    this.#known.set(id, { candidate, distance: this.#distance(id) });
  }

  /** The next node to ask: the closest one known. Falls back to farther ones when the closer ones failed. */
  takeClosest(): Candidate | null {
    let best: { candidate: Candidate; distance: bigint } | null = null;
    for (const entry of this.#known.values()) {
      if (entry.distance >= this.#reached) continue;
      if (best === null || entry.distance < best.distance) best = entry;
    }
    if (best === null) return this.#lastOnceMore();
    const { id } = best.candidate.node;
    this.#known.delete(id);
    this.#asked.add(id);
    return best.candidate;
  }

  advance(candidate: Candidate): void {
    this.#reached = this.#distance(candidate.node.id);
    this.#last = candidate;
    this.#hasFailedSinceLast = false;
  }

  fail(candidate: Candidate): void {
    this.failed.push(candidate.node.id);
    if (this.failed.length > avoidMax) this.failed.shift();
    if (sameNode(candidate.node, this.#last?.node)) this.#last = null;
    this.#hasFailedSinceLast = true;
  }

  #lastOnceMore(): Candidate | null {
    if (!this.#hasFailedSinceLast) return null;
    this.#hasFailedSinceLast = false;
    return this.#last;
  }

  /** Clockwise from the node to the target. A node *on* the target is its owner and knows it: distance 0. */
  #distance(id: Id): bigint {
    return this.space.distance(id, this.target);
  }
}

/** An unanswered hop is part of routing; a programmer's mistake is not. */
function unanswered(error: unknown): null {
  if (error instanceof ChordError) return null;
  throw error;
}
