import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { compareKeys, comparePlaces } from "../../../core/data/key_order.ts";

const encoder = new TextEncoder();

/** Byte by byte; the shorter first if it begins the longer. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const differing = a.findIndex((byte, i) => byte !== b[i]);
  if (differing < 0) return a.length - b.length;
  return (a[differing] as number) - (b[differing] ?? -1);
}

Deno.test("compareKeys() orders as the bytes of UTF-8 do", () => {
  const rows: [lower: string, higher: string, why: string][] = [
    ["", "a", "the empty key"],
    ["a", "aa", "the beginning of another"],
    ["Z", "a", "capitals first"],
    ["z", "é", "beyond ASCII"],
    ["\ud7ff", "\ue000", "on both sides of the surrogates"],
    ["\uffff", "😀", "the last of the basic plane, and what lies beyond it"],
    ["😀", "😁", "two of them"],
  ];
  for (const [lower, higher, why] of rows) {
    assertEquals(
      [Math.sign(compareKeys(lower, higher)), Math.sign(compareKeys(higher, lower))],
      [-1, 1],
      why,
    );
  }
});

Deno.test("compareKeys() agrees with the bytes for any two keys", () => {
  const key = fc.string({ unit: "binary", maxLength: 8 });
  const awkward = fc.string({ unit: fc.constantFrom("a", "é", "\ud7ff", "\ue000", "\uffff", "😀", "😁") });
  fc.assert(
    fc.property(fc.oneof(key, awkward), fc.oneof(key, awkward), (a, b) => {
      const want = Math.sign(compareBytes(encoder.encode(a), encoder.encode(b)));
      assertEquals(Math.sign(compareKeys(a, b)), want);
    }),
    { seed: 16, numRuns: 300 },
  );
});

Deno.test("comparePlaces() looks at the partition first", () => {
  const [low, high] = [{ partition: 3, key: "z" }, { partition: 12, key: "a" }];
  assertEquals([comparePlaces(low, high) < 0, comparePlaces(high, low) > 0], [true, true]);
  assertEquals(comparePlaces(high, { ...high, key: "b" }) < 0, true);
  assertEquals(comparePlaces(low, { ...low }), 0);
});
