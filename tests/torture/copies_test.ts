import { assertEquals } from "@std/assert";
import { judgeCopies } from "../../torture/copies.ts";

const at = (key: string, versions: Record<string, string>) =>
  Object.entries(versions).map(([node, version]) => ({ key, node, version }));

Deno.test("judgeCopies() names keys whose copies differ, and those with too few or too many", () => {
  const copies = [
    ...at("sound", { a: "1", b: "1", c: "1" }),
    ...at("divergent", { a: "1", b: "2", c: "1" }),
    ...at("few", { a: "1", b: "1" }),
    ...at("many", { a: "1", b: "1", c: "1", d: "1" }),
  ];
  assertEquals(judgeCopies(copies, 3), { divergent: ["divergent"], miscounted: ["few", "many"] });
});
