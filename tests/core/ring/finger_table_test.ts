import { assertEquals } from "@std/assert";
import { betweenThrough, type Id, IdSpace } from "../../../core/id.ts";
import type { NodeRef } from "../../../core/node_ref.ts";
import { FingerTable } from "../../../core/ring/finger_table.ts";
import { SeededRandom } from "../../../sim/random.ts";
import { at, circle, idsOf, node, nodes } from "../circle.ts";

/** The member that owns a point: the first at or after it. */
function ownerOf(ring: readonly NodeRef[], point: Id): NodeRef {
  const sorted = [...ring].sort((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.find(({ id }) => id >= point) ?? (sorted[0] as NodeRef);
}

function successorOf(ring: readonly NodeRef[], self: NodeRef): NodeRef {
  return ownerOf(ring.filter(({ id }) => id !== self.id), self.id);
}

/** As many lookups as the table asks for until it has gone round once; gives their indices. */
function fixAll(table: FingerTable, ring: readonly NodeRef[]): number[] {
  const asked: number[] = [];
  const head = successorOf(ring, table.self);
  do {
    const index = table.nextToFix(head);
    asked.push(index);
    table.set(index, ownerOf(ring, table.starts[index] as Id));
  } while (asked.length < 1_000 && !isRound(asked));
  return asked;
}

/** Whether the last index asked lies behind the one before it: a new round has begun. */
function isRound(asked: readonly number[]): boolean {
  return asked.length > 1 && (asked.at(-1) as number) <= (asked.at(-2) as number);
}

function randomRing(bits: number, size: number, seed: number): { space: IdSpace; ring: NodeRef[] } {
  const space = new IdSpace(bits);
  const random = new SeededRandom(seed);
  const ids = new Set<Id>();
  while (ids.size < size) ids.add(space.hashId(`${random.next()}`));
  return { space, ring: [...ids].map((id, i) => ({ id, url: `http://n${i}` })) };
}

Deno.test("FingerTable.starts are self + 2^i for each i of 0..m-1, around the circle", () => {
  assertEquals(
    new FingerTable(node("f0"), circle).starts,
    ["f1", "f2", "f4", "f8", "00", "10", "30", "70"].map(at),
  );
  for (const bits of [8, 9, 33, 64, 159, 160]) {
    const space = new IdSpace(bits);
    const self = { id: space.fromNumber(space.size - 1n), url: "http://last" };
    const { starts } = new FingerTable(self, space);
    assertEquals(starts.length, bits);
    for (const [i, start] of starts.entries()) {
      assertEquals(space.distance(self.id, start), 2n ** BigInt(i), `finger ${i} of ${bits}`);
    }
  }
});

Deno.test("FingerTable.nextToFix() comes to every finger, the first and the last included", () => {
  const ring = nodes("00 01 02 04 08 10 20 40 80");
  const table = new FingerTable(node("00"), circle);
  fixAll(table, ring);
  assertEquals(
    Array.from({ length: 8 }, (_, i) => table.get(i)?.id),
    ["01", "02", "04", "08", "10", "20", "40", "80"].map(at),
    "each finger leads to a node of its own",
  );
});

Deno.test("FingerTable: after one round every finger leads to the owner of its start", () => {
  for (const [bits, size] of [[8, 2], [8, 3], [9, 20], [32, 50], [160, 1], [160, 2], [160, 64]] as const) {
    const { space, ring } = randomRing(bits, size, bits + size);
    for (const self of ring.slice(0, 8)) {
      if (ring.length < 2) continue;
      const table = new FingerTable(self, space);
      fixAll(table, ring);
      for (const [i, start] of table.starts.entries()) {
        assertEquals(table.get(i), ownerOf(ring, start), `finger ${i} of ${size} nodes in ${bits} bits`);
      }
    }
  }
});

Deno.test("FingerTable: a round takes about log2 N lookups, not m", () => {
  for (const size of [4, 16, 64, 256]) {
    const { space, ring } = randomRing(160, size, size);
    const rounds = ring.slice(0, 20).map((self) => fixAll(new FingerTable(self, space), ring).length);
    const mean = rounds.reduce((sum, length) => sum + length, 0) / rounds.length;
    assertEquals(mean < Math.log2(size) + 4, true, `${mean} lookups for ${size} nodes`);
    assertEquals(Math.max(...rounds) < Math.log2(size) + 12, true, `${Math.max(...rounds)} at the most`);
  }
});

Deno.test("FingerTable.nextToFix() asks again, round after round, so that every finger is refreshed", () => {
  const before = nodes("00 20 80");
  const table = new FingerTable(node("00"), circle);
  fixAll(table, before);
  assertEquals(idsOf(table.distinct()), "20 80");
  const after = nodes("00 08 20 50 80 c0");
  for (let tick = 0; tick < 16; tick++) {
    const index = table.nextToFix(successorOf(after, table.self));
    table.set(index, ownerOf(after, table.starts[index] as Id));
  }
  for (const [i, start] of table.starts.entries()) {
    assertEquals(table.get(i), ownerOf(after, start), `finger ${i}`);
  }
});

Deno.test("FingerTable: fingers that lead round to the node itself are its own, and no route", () => {
  const table = new FingerTable(node("00"), circle);
  fixAll(table, nodes("00 20"));
  assertEquals(table.get(7), node("00"), "80 is owned by 00");
  assertEquals(idsOf(table.distinct()), "20");
});

Deno.test("FingerTable.distinct() has each node once, nearest first", () => {
  const table = new FingerTable(node("00"), circle);
  assertEquals(idsOf(table.distinct()), "", "nothing is known yet");
  fixAll(table, nodes("00 03 11 90"));
  assertEquals(idsOf(table.distinct()), "03 11 90");
});

Deno.test("FingerTable.drop() forgets a dead node wherever it stands, until the next round", () => {
  const table = new FingerTable(node("00"), circle);
  fixAll(table, nodes("00 03 11 90"));
  table.drop(at("11"));
  assertEquals(idsOf(table.distinct()), "03 90");
  assertEquals([2, 3, 4].map((i) => table.get(i)), [null, null, null]);
  fixAll(table, nodes("00 03 90"));
  assertEquals(table.get(3), node("90"));
});

Deno.test("FingerTable.set() fills the starts up to the node and not one more", () => {
  const table = new FingerTable(node("00"), circle);
  table.set(0, node("10"));
  assertEquals(table.get(4), node("10"), "10 is its own");
  assertEquals(table.get(5), null, "20 lies past it");
  for (const [i, start] of table.starts.entries()) {
    assertEquals(table.get(i) !== null, betweenThrough(at("00"), start, at("10")), start);
  }
});

Deno.test("FingerTable.get() of an index that no finger has is null", () => {
  const table = new FingerTable(node("00"), circle);
  for (const index of [-1, 8, 0.5]) assertEquals(table.get(index), null);
});
