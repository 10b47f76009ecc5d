import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Arc, arcContains } from "../../core/arc.ts";
import { IdSpace } from "../../core/id.ts";
import { PartitionMap, partitionsMax, partitionsOf, toRanges } from "../../core/partition.ts";
import { at, circle } from "./circle.ts";

function arc(after: string, through: string): Arc {
  return { after: at(after), through: at(through) };
}

Deno.test("PartitionMap.of() cuts the circle into equal slices that end on their positions", () => {
  const map = new PartitionMap(circle, 16);
  const rows: [point: string, partition: number, why: string][] = [
    ["00", 0, "the first point"],
    ["0f", 0, "the end of the first slice is in it"],
    ["10", 1, "the next point is in the next"],
    ["7f", 7, "the end of the eighth"],
    ["80", 8, "half way round"],
    ["ff", 15, "the last point"],
  ];
  for (const [point, partition, why] of rows) assertEquals(map.of(at(point)), partition, why);
  assertEquals(map.position(0), at("0f"));
  assertEquals(map.position(15), at("ff"));
});

Deno.test("PartitionMap.of() and position() agree, at every width and count", () => {
  for (const bits of [8, 9, 11, 13, 30, 63, 65, 159, 160]) {
    for (let log = 0; log <= Math.min(bits, 10); log++) {
      const map = new PartitionMap(new IdSpace(bits), 2 ** log);
      for (const partition of new Set([0, 1, map.count >> 1, map.count - 2, map.count - 1])) {
        if (partition < 0 || partition >= map.count) continue;
        const end = map.space.toNumber(map.position(partition));
        assertEquals(map.of(map.position(partition)), partition, `${bits} bits, ${map.count}`);
        assertEquals(map.of(map.space.fromNumber(end + 1n)), (partition + 1) % map.count);
        assertEquals(end + 1n, BigInt(partition + 1) * map.space.size / BigInt(map.count));
      }
    }
  }
});

Deno.test("PartitionMap.ofKey() puts a key where its hash falls", () => {
  const map = new PartitionMap(new IdSpace(160), 4096);
  for (const key of ["", "a", "köln", "😀"]) {
    const id = map.space.hashId(key);
    assertEquals(map.ofKey(key), parseInt(id.slice(0, 3), 16), "12 leading bits of 4,096 partitions");
    assertEquals(id <= map.position(map.ofKey(key)), true);
  }
});

Deno.test("PartitionMap.rangesOn() gives whole partitions by where they end", () => {
  const map = new PartitionMap(circle, 16);
  const rows: [arc: Arc, want: [first: number, last: number][], why: string][] = [
    [arc("0f", "1f"), [[1, 1]], "from end to end is one"],
    [arc("0e", "1f"), [[0, 1]], "the end of 0 lies on the arc"],
    [arc("0f", "1e"), [], "no end lies on the arc"],
    [arc("10", "1f"), [[1, 1]], "the start of a partition is not its end"],
    [arc("ef", "0f"), [[0, 0], [15, 15]], "across zero: two ranges, never a wrapping one"],
    [arc("ff", "0f"), [[0, 0]], "after the last point"],
    [arc("ef", "ff"), [[15, 15]], "up to the last point"],
    [arc("f0", "00"), [[15, 15]], "through zero, which ends nothing"],
    [arc("00", "ff"), [[0, 15]], "all but the point 00"],
    [arc("ff", "fe"), [[0, 14]], "all but the point ff"],
    [arc("20", "1f"), [[0, 1], [2, 15]], "all but the point 20, which ends nothing"],
    [arc("1f", "1e"), [[0, 0], [2, 15]], "all but the point 1f, which ends 1"],
    [arc("40", "40"), [[0, 15]], "a lone node has everything"],
    [arc("00", "00"), [[0, 15]], "also at zero"],
    [arc("ff", "ff"), [[0, 15]], "also at the last point"],
  ];
  for (const [on, want, why] of rows) {
    assertEquals(map.rangesOn(on).map(({ first, last }) => [first, last]), want, why);
  }
});

Deno.test("PartitionMap.rangesOn() is what asking for every partition's position gives", () => {
  const point = fc.bigInt({ min: 0n, max: 2n ** 13n - 1n });
  const cuts = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(fc.integer({ min: 9, max: 13 }), cuts, point, point, (bits, log, a, b) => {
      const space = new IdSpace(bits);
      const map = new PartitionMap(space, 2 ** log);
      // Half of the points lie on or beside a boundary, where off-by-one lives.
      const near = (n: bigint) =>
        n % 2n === 0n ? n : (n % BigInt(map.count)) * (space.size / BigInt(map.count)) + (n % 3n) - 2n;
      const on = { after: space.fromNumber(near(a)), through: space.fromNumber(near(b)) };
      const all = Array.from({ length: map.count }, (_, partition) => partition);
      const want = all.filter((partition) => arcContains(on, map.position(partition)));
      const ranges = map.rangesOn(on);
      assertEquals([...partitionsOf(ranges)], want);
      assertEquals(ranges.every(({ first, last }) => first <= last), true, "no range wraps or is empty");
      assertEquals(ranges.length <= 2, true);
      assertEquals(all.filter((partition) => map.isOn(on, partition)), want);
    }),
    { seed: 2, numRuns: 600 },
  );
});

Deno.test("PartitionMap.rangesOn() of the arcs between nodes gives each partition to one node", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 8 }),
      (points, log) => {
        const map = new PartitionMap(circle, 2 ** log);
        const ring = points.sort((a, b) => a - b).map((n) => circle.fromNumber(BigInt(n)));
        const arcs = ring.map((through, i) => ({ after: ring.at(i - 1) ?? through, through }));
        const given = arcs.flatMap((on) => [...partitionsOf(map.rangesOn(on))]).sort((a, b) => a - b);
        assertEquals(given, Array.from({ length: map.count }, (_, partition) => partition));
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

Deno.test("PartitionMap: takes a power of two that the circle has points for", () => {
  for (const count of [0, -1, 3, 12, 100, 257, 512, partitionsMax * 2, NaN, Infinity]) {
    assertThrows(() => new PartitionMap(circle, count), RangeError, "power of two", String(count));
  }
  for (const count of [1, 2, 256]) assertEquals(new PartitionMap(circle, count).count, count);
  assertEquals(new PartitionMap(new IdSpace(160), partitionsMax).of(new IdSpace(160).hashId("a")) >= 0, true);
});

Deno.test("PartitionMap: refuses a half partition, though 0.5 is a power of two", () => {
  for (const count of [0.5, 0.25]) assertThrows(() => new PartitionMap(circle, count), RangeError);
});

Deno.test("PartitionMap.position() refuses what is no partition of the ring", () => {
  const map = new PartitionMap(circle, 16);
  for (const partition of [-1, 16, 1.5, NaN]) {
    assertThrows(() => map.position(partition), RangeError, "Cannot place partition");
  }
});

Deno.test("PartitionMap.within() leaves out what is no partition of the ring", () => {
  const map = new PartitionMap(circle, 16);
  const rows: [first: number, last: number, want: string, why: string][] = [
    [0, 15, "0-15", "everything"],
    [3, 65_535, "3-15", "it begins inside"],
    [16, 16, "", "the first past the end"],
    [9, 8, "", "nothing"],
  ];
  for (const [first, last, want, why] of rows) {
    const text = map.within([{ first, last }]).map((range) => `${range.first}-${range.last}`).join();
    assertEquals(text, want, why);
  }
});

Deno.test("toRanges() joins neighbours and nothing else", () => {
  const rows: [partitions: number[], want: [first: number, last: number][]][] = [
    [[], []],
    [[5], [[5, 5]]],
    [[0, 1, 2], [[0, 2]]],
    [[0, 2, 3, 9], [[0, 0], [2, 3], [9, 9]]],
    [[0, 15], [[0, 0], [15, 15]]],
  ];
  for (const [partitions, want] of rows) {
    assertEquals(toRanges(partitions).map(({ first, last }) => [first, last]), want);
  }
});

Deno.test("partitionsOf() gives back what toRanges() was given", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 300 })), (partitions) => {
      const ascending = partitions.sort((a, b) => a - b);
      const ranges = toRanges(ascending);
      assertEquals([...partitionsOf(ranges)], ascending);
      for (const [i, range] of ranges.slice(1).entries()) {
        assertEquals(range.first > (ranges[i]?.last ?? -1) + 1, true, "as few ranges as can be");
      }
    }),
    { seed: 4 },
  );
});
