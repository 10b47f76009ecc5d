import { assertEquals } from "@std/assert";
import { spansOf } from "../../../core/data/exchange.ts";
import { partitionsOf } from "../../../core/partition.ts";

Deno.test("spansOf() takes what differs together, across what is alike and near, and never across the rest", () => {
  const rows: [differing: number[], alike: number[], want: string, why: string][] = [
    [[], [1, 2], "", "nothing differs"],
    [[3], [2, 4], "3-3", "it does not begin or end with what is alike"],
    [[3, 4, 5], [], "3-5", "neighbours"],
    [[1, 4], [2, 3], "1-4", "the two between are alike"],
    [[1, 4], [2], "1-1 4-4", "nothing is known of 3, or it is in another view"],
    [[0, 17], [...partitionsOf([{ first: 1, last: 16 }])], "0-17", "as far as it pays"],
    [[0, 18], [...partitionsOf([{ first: 1, last: 17 }])], "0-0 18-18", "and no farther"],
  ];
  for (const [differing, alike, want, why] of rows) {
    assertEquals(
      spansOf({ alike, differing }).map(({ first, last }) => `${first}-${last}`).join(" "),
      want,
      why,
    );
  }
});
