import { assert } from "@std/assert";
import { IdSpace } from "../../../core/id.ts";
import { infoOf } from "../../core/node_info.ts";
import { emptySnapshot, type RingNode, type RingSnapshot } from "../../../components/ring/snapshot.ts";

/** Rings as a page would know them. */

const space = new IdSpace(160);

export interface RingOptions {
  readonly replicas?: number;
  /** Changes single nodes, by their place in the ring. */
  readonly but?: Readonly<Record<number, Partial<RingNode>>>;
}

/** A healthy ring of so many nodes, at places that only the number decides. */
export function ringOf(count: number, { replicas = 3, but = {} }: RingOptions = {}): RingSnapshot {
  const refs = Array.from({ length: count }, (_, i) => {
    const url = `http://10.0.${Math.floor(i / 250)}.${(i % 250) + 1}:8440`;
    return { id: space.hashId(url), url };
  }).sort((a, b) => (a.id < b.id ? -1 : 1));
  const nodes = refs.map((ref, i): RingNode => ({
    ...ref,
    state: "live",
    isInRing: true,
    reach: i === 0 ? "own" : "direct",
    rttMs: 1 + i,
    seenAtMs: 1_000,
    predecessor: count === 1 ? null : refs.at(i - 1) ?? null,
    successors: Array.from({ length: Math.min(8, count - 1) }, (_, k) => refs[(i + k + 1) % count] ?? ref),
    info: infoOf({ ...ref, bits: space.bits, keyCount: 10 * (i + 1), recordCount: 30 * (i + 1) }),
    why: null,
    ...but[i],
  }));
  return {
    ...emptySnapshot("test"),
    replicas,
    selfId: refs[0]?.id ?? null,
    nodes,
    isClosed: true,
    isWalking: false,
    walkedAtMs: 1_000,
    walkMs: 20,
  };
}

/** The node at a place in the ring. */
export function nodeAt(snapshot: RingSnapshot, place: number): RingNode {
  const node = snapshot.nodes[place];
  if (node === undefined) throw new RangeError(`Cannot find node ${place} of ${snapshot.nodes.length}`);
  return node;
}

/** For figures that come out of sines and sums. */
export function assertNear(actual: number, expected: number, tolerance: number, message = ""): void {
  assert(Math.abs(actual - expected) <= tolerance, `${message}: ${actual} is not near ${expected}`);
}
