import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { mergeRecords, type StoredRecord, withoutValue } from "../../core/data/record.ts";
import { compareKeys } from "../../storage/keys.ts";
import { MemoryStore } from "../../storage/memory_store.ts";
import type { NodeStore } from "../../storage/node_store.ts";
import { TestDirectory } from "./kv_fixture.ts";
import { digestOf, everything, noise, readAll, record, v } from "./records.ts";

/** What a store is: a map, told in the plainest way. */
class Model {
  readonly records = new Map<string, { partition: number; record: StoredRecord }>();

  merge(partition: number, incoming: StoredRecord): void {
    const current = this.records.get(`${partition}/${incoming.key}`)?.record;
    const winner = current === undefined ? incoming : mergeRecords(current, incoming);
    this.records.set(`${partition}/${incoming.key}`, { partition, record: winner });
  }

  drop(partition: number, key: string, at: number): boolean {
    const isThere = this.records.get(`${partition}/${key}`)?.record.version === v(at);
    return isThere && this.records.delete(`${partition}/${key}`);
  }

  sweep(wallNowMs: number): void {
    for (const entry of this.records.values()) {
      const { value, expiresAtMs } = entry.record;
      const isDue = value !== null && expiresAtMs !== null && expiresAtMs <= wallNowMs;
      if (isDue) entry.record = withoutValue(entry.record);
    }
  }

  ordered(): StoredRecord[] {
    return [...this.records.values()]
      .sort((a, b) => a.partition - b.partition || compareKeys(a.record.key, b.record.key))
      .map(({ record }) => record);
  }
}

const partitions = [0, 1, 7, 300];
const place = {
  partition: fc.constantFrom(...partitions),
  key: fc.constantFrom("a", "a\0", "b", "é", "\uffff", "😀"),
  at: fc.integer({ min: 1, max: 5 }),
};
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("merge" as const), ...place, ...fieldsOf() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop" as const), ...place }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("sweep" as const), nowMs: fc.integer({ min: 0, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("pause" as const, "clear" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function fieldsOf() {
  return {
    length: fc.constantFrom(null, 0, 3, 16_384, 16_385, 70_000),
    expiresAtMs: fc.option(fc.integer({ min: 1, max: 9 })),
  };
}

/** Runs the steps without waiting for one another, except at a pause; then compares with the model. */
async function agree(store: NodeStore, steps: readonly Step[]): Promise<void> {
  const model = new Model();
  let answers: Promise<unknown>[] = [];
  for (const each of steps) {
    if (each.kind === "merge") {
      const { partition, key, at, length, expiresAtMs } = each;
      const incoming = record(key, { at, value: length === null ? null : noise(length), expiresAtMs });
      model.merge(partition, incoming);
      answers.push(store.merge(partition, incoming));
    } else if (each.kind === "drop") {
      const want = model.drop(each.partition, each.key, each.at);
      answers.push(store.drop(each.partition, each.key, v(each.at)).then((got) => assertEquals(got, want)));
    } else if (each.kind === "clear") {
      model.records.clear();
      answers.push(store.clear());
    } else {
      await Promise.all(answers);
      answers = [];
      if (each.kind === "sweep") model.sweep(each.nowMs);
      if (each.kind === "sweep") await store.sweepExpired(each.nowMs, 100);
    }
  }
  await Promise.all(answers);
  await assertAgrees(store, model);
}

async function assertAgrees(store: NodeStore, model: Model): Promise<void> {
  const want = model.ordered();
  assertEquals(await readAll(store, everything), want);
  assertEquals(await readAll(store, everything, { recordsMax: 2, bytesMax: 20_000 }), want);
  assertEquals(store.count(everything), want.length);
  for (const partition of partitions) {
    assertEquals(store.digest(partition), await digestOf(store, partition));
  }
  assertEquals(store.stats.valueBytes, want.reduce((sum, { value }) => sum + (value?.length ?? 0), 0));
  for (const { partition, record } of model.records.values()) {
    assertEquals(await store.get(partition, record.key), record);
  }
}

Deno.test("MemoryStore is a map of winners, whatever happens to it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), (steps) => agree(new MemoryStore(), steps)),
    { numRuns: 100 },
  );
});

Deno.test("KvStore is a map of winners, whatever happens to it, also after a restart", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.constantFrom(0, 20_000, 1_000_000),
      async (steps, cacheBytesMax) => {
        await using directory = new TestDirectory();
        const store = await directory.open({ cacheBytesMax });
        await agree(store, steps);
        const want = await readAll(store, everything);
        await store.close();
        const reopened = await directory.open();
        assertEquals(await readAll(reopened, everything), want);
        assertEquals(reopened.count(everything), want.length);
        assertEquals(reopened.stats.valueBytes, store.stats.valueBytes);
        for (const partition of partitions) assertEquals(reopened.digest(partition), store.digest(partition));
        assertEquals(reopened.stats.checksumFailures, 0);
      },
    ),
    { numRuns: 30 },
  );
});
