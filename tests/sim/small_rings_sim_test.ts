import { assertEquals } from "@std/assert";
import { runSmallRing, smallRingCases } from "../../sim/small_rings.ts";

/**
 * The whole enumeration is `deno task sim --small`. Here every join order runs, and of the crash points one in
 * `stride`, a different share for each order and victim.
 */
async function faults(successors: number, stride: number): Promise<string[]> {
  const found: string[] = [];
  for (const small of smallRingCases(successors, stride)) {
    const fault = await runSmallRing(small);
    if (fault !== null) found.push(`${JSON.stringify(small)}: ${fault}`);
  }
  return found;
}

Deno.test("r = 2: rings of up to 4 nodes become ideal in every join order, whoever crashes when", async () => {
  assertEquals(await faults(2, 3), []);
});

Deno.test("r = 3: rings of up to 5 nodes become ideal in every join order, whoever crashes when", async () => {
  assertEquals(await faults(3, 30), []);
});
