import { assertEquals, assertRejects } from "@std/assert";
import { Exchange, spansOf } from "../../../core/data/exchange.ts";
import { toWire } from "../../../core/data/wire_record.ts";
import { ChordError } from "../../../core/errors.ts";
import { partitionsOf } from "../../../core/partition.ts";
import type { WireRecord } from "../../../core/protocol.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { replica } from "./replica_names.ts";

/** As a member of the first view that fetches all it lacks. */
const options = { as: "member", epoch: 1, fetch: true, push: false } as const;

Deno.test("Exchange.reconcile() keeps nothing of a page in which one record is bad, and leaves nothing behind", async () => {
  const fixture = new KeeperFixture();
  const sound = toWire(fixture.record("k", "v"));
  const early = toWire(fixture.record("early", "v", { version: fixture.version(3_600_000) }));
  const here = fixture.partitionOf("k");
  const elsewhere = { first: (here + 1) % 16, last: (here + 1) % 16 };
  const rows: [newer: WireRecord[], range: typeof elsewhere, why: string][] = [
    [[sound, { ...sound, value: "AA==" }], { first: 0, last: 15 }, "not as it was sealed"],
    [[early, { ...sound, value: "%" }], { first: 0, last: 15 }, "from the future, and then no base64"],
    [[sound, early], { first: 0, last: 15 }, "from the future"],
    [[sound], elsewhere, "of a partition that was not asked for"],
  ];
  for (const [newer, range, why] of rows) {
    const { member, replicas, keeper, ports, store, answers } = new KeeperFixture();
    answers.set(
      `${replica("b").url} partition.compare`,
      () => ({ absent: [], older: [], newer, next: null }),
    );
    const exchange = new Exchange(member, replicas, keeper, ports);
    await assertRejects(() => exchange.reconcile(replica("b"), range, options), ChordError, "Cannot", why);
    assertEquals(store.stats.records, 0, why);
  }
});

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
