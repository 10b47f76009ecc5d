import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { emptyDigest, SetDigest } from "../../core/data/digest.ts";
import { v } from "./records.ts";

function digestOf(...members: readonly (readonly [key: string, at: number])[]): string {
  const digest = new SetDigest();
  for (const [key, at] of members) digest.add(key, v(at));
  return String(digest);
}

Deno.test("SetDigest is 16 hex digits, all zero for nothing", () => {
  assertEquals(digestOf(), emptyDigest);
  for (let i = 0; i < 1_000; i++) assert(/^[0-9a-f]{16}$/.test(digestOf([`${i}`, i])));
});

Deno.test("SetDigest goes by what is in it, not by how it came there", () => {
  assertEquals(digestOf(["a", 1], ["b", 2], ["c", 3]), digestOf(["c", 3], ["a", 1], ["b", 2]));
  const digest = new SetDigest();
  for (const key of ["a", "x", "b"]) digest.add(key, v(1));
  digest.remove("x", v(1));
  assertEquals(String(digest), digestOf(["b", 1], ["a", 1]));
});

Deno.test("SetDigest tells keys, versions and pairings apart", () => {
  assertNotEquals(digestOf(["a", 1]), digestOf(["b", 1]));
  assertNotEquals(digestOf(["a", 1]), digestOf(["a", 2]));
  assertNotEquals(digestOf(["a", 1], ["b", 2]), digestOf(["a", 2], ["b", 1]));
  assertNotEquals(digestOf(["a", 1]), digestOf(["a", 1], ["a", 1]));
});

Deno.test("SetDigest: either half alone tells 100,000 like members apart, as often as chance would", () => {
  const halves = [new Set<string>(), new Set<string>()];
  for (let i = 0; i < 100_000; i++) {
    const digest = digestOf([`key-${i}`, i % 50]);
    halves.forEach((seen, half) => seen.add(digest.slice(8 * half, 8 * half + 8)));
  }
  for (const { size } of halves) assert(size >= 99_990, "1.2 are expected to fall together");
});
