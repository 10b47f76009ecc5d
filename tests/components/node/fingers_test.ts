import { assertEquals } from "@std/assert";
import {
  everyFinger,
  fingerRuns,
  fingersCsv,
  fingerStart,
  fingerTargets,
  indicesText,
} from "../../../components/node/fingers.ts";
import type { Id } from "../../../core/id.ts";

const node = (id: string) => ({ id: id as Id, url: `http://127.0.0.1:84${id}` });
const [near, far] = [node("80"), node("c0")];

/** Fingers of 40 on a circle of 8 bits: a repaired one in between leads elsewhere. */
const entries = [near, near, near, far, near, near, null, far].map((target, index) => ({
  index,
  node: target,
}));

Deno.test("fingerRuns() keeps the whole table in a few lines", () => {
  const runs = fingerRuns(entries);
  assertEquals(runs.map(({ first, last, node }) => `${first}-${last} ${node?.id}`), [
    "0-2 80",
    "3-3 c0",
    "4-5 80",
    "6-6 undefined",
    "7-7 c0",
  ]);
  assertEquals<unknown>(everyFinger(runs), entries);
  assertEquals(fingerRuns([]), []);
});

Deno.test("fingerTargets() groups by node, with the part of the circle that is reached through it", () => {
  const targets = fingerTargets(fingerRuns(entries), 8);
  assertEquals(
    targets.map(({ node, runs, share }) => `${node?.id} ${indicesText(runs)} ${share * 256}`),
    ["80 0–2, 4–5 55", "c0 3, 7 136", "undefined 6 64"],
  );
});

Deno.test("fingerStart() is 2^i ahead of the node, over 0 where it has to be", () => {
  const rows: [self: string, index: number, bits: number, want: string][] = [
    ["40", 0, 8, "41"],
    ["40", 7, 8, "c0"],
    ["c0", 7, 8, "40"],
    ["ff", 0, 8, "00"],
    ["f".repeat(40), 159, 160, `7${"f".repeat(39)}`],
  ];
  for (const [self, index, bits, want] of rows) assertEquals(fingerStart(self, index, bits), want);
});

Deno.test("fingersCsv() has every row", () => {
  const lines = fingersCsv(fingerRuns(entries), "40", 8).split("\r\n");
  assertEquals([lines.length, lines[0], lines[1], lines[7], lines.at(-1)], [
    10,
    "index,start,node,url",
    "0,41,80,http://127.0.0.1:8480",
    "6,80,,",
    "",
  ]);
});
