import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { ChordError, errorCode } from "../../core/errors.ts";
import { between, betweenThrough, type Id, IdSpace } from "../../core/id.ts";
import type { NodeRef } from "../../core/node_ref.ts";
import { closestBefore, lookup, lookupOwner, lookupStep } from "../../core/ring/lookup.ts";
import { at, circle, idsOf, node, nodes } from "./circle.ts";
import { MemberFixture } from "./ring/scripted_peers.ts";
import { SmallWorld } from "./small_world.ts";

/**
 * Mistakes that implementations of Chord really made, by the numbers of the project's list of them. Each test shows
 * that this one does not make it. Here: ring arithmetic and lookup; the others are in the files named like this one.
 */

const anyPoint = Array.from({ length: 256 }, (_, n) => circle.fromNumber(BigInt(n)));

Deno.test("mistake 1: (a, b] with equal ends is the whole ring, so a single node answers for everything", async () => {
  for (const point of anyPoint) assert(betweenThrough(at("40"), point, at("40")), point);
  const small = new SmallWorld();
  small.launch(small.world.addHost());
  await small.advance(5_000);
  const [lone] = small.ring;
  assert(lone !== undefined);
  await small.assertAllReadable(await small.fill(20));
  for (const partition of [0, 63]) assert(lone.replicas.serving(partition) !== null);
});

Deno.test("mistake 1: fingers that point at the node itself are replaced when others join", async () => {
  const small = new SmallWorld();
  small.launch(small.world.addHost());
  await small.advance(5_000);
  for (let i = 0; i < 7; i++) {
    small.launch(small.world.addHost());
    await small.advance(2_000);
  }
  await small.advance(60_000);
  const { ring, world } = small;
  for (const { member: { fingers, self } } of ring) {
    for (const [i, start] of fingers.starts.entries()) {
      const owner = ring.find((other) => other.self.id >= start) ?? ring[0];
      assertEquals(
        fingers.get(i)?.url,
        owner?.self.url,
        `finger ${i} of ${self.url} in ${world.space.bits} bits`,
      );
    }
  }
});

Deno.test("mistake 2: (a, b) with equal ends is all but a, and an end is never inside", () => {
  for (const point of anyPoint) {
    assertEquals(between(at("40"), point, at("40")), point !== at("40"), point);
    assertEquals(between(point, point, at("40")), false, point);
    assertEquals(between(at("40"), point, point), false, point);
  }
});

Deno.test("mistake 3: lookups wrap around at 0, with nodes at 0 and at the last point, and keys on nodes", () => {
  const ring = nodes("00 3f 40 fe ff");
  for (const [i, self] of ring.entries()) {
    const next = (n: number) => ring[(i + n) % ring.length] as NodeRef;
    const state = { self, predecessor: next(4), successors: [next(1), next(2)] };
    for (const point of anyPoint) {
      const owner = ring.find(({ id }) => id >= point) ?? ring[0];
      const step = lookupStep(state, point, ring);
      if (step.kind === "owner") assertEquals(step.owner, owner, `${point} as ${self.id} sees it`);
      else assert(step.candidates.every(({ id }) => between(self.id, id, point)), `${point} from ${self.id}`);
    }
  }
});

Deno.test("mistake 4: n + 2^i is exact beyond 32 and 53 bits, and modulo 2^m", () => {
  for (const bits of [31, 32, 33, 52, 53, 54, 64, 160]) {
    const space = new IdSpace(bits);
    for (const start of [0n, 1n, space.size - 1n]) {
      for (const exponent of [0, 30, 31, 32, 52, 53, 63, 159].filter((exponent) => exponent < bits)) {
        const sum = space.toNumber(space.addPowerOfTwo(space.fromNumber(start), exponent));
        assertEquals(
          sum,
          (start + 2n ** BigInt(exponent)) % space.size,
          `${start} + 2^${exponent} in ${bits} bits`,
        );
      }
    }
  }
});

Deno.test("mistake 5: closest preceding node is never self, and falls back to the successor", () => {
  for (const point of anyPoint) {
    assertEquals(idsOf(closestBefore(at("40"), point, nodes("40 40"))), "", point);
    const step = lookupStep(
      { self: node("40"), predecessor: node("20"), successors: nodes("60") },
      point,
      nodes("40"),
    );
    const named = step.kind === "owner" ? [step.owner] : step.candidates;
    assertEquals(named.length, 1, "without fingers there is still somebody to ask");
    assert(step.kind === "owner" || named[0]?.id !== at("40"), point);
  }
});

Deno.test("mistake 6: a lookup that is sent on and on ends at the hop limit", async () => {
  const space = new IdSpace(160);
  const target = space.fromNumber(0n);
  let distance = space.size / 2n;
  let asked = 0;
  const inventing = lookup({
    space,
    target,
    start: [{ node: { id: space.fromNumber(-distance), url: "http://liar" }, via: "finger" }],
    ask: () => {
      asked++;
      distance--;
      return Promise.resolve({
        kind: "closer",
        candidates: [{ id: space.fromNumber(-distance), url: "http://liar" }],
      });
    },
    now: () => 0,
    hopsMax: 24,
  });
  const error = await assertRejects(() => lookupOwner(inventing), ChordError);
  assertEquals([error.code, asked], [errorCode.hopLimit, 24]);
});

Deno.test("mistake 7: the successor has one source of truth, whatever the first finger says", async () => {
  const fixture = MemberFixture.member("20", "40", "60 80");
  fixture.member.fingers.set(0, node("50"));
  const step = fixture.member.lookupStep(at("55"));
  assertEquals(step.kind === "owner" && step.owner, node("60"), "a finger names nobody as owner");
  fixture.peers.on("60", "chord.lookupStep", { kind: "owner", owner: node("20"), successors: [] });
  fixture.peers.on("80", "chord.lookupStep", { kind: "owner", owner: node("20"), successors: [] });
  for (let tick = 0; tick < 8; tick++) await fixture.maintenance.fixFinger();
  assertEquals(fixture.member.fingers.get(0), node("60"), "and follows the successor");
});

Deno.test("mistake 8: a lookup passes over the dead, down to the last live node before the key", async () => {
  const small = await SmallWorld.ideal(24, { successors: 8 });
  const keys = await small.fill(60);
  const owners = keys.map((key) => small.keepersOf(key)[0]);
  for (const host of [2, 3, 4, 9, 15, 20].map((i) => small.host(i))) small.world.crash(host);
  const live = new Set(small.ring);
  const lost: string[] = [];
  const lookups = keys.flatMap((key, i) => {
    const owner = owners[i] as ChordNode;
    const position = small.world.partitions.position(small.world.partitions.ofKey(key));
    return live.has(owner) ? [...live].map((from) => check(from, position, owner)) : [];
  });
  async function check(from: ChordNode, position: Id, owner: ChordNode): Promise<void> {
    try {
      const found = await from.member.ownerOf(position);
      if (found.owner.id !== owner.self.id) lost.push(`${found.owner.url} for ${owner.self.url}`);
    } catch (error) {
      assertInstanceOf(error, ChordError);
      lost.push(error.message);
    }
  }
  await small.run(Promise.all(lookups));
  assertEquals(lost.length, 0, `${lost.length} of ${lookups.length} lookups: ${lost[0]}`);
});

Deno.test("mistake 9: every finger is fixed in its turn, and a failed fix leaves the old one", async () => {
  const fixture = MemberFixture.member("20", "40", "48");
  const asked = new Set<string>();
  fixture.peers.on("48", "chord.lookupStep", ({ target }) => {
    asked.add(target);
    return { kind: "owner", owner: node(target), successors: [] };
  });
  for (const hex of ["50", "60", "80", "c0"]) fixture.peers.up(hex, null, "");
  for (let tick = 0; tick < 8; tick++) await fixture.maintenance.fixFinger();
  const { fingers } = fixture.member;
  assertEquals([...asked].toSorted(), ["50", "60", "80", "c0"], "those that do not lead to the successor");
  assertEquals([fingers.get(0), fingers.get(7)], [node("48"), node("c0")], "the first and the last");
  fixture.peers.silent("48");
  for (let tick = 0; tick < 8; tick++) await assertRejects(() => fixture.maintenance.fixFinger(), ChordError);
  assertEquals(Array.from({ length: 8 }, (_, i) => fingers.get(i)).includes(null), false);
});
