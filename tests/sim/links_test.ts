import { assertEquals } from "@std/assert";
import { Links } from "../../sim/links.ts";

Deno.test("Links: a cut stops one direction between its two sides, and nothing else, until it ends", () => {
  const links = new Links();
  const end = links.cut(new Set(["a", "b"]), new Set(["c"]));
  const rows: [from: string, to: string, isCut: boolean][] = [
    ["a", "c", true],
    ["b", "c", true],
    ["c", "a", false],
    ["a", "b", false],
    ["c", "c", false],
  ];
  for (const [from, to, isCut] of rows) assertEquals(links.isCut(from, to), isCut, `${from} to ${to}`);
  end();
  assertEquals(links.isCut("a", "c"), false);
});

Deno.test("Links: a slow host slows what it sends and what it gets", () => {
  const links = new Links();
  links.slow("a", 10);
  assertEquals([links.slowness("a", "b"), links.slowness("b", "a"), links.slowness("b", "c")], [10, 10, 1]);
  links.slow("a", 1);
  assertEquals(links.slowness("a", "b"), 1);
});
