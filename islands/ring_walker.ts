import { type NodeState, type RingNode, type RingSnapshot } from "../components/ring/snapshot.ts";
import { type Peers, RondoError } from "../client/mod.ts";
import type { Id } from "../core/id.ts";
import type { NodeRef } from "../core/node_ref.ts";
import type { NodeInfo } from "../core/protocol.ts";
import { walkRing } from "../core/ring/ring_walk.ts";
import type { NodeReach, Reached } from "./node_reach.ts";

/** What one node said when the walk came by. */
interface Visit {
  readonly info: Reached<NodeInfo>;
  readonly successors: readonly NodeRef[];
  readonly predecessor: NodeRef | null;
}

/** A node that could not be asked, and why. */
interface Silence {
  readonly why: string;
}

type Health = Peers[number]["health"];

export interface WalkTimes {
  /** Wall clock of the page. */
  readonly wallNow: () => number;
}

/** Nodes asked ahead of the walk: of a list of eight successors the next ones are known before it gets there. */
const askedAhead = 8;
/** How long a dead node stays in the picture. */
const deadShownMs = 10 * 60_000;

/**
 * Walks the ring from the serving node on and yields what is known after each node that was found.
 *
 * What was known before stays until the walk has ended, so a page shows no gaps while it looks again.
 *
 * @throws RondoError when the serving node does not answer.
 */
export async function* walkSnapshots(
  reach: NodeReach,
  before: RingSnapshot,
  { wallNow }: WalkTimes,
): AsyncGenerator<RingSnapshot, void, undefined> {
  const startedAtMs = wallNow();
  const { answer: self } = await reach.askOwn((client) => client.info());
  reach.knowSelf(self.id);
  const visitor = new Visitor(reach);
  const found = new Map<Id, RingNode>();
  const shown = new Map<Id, RingNode>(before.nodes.map((node) => [node.id, node]));
  const head = headOf(self);
  const walk = walkRing({ start: { id: self.id, url: self.url }, ask: (node) => visitor.answer(node) });
  for (;;) {
    const step = await walk.next();
    if (step.done) {
      const peers = await healthOf(reach);
      const walkedAtMs = wallNow();
      yield {
        ...head,
        nodes: sorted(
          [...found.values()].map((node) => judged(node, peers.get(node.id)?.health)),
          outside(peers, found, walkedAtMs),
        ),
        isClosed: step.value,
        isWalking: false,
        walkedAtMs,
        walkMs: walkedAtMs - startedAtMs,
        problem: null,
      };
      return;
    }
    const { node } = step.value;
    const seen = nodeAfterVisit(node, await visitor.visit(node), shown.get(node.id) ?? null, wallNow());
    found.set(node.id, seen);
    shown.set(node.id, seen);
    if (before.walkedAtMs === null) { for (const next of seen.successors) hear(shown, next); }
    yield { ...before, ...head, nodes: sorted([...shown.values()]), isWalking: true, problem: null };
  }
}

/** Asks each node once, and those that a list names a little ahead. */
class Visitor {
  readonly #visits = new Map<Id, Promise<Visit | Silence>>();

  constructor(readonly reach: NodeReach) {}

  visit(node: NodeRef): Promise<Visit | Silence> {
    let visit = this.#visits.get(node.id);
    if (visit === undefined) {
      visit = this.#ask(node);
      this.#visits.set(node.id, visit);
    }
    return visit;
  }

  async answer(node: NodeRef): Promise<Visit | null> {
    const visit = await this.visit(node);
    if ("why" in visit) return null;
    for (const next of visit.successors.slice(0, askedAhead)) void this.visit(next);
    return visit;
  }

  /** The first question finds the way to the node, the others take it. */
  async #ask(node: NodeRef): Promise<Visit | Silence> {
    try {
      const info = await this.reach.ask(node, (client, peer) => client.info(peer));
      if (info.answer.id !== node.id) return { why: "Another node answers at its address" };
      const [successors, predecessor] = await Promise.all([
        this.reach.ask(node, (client, peer) => client.successors(peer)),
        this.reach.ask(node, (client, peer) => client.predecessor(peer)),
      ]);
      return { info, successors: successors.answer, predecessor: predecessor.answer };
    } catch (error) {
      if (error instanceof RondoError) return { why: error.message };
      throw error;
    }
  }
}

async function healthOf(reach: NodeReach): Promise<Map<Id, Peers[number]>> {
  try {
    const { answer } = await reach.askOwn((client) => client.peers());
    return new Map(answer.map((peer) => [peer.node.id, peer]));
  } catch (error) {
    if (error instanceof RondoError) return new Map();
    throw error;
  }
}

function headOf({ cluster, bits, replicas, id }: NodeInfo) {
  return { cluster, bits, replicas, selfId: id };
}

function nodeAfterVisit(
  { id, url }: NodeRef,
  visit: Visit | Silence,
  last: RingNode | null,
  wallMs: number,
): RingNode {
  if ("why" in visit) {
    return {
      ...(last ?? unheard({ id, url })),
      state: "suspect",
      isInRing: true,
      reach: null,
      rttMs: null,
      why: visit.why,
    };
  }
  const { info: { answer: info, reach, rttMs }, successors, predecessor } = visit;
  const { state, why } = stateOf(info);
  const isInRing = info.phase === "member" || info.phase === "leaving";
  return { id, url, state, isInRing, reach, rttMs, seenAtMs: wallMs, predecessor, successors, info, why };
}

function stateOf({ phase, ready, reason }: NodeInfo): { state: NodeState; why: string | null } {
  if (phase === "leaving") return { state: "leaving", why: "It is handing over its keys" };
  if (phase === "left") return { state: "dead", why: "It has left the ring" };
  if (phase === "joining") return { state: "syncing", why: "It is joining" };
  return ready ? { state: "live", why: null } : { state: "syncing", why: reason };
}

/** What the serving node thinks of a node that gave the page no answer. */
function judged(node: RingNode, health: Health | undefined): RingNode {
  if (node.state !== "suspect" || node.reach !== null) return node;
  return health === "dead" ? { ...node, state: "dead" } : node;
}

/** Nodes that the serving node knows and the walk did not meet: lately dead, suspected, or cut off. */
function outside(
  peers: ReadonlyMap<Id, Peers[number]>,
  found: ReadonlyMap<Id, RingNode>,
  wallMs: number,
): RingNode[] {
  const states: Partial<Record<Health, NodeState>> = { dead: "dead", suspect: "suspect", alive: "unknown" };
  return [...peers.values()].flatMap(({ node, health, lastSeenMs }) => {
    const state = states[health];
    if (state === undefined || found.has(node.id)) return [];
    if (state === "dead" && (lastSeenMs === null || wallMs - lastSeenMs > deadShownMs)) return [];
    const why = state === "unknown"
      ? "The serving node knows it, but no successor leads to it"
      : `The serving node takes it for ${health}`;
    return [{ ...unheard(node), state, why, seenAtMs: lastSeenMs }];
  });
}

/** Named by a successor list, not asked yet. */
function hear(shown: Map<Id, RingNode>, node: NodeRef): void {
  if (!shown.has(node.id)) shown.set(node.id, { ...unheard(node), isInRing: true, why: "Not asked yet" });
}

function unheard({ id, url }: NodeRef): RingNode {
  return {
    id,
    url,
    state: "unknown",
    isInRing: false,
    reach: null,
    rttMs: null,
    seenAtMs: null,
    predecessor: null,
    successors: [],
    info: null,
    why: null,
  };
}

function sorted(...lists: readonly RingNode[][]): RingNode[] {
  return lists.flat().toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
