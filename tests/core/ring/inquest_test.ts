import { assertEquals } from "@std/assert";
import { isReached, type Word } from "../../../core/ring/inquest.ts";
import { nodes } from "../circle.ts";

/** Asks witnesses 00, 10, 20... who say this, in order; gives the verdict and who was asked. */
async function verdict(...words: Word[]): Promise<[isReached: boolean, asked: number]> {
  const witnesses = nodes(words.map((_, i) => `${i}0`).join(" "));
  let asked = 0;
  const isAlive = await isReached(witnesses, (witness) => {
    asked++;
    return Promise.resolve(words[witnesses.indexOf(witness)] ?? null);
  });
  return [isAlive, asked];
}

Deno.test("isReached() by the words of up to nine witnesses", async () => {
  const rows: [words: Word[], want: [isReached: boolean, asked: number], why: string][] = [
    [[], [false, 0], "nobody to ask: our own word counts"],
    [[false], [false, 1], "the only other node does not reach it either"],
    [[null], [false, 1], "or is silent itself"],
    [[true], [true, 1], "or reaches it"],
    [[false, false, false, true], [false, 3], "three agree, and a fourth is not asked"],
    [[false, null, false, true], [false, 3], "two answers are enough"],
    [[false, false, true], [true, 3], "one who reaches it is enough"],
    [[null, null, true, false, false], [true, 3], "even if it is the only one that answers"],
    [[false, null, null, false, true], [true, 5], "with one answer the others are asked"],
    [[null, null, null, false], [false, 4], "all three are silent"],
    [Array(9).fill(null), [false, 9], "everybody is silent: our own word counts"],
    [[...Array(9).fill(null), true], [false, 9], "asking has an end"],
  ];
  for (const [words, want, why] of rows) assertEquals(await verdict(...words), want, why);
});

Deno.test("isReached() asks the first three at the same time, and the rest at the same time", async () => {
  const waiting: ((word: Word) => void)[] = [];
  const asked = isReached(nodes("10 20 30 40 50"), () => new Promise((resolve) => waiting.push(resolve)));
  assertEquals(waiting.length, 3);
  for (const answer of waiting.splice(0)) answer(null);
  await Promise.resolve();
  while (waiting.length === 0) await Promise.resolve();
  assertEquals(waiting.length, 2);
  for (const answer of waiting.splice(0)) answer(false);
  assertEquals(await asked, false);
});
