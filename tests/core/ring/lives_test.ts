import { assertEquals } from "@std/assert";
import { type Life, Lives } from "../../../core/ring/lives.ts";
import { at } from "../circle.ts";

const peer = at("40");

function life(incarnation: number, disk?: string): Life {
  return disk === undefined ? { incarnation } : { incarnation, disk };
}

Deno.test("Lives.isPast(): an earlier life over the same disk, for a minute after the later one", () => {
  const rows: [heard: Life, answers: Life, afterMs: number, want: boolean, why: string][] = [
    [life(3, "a"), life(3, "a"), 0, false, "the same life"],
    [life(3, "a"), life(4, "a"), 0, false, "a later one"],
    [life(3, "a"), life(2, "a"), 59_999, true, "an earlier one: it was slow"],
    [life(3, "a"), life(2, "a"), 60_000, false, "but nothing is as slow as that: it is the present one"],
    [life(3, "a"), life(1, "b"), 0, false, "its disk was lost, and with it the count"],
    [life(3), life(2), 0, true, "a peer that does not name its disk"],
    [life(3), life(1, "b"), 0, false, "it was upgraded, and names one now"],
    [life(3, "a"), {}, 0, false, "an answer that says nothing of it"],
  ];
  for (const [heard, answers, afterMs, want, why] of rows) {
    const lives = new Lives();
    lives.heard(peer, heard, 1_000);
    assertEquals(lives.isPast(peer, answers, 1_000 + afterMs), want, why);
  }
  assertEquals(new Lives().isPast(peer, life(1, "a"), 0), false, "the first that is heard");
});

Deno.test("Lives.heard() says when the life is another than before", () => {
  const lives = new Lives();
  const steps: [life: Life, isAnother: boolean][] = [
    [life(3, "a"), false],
    [life(3, "a"), false],
    [life(4, "a"), true],
    [life(1, "b"), true],
    [{}, false],
    [life(1, "b"), false],
  ];
  for (const [answer, isAnother] of steps) {
    assertEquals(lives.heard(peer, answer, 0), isAnother, JSON.stringify(answer));
  }
});

Deno.test("Lives.diskOf() is the one last told, null for who has not told it", () => {
  const lives = new Lives();
  assertEquals(lives.diskOf(peer), null);
  lives.heard(peer, life(1), 0);
  assertEquals(lives.diskOf(peer), null);
  lives.heard(peer, life(1, "a"), 0);
  lives.heard(peer, {}, 0);
  assertEquals([lives.diskOf(peer), lives.diskOf(at("41"))], ["a", null]);
  lives.forget(peer);
  assertEquals(lives.diskOf(peer), null);
});
