import { assertEquals } from "@std/assert";
import { reasonOf, sentenceOf } from "../../../components/trace/sentences.ts";
import { timelineOf } from "../../../components/trace/timeline.ts";
import { type Asked, lookupOf, nodeAt } from "./traces.ts";

const fingers = new Map([[nodeAt("8").id, [158]], [nodeAt("7").id, [155, 156, 157]]]);

function told(position: string, asked: Asked[], owner: string): string[] {
  const timeline = timelineOf(lookupOf(position, asked, owner), nodeAt("1"), 160);
  return timeline.steps.map((_, index) => sentenceOf(timeline, index, { digits: 4, fingers }));
}

Deno.test("each step of a lookup has a sentence with its reason and what it gained", () => {
  const asked: Asked[] = [["7", "finger", "closer"], ["8", "answer", "owner"]];
  assertEquals(told("90", asked, "a"), [
    "1000 is asked for the key, which the ring looks for at 9000·0000. 50.0 % of the circle lies between.",
    "1000 does not know the owner, so it asks the closest node before the key: 7000, to which its fingers 155–157 lead. " +
    "75.0 % of the remaining way is gone; 12.5 % of the circle is left.",
    "7000 named 8000 as a closer node, so it is asked next. " +
    "50.0 % of the remaining way is gone; 6.3 % of the circle is left.",
    "8000 knows that the key lies between itself and its successor, so a000 owns it.",
  ]);
});

Deno.test("failures are told, with who is tried instead", () => {
  const asked: Asked[] = [["8", "finger", "failed"], ["7", "successor", "owner"]];
  assertEquals(told("90", asked, "a").slice(1, 3), [
    "1000 does not know the owner, so it asks the closest node before the key: 8000, to which its finger 158 leads. " +
    "It gave no answer within 2.0 ms; 7000 is tried instead.",
    "1000 does not know the owner, so it asks the closest node before the key: 7000, from its own list of " +
    "successors. 75.0 % of the remaining way is gone; 12.5 % of the circle is left.",
  ]);
});

Deno.test("a node that named only silent ones is asked once more", () => {
  const asked: Asked[] = [["7", "successor", "closer"], ["8", "answer", "failed"], [
    "7",
    "successor",
    "owner",
  ]];
  assertEquals(
    told("90", asked, "a")[3],
    "7000 is asked once more, for a way around the silent. 12.5 % of the circle is left.",
  );
  const timeline = timelineOf(lookupOf("90", asked, "a"), nodeAt("1"), 160);
  assertEquals(reasonOf(timeline, 3), "asked once more");
});

Deno.test("lookups without a hop say why nobody was asked", () => {
  assertEquals(
    told("18", [], "2")[1],
    "1000 knows that the key lies between itself and its successor, so 2000 owns it.",
  );
  assertEquals(told("0f", [], "1"), [
    "1000 is asked for the key, which the ring looks for at 0f00·0000. It lies on its own arc.",
    "1000 owns the key itself: no other node had to be asked.",
  ]);
});

Deno.test("an owner that is asked at once names itself", () => {
  assertEquals(
    told("90", [["a", "cache", "owner"]], "a")[1],
    "1000 does not know the owner, so it asks the closest node before the key: a000, which it remembers from " +
      "earlier. The key lies on its arc: it is the owner.",
  );
});

Deno.test("reasonOf() has the same reasons in a few words, and claims no finger that it does not know", () => {
  const asked: Asked[] = [["8", "finger", "failed"], ["7", "cache", "closer"], ["8", "answer", "owner"]];
  const timeline = timelineOf(lookupOf("90", asked, "a"), nodeAt("1"), 160);
  const reasons = (facts: { fingers?: typeof fingers }) =>
    timeline.steps.map((_, i) => reasonOf(timeline, i, facts));
  assertEquals(reasons({ fingers }), [
    "start",
    "finger 158",
    "remembered",
    "named in an answer",
    "successor of the last",
  ]);
  assertEquals(reasons({})[1], "finger table");
});
