import { assert, assertEquals } from "@std/assert";
import type { StoredRecord } from "../../core/data/record.ts";
import type { KvStore } from "../../storage/kv_store.ts";
import { flipBit, TestDirectory } from "./kv_fixture.ts";
import { digestOf, everything, noise, readAll, record, v } from "./records.ts";

const partitions = 8;

interface Placed {
  readonly partition: number;
  readonly record: StoredRecord;
}

/** Records of all lengths, spread over the partitions. */
const placed: readonly Placed[] = Array.from({ length: 240 }, (_, i) => ({
  partition: i % partitions,
  record: record(`key-${i}`, { value: noise(i % 120 === 5 ? 20_000 + i : i % 70) }),
}));

/** A closed store with the records. */
async function prepare(directory: TestDirectory): Promise<void> {
  const store = await directory.open();
  await Promise.all(placed.map(({ partition, record }) => store.merge(partition, record)));
  await store.close();
}

/** Scrubs everything once; gives what was found, and the partitions that were reported ever since the open. */
async function scrubAll(store: KvStore, recordsMax = 50) {
  const heard = new Set<number>();
  store.onDamage((partition) => heard.add(partition));
  const sum = { scanned: 0, damaged: 0, rounds: 0 };
  for (let isWrapped = false; !isWrapped;) {
    const report = await store.scrub(recordsMax);
    assert(report.scanned <= recordsMax && ++sum.rounds < 1_000);
    sum.scanned += report.scanned;
    sum.damaged += report.damaged;
    isWrapped = report.isWrapped;
  }
  return { ...sum, heard };
}

/** Numbers that are as good as random and the same in every run (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Nothing is served wrong, and nothing is missing from a partition that was not reported. */
async function assertHonest(store: KvStore, heard: ReadonlySet<number>): Promise<void> {
  for (const { partition, record } of placed) {
    const got = await store.get(partition, record.key);
    if (got === null) {
      assert(heard.has(partition), `${record.key} is gone from ${partition}, and nobody knows`);
    } else assertEquals(got, record);
  }
  for (let partition = 0; partition < partitions; partition++) {
    assertEquals(store.digest(partition), await digestOf(store, partition));
  }
}

Deno.test("bits that flip anywhere in the file: all damage is found, none is served", async () => {
  await using directory = new TestDirectory();
  await prepare(directory);
  const sound = await Deno.readFile(directory.file);
  const ends = { quarantined: 0, damaged: 0 };
  for (let seed = 1; seed <= 25; seed++) {
    const random = randomFrom(seed);
    const bytes = sound.slice();
    for (let flips = random(3); flips >= 0; flips--) {
      const at = random(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    }
    const harmed = await directory.asKilled();
    await Deno.writeFile(harmed.file, bytes);

    const store = await harmed.open();
    const { damaged, scanned, heard } = await scrubAll(store);
    if (store.lostData) ends.quarantined++;
    else if (heard.size > 0) ends.damaged++;
    assertEquals(store.count(everything), store.lostData ? 0 : scanned - damaged, `seed ${seed}`);
    if (!store.lostData) await assertHonest(store, heard);
    await store.close();
  }
  assert(Object.values(ends).every((count) => count > 0), `both have to be tried: ${JSON.stringify(ends)}`);
});

Deno.test("scrub() goes on where it stopped, and begins anew at the end", async () => {
  await using directory = new TestDirectory();
  await prepare(directory);
  const store = await directory.open();
  for (let pass = 0; pass < 2; pass++) {
    const { scanned, damaged, rounds } = await scrubAll(store, 100);
    assertEquals([scanned, damaged, rounds], [240, 0, 3]);
  }
});

Deno.test("scrub() takes only so many bytes at a time", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  for (let i = 0; i < 6; i++) await store.merge(0, record(`${i}`, { value: noise(1_500_000) }));
  const { scanned, isWrapped } = await store.scrub(1_000);
  assertEquals([scanned, isWrapped], [3, false]);
});

Deno.test("scrub() looks at the disk, and mends it from memory", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  for (const key of ["a", "b"]) await store.merge(3, record(key, { at: 5 }));
  await directory.tamper((kv) => flipBit(kv, ["r", 3, "a"], -1));
  assertEquals((await store.get(3, "a"))?.version, v(5), "the copy in memory hides it");

  const { damaged, heard } = await scrubAll(store);
  assertEquals([damaged, [...heard], store.stats.checksumFailures], [1, [3], 1]);
  assertEquals((await scrubAll(store)).damaged, 0);
  await store.close();
  const reopened = await directory.open();
  assertEquals(await reopened.get(3, "a"), record("a", { at: 5 }));
  assertEquals((await scrubAll(reopened)).damaged, 0);
});

Deno.test("scrub() reports a stretch of the file that cannot be read, and goes on behind it", async () => {
  await using directory = new TestDirectory();
  await prepare(directory);
  await directory.tamper((kv) => flipBit(kv, ["r", 6, "key-6"], -1));
  const disk = new BadStretch((key) => key[0] === "r" && key[1] === 2 && String(key[2]) > "key-130");
  const store = await directory.open({ openKv: disk.openKv });
  disk.isBad = true;
  const { damaged, heard } = await scrubAll(store, 7);
  assertEquals([damaged, [...heard].sort()], [2, [2, 6]]);
  disk.isBad = false;
  assertEquals((await readAll(store, { first: 2, last: 2 })).length, 30);
});

/** A database whose listings can be told to fail as a whole when they touch certain keys. */
class BadStretch {
  isBad = false;

  constructor(readonly covers: (key: Deno.KvKey) => boolean) {}

  readonly openKv = async (path: string): Promise<Deno.Kv> => {
    const kv = await Deno.openKv(path);
    const list = kv.list.bind(kv);
    const failing = (selector: Deno.KvListSelector, options: Deno.KvListOptions = {}) =>
      this.#inBatches(list(selector, options), options.batchSize ?? 100);
    return Object.assign(kv, { list: failing }) as unknown as Deno.Kv;
  };

  async *#inBatches(rows: AsyncIterable<Deno.KvEntry<unknown>>, batchSize: number) {
    let batch: Deno.KvEntry<unknown>[] = [];
    for await (const row of rows) {
      if (this.isBad && this.covers(row.key)) throw new TypeError("database disk image is malformed");
      batch.push(row);
      if (batch.length < batchSize) continue;
      yield* batch;
      batch = [];
    }
    yield* batch;
  }
}
