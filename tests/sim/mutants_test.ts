import { assertEquals, assertThrows } from "@std/assert";
import { Quorum } from "../../core/data/quorum.ts";
import { mutantNamed, mutants } from "../../sim/mutants.ts";
import { hunt } from "../../sim/mutants/hunt.ts";
import { SimStore } from "../../sim/sim_store.ts";

Deno.test("there are fifteen mutants and more, each with a name of its own", () => {
  assertEquals(new Set(mutants.map(({ name }) => name)).size, mutants.length);
  assertEquals(mutants.length >= 15, true);
  assertThrows(() => mutantNamed("ackWithTwoCopies"), RangeError);
});

Deno.test("a mutant that was taken out leaves nothing behind", () => {
  const before = [SimStore.prototype.merge, SimStore.prototype.loadDocument, Quorum.prototype.all];
  for (const mutant of mutants) mutant.plant()();
  assertEquals([SimStore.prototype.merge, SimStore.prototype.loadDocument, Quorum.prototype.all], before);
});

Deno.test("a few of the mutants that are noticed soon: all of them are for `deno task sim --mutants`", async () => {
  for (
    const name of ["ackBeforeDurable", "ackWithOneCopy", "readOneCopy", "tombstonesAtOnce", "promiseIgnored"]
  ) {
    const { found } = await hunt(name, { seed: 1, seedsMax: 100 });
    assertEquals(found === null, false, `${name} was not noticed by 100 seeds`);
  }
});
