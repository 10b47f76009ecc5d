import { assertEquals } from "@std/assert";
import { timelineOf } from "../../../components/trace/timeline.ts";
import { type Asked, lookupOf, nodeAt } from "./traces.ts";

Deno.test("timelineOf() tells a lookup from the asker to the owner", () => {
  type Want = [kind: string, from: string, node: string, left: number];
  const rows: [why: string, position: string, asked: Asked[], owner: string, want: Want[]][] = [
    ["the asker owns it", "0f", [], "1", [["start", "1", "1", 0xff / 0x100], [
      "owner",
      "1",
      "1",
      0,
    ]]],
    ["its successor does", "18", [], "2", [["start", "1", "1", 0x08 / 0x100], ["owner", "1", "2", 0]]],
    ["one hop, which names its successor", "90", [["8", "finger", "owner"]], "a", [
      ["start", "1", "1", 0.5],
      ["hop", "1", "8", 1 / 16],
      ["owner", "8", "a", 0],
    ]],
    ["the owner names itself", "90", [["a", "cache", "owner"]], "a", [
      ["start", "1", "1", 0.5],
      ["owner", "1", "a", 0],
    ]],
    [
      "a silent hop is gone around",
      "90",
      [["8", "finger", "failed"], ["7", "finger", "closer"], [
        "8",
        "answer",
        "owner",
      ]],
      "a",
      [
        ["start", "1", "1", 0.5],
        ["failed", "1", "8", 1 / 16],
        ["hop", "1", "7", 1 / 8],
        ["hop", "7", "8", 1 / 16],
        ["owner", "8", "a", 0],
      ],
    ],
  ];
  for (const [why, position, asked, owner, want] of rows) {
    const { steps } = timelineOf(lookupOf(position, asked, owner), nodeAt("1"), 160);
    const got = steps.map(({ kind, from, node, left }): Want => [kind, short(from.id), short(node.id), left]);
    assertEquals(got, want, why);
  }
});

Deno.test("timelineOf() counts the time and the failures of all requests", () => {
  const asked: Asked[] = [["8", "finger", "failed"], ["7", "finger", "owner"]];
  const { totalMs, failures } = timelineOf(lookupOf("90", asked, "a"), nodeAt("1"), 160);
  assertEquals([totalMs, failures], [4, 1]);
});

function short(id: string): string {
  return id.replace(/0+$/, "");
}
