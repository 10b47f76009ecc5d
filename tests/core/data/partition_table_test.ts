import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { PartitionTable } from "../../../core/data/partition_table.ts";

interface Colour {
  readonly colour: string;
}

function red(): Colour {
  return { colour: "red" };
}

/** `paint(table, 2, 4, "red")`: partitions 2 to 4 are red now. */
function paint(table: PartitionTable<Colour>, first: number, last: number, colour: string | null): boolean {
  return table.update([{ first, last }], () => (colour === null ? null : { colour }));
}

/** The table as one line: `0-2 red, 5-5 blue`. */
function lineOf(table: PartitionTable<Colour>): string {
  return table.ranges().map(({ first, last, state }) => `${first}-${last} ${state.colour}`).join(", ");
}

Deno.test("PartitionTable.update() changes ranges, and says whether that changed anything", () => {
  const table = new PartitionTable<Colour>();
  const rows: [first: number, last: number, colour: string | null, isChange: boolean, line: string][] = [
    [0, 4, "red", true, "0-4 red"],
    [1, 3, "red", false, "0-4 red"],
    [3, 5, "blue", true, "0-2 red, 3-5 blue"],
    [1, 1, null, true, "0-0 red, 2-2 red, 3-5 blue"],
    [9, 9, null, false, "0-0 red, 2-2 red, 3-5 blue"],
    [0, 5, "red", true, "0-5 red"],
  ];
  for (const [first, last, colour, isChange, line] of rows) {
    const { revision } = table;
    assertEquals([paint(table, first, last, colour), lineOf(table)], [isChange, line]);
    assertEquals(table.revision > revision, isChange, "whoever saves looks at the revision");
  }
});

Deno.test("PartitionTable.update() asks once for each state there is, not for each partition", () => {
  const table = new PartitionTable<Colour>();
  paint(table, 0, 999, "red");
  paint(table, 500, 599, "blue");
  let asked = 0;
  table.update([{ first: 0, last: 1_999 }], (state) => {
    asked++;
    return state;
  });
  assertEquals(asked, 3, "red, blue and none");
});

Deno.test("PartitionTable: equal states are one object, wherever they came from", () => {
  const table = new PartitionTable([{ first: 0, last: 1, state: red() }]);
  table.update([{ first: 7, last: 7 }], red);
  assertStrictEquals(table.get(0), table.get(7));
  assertEquals(table.get(2), null);
});

Deno.test("PartitionTable.group() gathers what goes the same way, in ring order, the unknown too", () => {
  const table = new PartitionTable<Colour>();
  paint(table, 4, 5, "red");
  paint(table, 1, 1, "red");
  const groups = [...table.group([0, 1, 2, 4, 5])].map(([state, group]) => [state?.colour ?? "none", group]);
  assertEquals(groups, [["none", [0, 2]], ["red", [1, 4, 5]]]);
});

Deno.test("PartitionTable.matching() and ranges() are in ring order, in whichever order it was filled", () => {
  const table = new PartitionTable<Colour>();
  for (const partition of [12, 3, 100, 4]) {
    paint(table, partition, partition, partition > 50 ? "blue" : "red");
  }
  assertEquals(table.matching(({ colour }) => colour === "red"), [3, 4, 12]);
  assertEquals(lineOf(table), "3-4 red, 12-12 red, 100-100 blue");
});

Deno.test("PartitionTable: a table of its own ranges is the same table", () => {
  const table = new PartitionTable<Colour>();
  paint(table, 3, 40, "red");
  paint(table, 7, 9, "blue");
  assertEquals(lineOf(new PartitionTable(table.ranges())), lineOf(table));
});

Deno.test("PartitionTable goes on, and shares less, past the states that it remembers", () => {
  const table = new PartitionTable<Colour>();
  for (let i = 0; i < 5_000; i++) paint(table, i, i, `colour ${i}`);
  assert(paint(table, 0, 0, "colour 4999"));
  assertEquals(table.get(0), table.get(4_999));
});
