import { assertEquals } from "@std/assert";
import { type Id, IdSpace } from "../../../core/id.ts";
import type { NodeRef } from "../../../core/node_ref.ts";
import { FingerTable } from "../../../core/ring/finger_table.ts";
import { hopLimit, lookup, lookupOwner, type LookupStep, lookupStep } from "../../../core/ring/lookup.ts";
import { SeededRandom } from "../../../sim/random.ts";

const space = new IdSpace(32);

/** A ring as the papers' pseudocode has it: one successor, exact fingers, no caches, and nobody moves. */
class IdealRing {
  readonly members: NodeRef[];
  readonly #fingers = new Map<Id, FingerTable>();

  constructor(size: number, readonly random: SeededRandom) {
    const ids = new Set<Id>();
    while (ids.size < size) ids.add(this.randomPoint());
    this.members = [...ids].sort().map((id, i) => ({ id, url: `http://n${i}` }));
    for (const self of this.members) this.#fingers.set(self.id, this.#fingersOf(self));
  }

  randomPoint(): Id {
    return space.fromNumber(BigInt(Math.floor(this.random.next() * 2 ** 32)));
  }

  /**
   * Nodes from the one that asks to the target's predecessor, the asker not counted: the papers' path length. A node
   * whose successor owns the target has a path of 0. Predecessor pointers are not used, as in the pseudocode, so a
   * node that owns the target itself goes all the way round.
   */
  async pathLength(from: NodeRef, target: Id): Promise<number> {
    const first = this.#step(from, target);
    if (first.kind === "owner") return 0;
    const { hops, owner } = await lookupOwner(lookup({
      space,
      target,
      start: first.candidates.map((node) => ({ node, via: "finger" })),
      ask: (node) => Promise.resolve(this.#step(node, target)),
      now: () => 0,
      hopsMax: hopLimit(this.members.length),
    }));
    assertEquals(owner, this.ownerOf(target));
    return hops;
  }

  ownerOf(point: Id): NodeRef {
    const { members } = this;
    let [low, high] = [0, members.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((members[middle] as NodeRef).id < point) low = middle + 1;
      else high = middle;
    }
    return members[low % members.length] as NodeRef;
  }

  #successorOf(self: NodeRef): NodeRef {
    return this.ownerOf(space.addPowerOfTwo(self.id, 0));
  }

  #step(self: NodeRef, target: Id): LookupStep {
    const state = { self, predecessor: null, successors: [this.#successorOf(self)] };
    return lookupStep(state, target, this.#fingers.get(self.id)?.distinct() ?? []);
  }

  #fingersOf(self: NodeRef): FingerTable {
    const table = new FingerTable(self, space);
    for (const [i, start] of table.starts.entries()) table.set(i, this.ownerOf(start));
    return table;
  }
}

Deno.test("lookup() in an ideal ring takes ½·log2 N hops in the mean, counted to the predecessor", async () => {
  // Stoica et al. 2003, section V-C and figure 10a; within 0.25 as in chord.md 1.3.
  for (let k = 5; k <= 9; k++) {
    const size = 2 ** k;
    let hops = 0;
    let lookups = 0;
    for (const seed of [1, 2, 3]) {
      const ring = new IdealRing(size, new SeededRandom(100 * k + seed));
      while (lookups < seed * 1_500) {
        hops += await ring.pathLength(ring.random.pick(ring.members), ring.randomPoint());
        lookups++;
      }
    }
    const mean = hops / lookups;
    assertEquals(Math.abs(mean - k / 2) <= 0.25, true, `${mean} hops in the mean for 2^${k} nodes`);
  }
});

Deno.test("lookup() in an ideal ring never takes more than 2·log2 N hops", async () => {
  const ring = new IdealRing(256, new SeededRandom(9));
  for (let i = 0; i < 1_000; i++) {
    const hops = await ring.pathLength(ring.random.pick(ring.members), ring.randomPoint());
    assertEquals(hops <= 16, true, `${hops} hops`);
  }
});

Deno.test("lookup() in an ideal ring finds the owner from every node for every node's own point", async () => {
  const ring = new IdealRing(32, new SeededRandom(10));
  for (const from of ring.members) {
    for (const { id } of ring.members) {
      for (const target of [id, space.addPowerOfTwo(id, 0)]) await ring.pathLength(from, target);
    }
  }
});
