import { IdSpace } from "../core/id.ts";
import { nodeIdOf, type NodeRef } from "../core/node_ref.ts";
import { FingerTable } from "../core/ring/finger_table.ts";
import { lookup, lookupOwner, lookupStep } from "../core/ring/lookup.ts";
import type { RingState } from "../core/ring/ring_state.ts";
import type { Figure, Measurement } from "./figure.ts";

const lookups = 4_000;
const tolerance = 0.25;

/** Hops of lookups by fingers alone in ideal rings, against ½·log2 N (Stoica et al. 2003, figure 10). */
export const hopsBench: Measurement = {
  name: "hops",
  run: async () => {
    const figures: Figure[] = [];
    for (let k = 5; k <= 10; k++) figures.push(await hopsIn(k));
    return figures;
  },
};

/** Counts nodes visited up to the key's predecessor, the asker not included, as the paper does. */
async function hopsIn(k: number): Promise<Figure> {
  const space = new IdSpace(160);
  const nodes = idealRing(space, 2 ** k);
  let hops = 0;
  for (let i = 0; i < lookups; i++) hops += await hopsOf(space, nodes, i);
  const mean = hops / lookups;
  return {
    name: `hops by fingers alone, N = ${2 ** k}`,
    measured: mean.toFixed(2),
    against: `½·log2 N = ${(k / 2).toFixed(2)}`,
    target: `within ${tolerance}`,
    isMet: Math.abs(mean - k / 2) <= tolerance,
  };
}

interface StaticNode {
  readonly state: RingState;
  readonly fingers: FingerTable;
}

async function hopsOf(space: IdSpace, nodes: ReadonlyMap<string, StaticNode>, i: number): Promise<number> {
  const target = space.hashId(`key-${i}`);
  const from = [...nodes.values()][i % nodes.size] as StaticNode;
  const step = (node: StaticNode) => lookupStep(node.state, target, node.fingers.distinct());
  const first = step(from);
  if (first.kind === "owner") return 0;
  const { hops } = await lookupOwner(lookup({
    space,
    target,
    start: first.candidates.map((node) => ({ node, via: "finger" as const })),
    ask: (node) => Promise.resolve(step(nodes.get(node.id) as StaticNode)),
    now: () => 0,
    hopsMax: 64,
  }));
  return hops;
}

function idealRing(space: IdSpace, count: number): Map<string, StaticNode> {
  const refs = Array.from({ length: count }, (_, i): NodeRef => {
    const url = `http://n${i}`;
    return { id: nodeIdOf(space, "rondo", url), url };
  }).sort((a, b) => (a.id < b.id ? -1 : 1));
  const at = (i: number) => refs[(i + count) % count] as NodeRef;
  const ownerOf = (id: string) => refs.find((ref) => ref.id >= id) ?? at(0);
  return new Map(refs.map((self, i) => {
    const fingers = new FingerTable(self, space);
    for (const [index, start] of fingers.starts.entries()) fingers.set(index, ownerOf(start));
    return [self.id, { state: { self, predecessor: at(i - 1), successors: [at(i + 1)] }, fingers }];
  }));
}
