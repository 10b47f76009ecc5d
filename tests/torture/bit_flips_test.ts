import { assert, assertEquals, assertRejects } from "@std/assert";
import { SeededRandom } from "../../sim/random.ts";
import { flipBits } from "../../torture/bit_flips.ts";

Deno.test("flipBits() turns bits of a store, by the seed", async () => {
  const directory = await Deno.makeTempDir();
  await assertRejects(() => flipBits(directory, 1, new SeededRandom(1)), Error, "there is no store");
  const turned = async () => {
    await Deno.writeFile(`${directory}/rondo.kv`, new Uint8Array(1_000));
    await Deno.writeFile(`${directory}/rondo.kv-wal`, new Uint8Array(1_000));
    const where = await flipBits(directory, 20, new SeededRandom(1));
    const bytes = [
      ...await Deno.readFile(`${directory}/rondo.kv`),
      ...await Deno.readFile(`${directory}/rondo.kv-wal`),
    ];
    return { where, bytes };
  };
  const first = await turned();
  assertEquals(await turned(), first);
  const ones = first.bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
  assert(ones > 10 && ones <= 20, `${ones} bits`);
  assert(new Set(first.where.map((place) => place.split(":")[0])).size === 2);
  await Deno.remove(directory, { recursive: true });
});
