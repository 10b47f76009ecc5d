import { assert, assertEquals, assertNotEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { emptyDigest } from "../../core/data/digest.ts";
import { mergeRecords, type StoredRecord, withoutValue } from "../../core/data/record.ts";
import type { Cursor } from "../../core/ports.ts";
import type { NodeStore } from "../../storage/node_store.ts";
import { StoreClosedError } from "../../storage/store_errors.ts";
import { digestOf, everything, noise, readAll, record, roomy, v } from "./records.ts";

function keysOf(records: readonly StoredRecord[]): string[] {
  return records.map(({ key }) => key);
}

/** What every store must do, told once and run on each. */
export function testStore(name: string, open: () => Promise<NodeStore & AsyncDisposable>): void {
  const test = (title: string, story: (store: NodeStore) => Promise<void>) =>
    Deno.test(`${name}: ${title}`, async () => {
      await using store = await open();
      await story(store);
    });

  test("a key that was never written has no record", async (store) => {
    assertEquals(await store.get(1, "a"), null);
    assertEquals(store.peek(1, "a"), undefined);
    assertEquals(await readAll(store, everything), []);
    assertEquals(store.count(everything), 0);
  });

  test("a merged record is read back with all its fields", async (store) => {
    const written = record("käse/🧀", { value: "x", expiresAtMs: 5_000, requestId: "r-1" });
    assertEquals(await store.merge(7, written), written);
    assertEquals(await store.get(7, "käse/🧀"), written);
    assertEquals(await store.get(8, "käse/🧀"), null, "another partition");
  });

  test("the larger version wins, in whichever order the two arrive", async (store) => {
    const [older, newer] = [record("a", { at: 1 }), record("a", { at: 2, value: "newer" })];
    await store.merge(0, newer);
    assertEquals(await store.merge(0, older), newer);
    assertEquals(await store.get(0, "a"), newer);
    const newest = record("a", { at: 3, value: null });
    assertEquals(await store.merge(0, newest), newest);
    assertEquals(await store.get(0, "a"), newest);
    assertEquals(store.count(everything), 1);
  });

  test("merges of one key made at once end with the winner, each told the winner of its moment", async (store) => {
    const order = [3, 1, 9, 4, 9, 2, 8, 10, 7, 5];
    const told = await Promise.all(order.map((at) => store.merge(0, record("a", { at, value: `${at}` }))));
    const largest = order.map((_, i) => Math.max(...order.slice(0, i + 1)));
    assertEquals(told.map(({ version }) => version), largest.map(v));
    assertEquals((await store.get(0, "a"))?.version, v(10));
    assertEquals(store.count(everything), 1);
  });

  test("5,000 merges at once are all there", async (store) => {
    const keys = Array.from({ length: 5_000 }, (_, i) => `key-${i}`);
    await Promise.all(keys.map((key, i) => store.merge(i % 64, record(key))));
    assertEquals(store.count(everything), 5_000);
    assertEquals(store.count({ first: 0, last: 31 }), 2_504);
    assertEquals(new Set(keysOf(await readAll(store, everything))).size, 5_000);
  });

  for (const length of [0, 1, 16_384, 16_385, 65_536, 65_537, 1_048_576]) {
    test(`a value of ${length} bytes comes back whole, and gives way to another`, async (store) => {
      const long = record("k".repeat(512), { value: noise(length) });
      await store.merge(3, long);
      assertEquals((await store.get(3, long.key))?.value, long.value);
      assertEquals((await readAll(store, everything))[0]?.value, long.value);
      assertEquals(store.stats.valueBytes, length);
      await store.merge(3, record(long.key, { at: 2, value: noise(length + 1) }));
      assertEquals((await store.get(3, long.key))?.value?.length, length + 1);
      assert(await store.drop(3, long.key, v(2)));
      assertEquals([await store.get(3, long.key), store.stats.valueBytes], [null, 0]);
    });
  }

  test("pages go by partition, then by key in UTF-8 order", async (store) => {
    const ordered = ["\0", "A", "a", "a\0", "a\u0001", "aa", "z", "é", "\u{d7ff}", "\ue000", "\uffff", "😀"];
    for (const key of ordered.toReversed()) {
      for (const partition of [10, 2]) await store.merge(partition, record(key));
    }
    assertEquals(keysOf(await readAll(store, everything)), [...ordered, ...ordered]);
    assertEquals(keysOf(await readAll(store, { first: 2, last: 9 })), ordered);
    assertEquals(keysOf(await readAll(store, everything, { recordsMax: 1, bytesMax: 1 })), [
      ...ordered,
      ...ordered,
    ]);
  });

  test("a page ends at its limits, but holds at least one record", async (store) => {
    for (const key of ["a", "b", "c", "d"]) await store.merge(1, record(key, { value: noise(100) }));
    const size = async (recordsMax: number, bytesMax: number) => {
      const { records, next } = await store.page(everything, null, { recordsMax, bytesMax });
      return [records.length, next?.key ?? null];
    };
    assertEquals(await size(3, 10_000), [3, "c"]);
    assertEquals(await size(4, 10_000), [4, null], "nothing follows");
    assertEquals(await size(10, 202), [2, "b"], "keys and values both count");
    assertEquals(await size(10, 201), [1, "a"]);
    assertEquals(await size(10, 1), [1, "a"], "too large for any page");
    assertEquals(await size(0, 0), [1, "a"]);
  });

  test("a page starts after its cursor, also when that record is gone", async (store) => {
    for (const key of ["a", "b", "c", "d"]) await store.merge(1, record(key));
    const seen: string[] = [];
    let after: Cursor | null = null;
    do {
      const page = await store.page(everything, after, { recordsMax: 1, bytesMax: 1_000 });
      for (const { key, version } of page.records) {
        seen.push(key);
        assert(await store.drop(1, key, version));
      }
      after = page.next;
    } while (after !== null);
    assertEquals(seen, ["a", "b", "c", "d"]);
    assertEquals(store.count(everything), 0);
  });

  test("a cursor outside the range is clipped to it", async (store) => {
    for (const partition of [1, 2, 3]) await store.merge(partition, record(`in ${partition}`));
    const from = async (partition: number) =>
      keysOf((await store.page({ first: 2, last: 2 }, { partition, key: "a" }, roomy)).records);
    assertEquals(await from(0), ["in 2"]);
    assertEquals(await from(2), ["in 2"]);
    assertEquals(await from(3), []);
    assertEquals(await from(9), []);
  });

  test("drop() takes away exactly the version it names", async (store) => {
    await store.merge(0, record("a", { at: 2 }));
    assertEquals(await store.drop(0, "a", v(1)), false);
    assertEquals(await store.drop(0, "b", v(2)), false);
    assertEquals(await store.drop(1, "a", v(2)), false, "another partition");
    assertEquals(await store.drop(0, "a", v(2)), true);
    assertEquals(await store.drop(0, "a", v(2)), false, "gone");
    assertEquals([await store.get(0, "a"), store.count(everything)], [null, 0]);
    await store.merge(0, record("a", { at: 1 }));
    assertEquals((await store.get(0, "a"))?.version, v(1), "nothing of it is remembered");
  });

  test("calls on one key take effect in their order", async (store) => {
    const [, , isDropped, , isDroppedAgain] = await Promise.all([
      store.merge(0, record("a", { at: 1 })),
      store.merge(0, record("a", { at: 2 })),
      store.drop(0, "a", v(2)),
      store.merge(0, record("a", { at: 1 })),
      store.drop(0, "a", v(2)),
    ]);
    assertEquals([isDropped, isDroppedAgain], [true, false]);
    assertEquals((await store.get(0, "a"))?.version, v(1));
  });

  test("count() tells tombstones too, and follows what comes and goes", async (store) => {
    for (const partition of [0, 5, 5, 9]) {
      await store.merge(partition, record(`${partition}-${store.count(everything)}`, { value: null }));
    }
    assertEquals(store.count(everything), 4);
    assertEquals(store.count({ first: 5, last: 5 }), 2);
    assertEquals(store.count({ first: 1, last: 4 }), 0);
    assertEquals(store.stats.records, 4);
    await store.drop(0, "0-0", v(1));
    assertEquals(store.count({ first: 0, last: 5 }), 2);
  });

  test("digest() tells what a partition holds, in whichever order it came", async (store) => {
    assertEquals(store.digest(1), emptyDigest);
    for (const key of ["a", "b"]) await store.merge(1, record(key));
    for (const key of ["b", "a"]) await store.merge(2, record(key, { value: "another" }));
    assertEquals(store.digest(1), store.digest(2), "it goes by keys and versions");
    assertEquals(store.digest(1), await digestOf(store, 1));

    await store.merge(2, record("b", { at: 2, value: null }));
    assertNotEquals(store.digest(1), store.digest(2), "a tombstone is a version of its own");
    await store.merge(1, record("b", { at: 2 }));
    assertEquals(store.digest(1), store.digest(2));
    for (const key of ["a", "b"]) await store.drop(2, key, v(key === "a" ? 1 : 2));
    assertEquals([store.digest(2), store.digest(3)], [emptyDigest, emptyDigest]);
  });

  test("digest() is the same after a value expired", async (store) => {
    await store.merge(1, record("a", { expiresAtMs: 100 }));
    const before = store.digest(1);
    assertEquals(await store.sweepExpired(100, 10), 1);
    assertEquals(store.digest(1), before);
  });

  test("clear() takes every record and no document", async (store) => {
    for (let i = 0; i < 1_200; i++) void store.merge(i % 7, record(`${i}`, { expiresAtMs: 100 }));
    await store.merge(3, record("long", { value: noise(200_000) }));
    await store.saveDocument("ring", "state");
    await store.clear();
    assertEquals([store.count(everything), store.digest(3), store.stats.valueBytes], [0, emptyDigest, 0]);
    assertEquals([store.peek(3, "3"), await store.get(3, "3")], [undefined, null]);
    assertEquals(await readAll(store, everything), []);
    assertEquals(await store.sweepExpired(1_000, 10), 0, "nothing is left that could expire");
    assertEquals(await store.loadDocument("ring"), "state");
    await store.clear();
  });

  test("clear() takes what was asked before it, and leaves what was asked after it", async (store) => {
    const [, , again] = await Promise.all([
      store.merge(0, record("a", { at: 9 })),
      store.clear(),
      store.merge(0, record("a", { at: 1 })),
    ]);
    assertEquals([again.version, (await store.get(0, "a"))?.version], [v(1), v(1)]);
    assertEquals([store.count(everything), store.digest(0)], [1, await digestOf(store, 0)]);
  });

  test("a store that may write says so", (store) => {
    assertEquals([store.isWritable(), store.stats.isWritable], [true, true]);
    return Promise.resolve();
  });

  test("a scrub of sound records finds nothing", async (store) => {
    for (let i = 0; i < 10; i++) await store.merge(i, record(`${i}`, { value: noise(30_000) }));
    store.onDamage(() => assert(false));
    let rounds = 0;
    while (!(await store.scrub(3)).isWrapped) assert(rounds++ < 10);
    assertEquals((await store.scrub(100)).damaged, 0);
  });

  test("sweepExpired() takes out values that are due, and leaves the version", async (store) => {
    const due = record("due", { expiresAtMs: 100, requestId: "r" });
    const later = record("later", { expiresAtMs: 200 });
    const never = record("never");
    for (const each of [later, due, never]) await store.merge(4, each);
    assertEquals(await store.sweepExpired(99, 10), 0);
    assertEquals(await store.sweepExpired(100, 10), 1);
    assertEquals(await store.get(4, "due"), withoutValue(due));
    assertEquals(await store.get(4, "later"), later);
    assertEquals(await store.sweepExpired(100, 10), 0);
    assertEquals(await store.sweepExpired(1_000, 10), 1);
    assertEquals(store.count(everything), 3);
    assertEquals(await store.get(4, "never"), never);
  });

  test("sweepExpired() works whichever checksum is larger, and again if a peer brings the value", async (store) => {
    for (let i = 0; i < 16; i++) {
      const due = record(`due ${i}`, { expiresAtMs: 100 });
      await store.merge(0, due);
      assertEquals(await store.sweepExpired(100, 10), 1);
      const winner = mergeRecords(withoutValue(due), due);
      assertEquals(await store.merge(0, due), winner);
      assertEquals(await store.sweepExpired(100, 10), winner.value === null ? 0 : 1);
      assertEquals((await store.get(0, due.key))?.value, null);
    }
  });

  test("sweepExpired() takes the earliest first, at most a batch", async (store) => {
    for (const at of [50, 10, 40, 20, 30]) await store.merge(0, record(`${at}`, { expiresAtMs: at }));
    assertEquals(await store.sweepExpired(1_000, 2), 2);
    const left = (await readAll(store, everything)).filter(({ value }) => value !== null);
    assertEquals(keysOf(left), ["30", "40", "50"]);
    assertEquals(await store.sweepExpired(1_000, 100), 3);
  });

  test("sweepExpired() goes by the last write of a key", async (store) => {
    await store.merge(0, record("prolonged", { at: 1, expiresAtMs: 100 }));
    await store.merge(0, record("prolonged", { at: 2, expiresAtMs: 500 }));
    await store.merge(0, record("kept", { at: 1, expiresAtMs: 100 }));
    await store.merge(0, record("kept", { at: 2 }));
    await store.merge(0, record("dropped", { expiresAtMs: 100 }));
    await store.drop(0, "dropped", v(1));
    assertEquals(await store.sweepExpired(499, 10), 0);
    assertEquals(await store.sweepExpired(500, 10), 1);
    assertEquals((await store.get(0, "prolonged"))?.value, null);
  });

  test("a key that is rewritten a thousand times is swept once", async (store) => {
    const writes = Array.from({ length: 1_000 }, (_, at) => record("busy", { at, expiresAtMs: 100 + at }));
    await Promise.all(writes.map((each) => store.merge(0, each)));
    for (let at = 1_000; at < 1_200; at++) {
      await store.merge(0, record("busy", { at, expiresAtMs: 2_000 - at }));
    }
    assertEquals(await store.sweepExpired(10_000, 10), 1);
  });

  test("documents are replaced whole", async (store) => {
    assertEquals(await store.loadDocument("claims"), null);
    await store.saveDocument("claims", "[]");
    await store.saveDocument("ring", "{}");
    const long = `["${"ö😀".repeat(50_000)}"]`;
    await store.saveDocument("claims", long);
    assertEquals(await store.loadDocument("claims"), long);
    await store.saveDocument("claims", "");
    assertEquals([await store.loadDocument("claims"), await store.loadDocument("ring")], ["", "{}"]);
    assertEquals(store.count(everything), 0, "documents are no records");
  });

  test("a document and a record of one name are two things", async (store) => {
    await Promise.all([store.saveDocument("a", "document"), store.merge(0, record("a"))]);
    assertEquals(await store.loadDocument("a"), "document");
    assertEquals(await store.get(0, "a"), record("a"));
  });

  test("a key that could not be found again is refused", async (store) => {
    for (const key of ["", "k".repeat(513), "é".repeat(257), "\ud800", "a\udc00b"]) {
      await assertRejects(() => store.merge(0, record(key)), RangeError, "Cannot store a key");
    }
    const longest = "\0".repeat(512);
    await store.merge(0, record(longest, { value: noise(200_000) }));
    assertEquals((await store.get(0, longest))?.value?.length, 200_000);
  });

  test("a store that lost nothing says so", async (store) => {
    assertEquals([store.lostData, store.quarantined], [false, null]);
    await store.acceptLoss();
    assertEquals(store.lostData, false);
    assert(store.generation.length > 0);
  });

  test("after close() every call is refused", async (store) => {
    await store.merge(0, record("a"));
    await store.close();
    await store.close();
    const calls: (() => Promise<unknown>)[] = [
      () => store.get(0, "a"),
      () => store.get(0, "b"),
      () => store.merge(0, record("a")),
      () => store.page(everything, null, roomy),
      () => store.drop(0, "a", v(1)),
      () => store.loadDocument("a"),
      () => store.saveDocument("a", ""),
      () => store.sweepExpired(0, 1),
      () => store.acceptLoss(),
      () => store.clear(),
      () => store.scrub(1),
    ];
    for (const call of calls) await assertRejects(call, StoreClosedError, "it is closed");
    assertStrictEquals(store.isWritable(), false);
  });
}
