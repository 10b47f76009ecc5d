import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { ChordError, errorCode, TooLargeError } from "../../core/errors.ts";
import { KvStore } from "../../storage/kv_store.ts";
import { DirectoryInUseError, StoreFormatError } from "../../storage/store_errors.ts";
import { FailingDisk, TestDirectory } from "./kv_fixture.ts";
import { everything, noise, readAll, record, roomy, v } from "./records.ts";
import { testStore } from "./store_suite.ts";

for (const cacheBytesMax of [64 * 1024 * 1024, 0]) {
  testStore(cacheBytesMax === 0 ? "KvStore without a cache" : "KvStore", async () => {
    const directory = new TestDirectory();
    const store = await directory.open({ cacheBytesMax });
    return Object.assign(store, { [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() });
  });
}

const long = (key: string, at = 1) => record(key, { at, value: noise(200_000 + at) });

Deno.test("a restart keeps everything", async () => {
  await using directory = new TestDirectory();
  const before = await directory.open();
  const records = [record("a", { expiresAtMs: 100 }), record("b", { value: null }), long("c")];
  for (const each of records) await before.merge(3, each);
  await before.saveDocument("ring", "state");
  await before.close();

  const after = await directory.open();
  assertEquals([after.generation, after.lostData], [before.generation, false]);
  assertEquals(await readAll(after, everything), records);
  assertEquals(after.count({ first: 3, last: 3 }), 3);
  assertEquals(after.stats.valueBytes, before.stats.valueBytes);
  assertEquals(await after.loadDocument("ring"), "state");
  assertEquals(await after.sweepExpired(100, 10), 1, "the scan at open knows what expires");
  assertEquals(await after.get(3, "never written"), null);
});

Deno.test("what merge() acknowledged survives a kill", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  const records = Array.from({ length: 300 }, (_, i) => i % 100 === 0 ? long(`${i}`) : record(`${i}`));
  await Promise.all(records.map((each) => store.merge(1, each)));
  await store.saveDocument("ring", "state");

  const survivor = await (await directory.asKilled()).open();
  assertEquals([survivor.count(everything), survivor.lostData], [300, false]);
  for (const each of records) assertEquals((await survivor.get(1, each.key))?.checksum, each.checksum);
  assertEquals(await survivor.loadDocument("ring"), "state");
});

Deno.test("what merge() has not acknowledged is not read", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  await store.merge(0, record("a", { at: 1 }));
  const merging = store.merge(0, record("a", { at: 2 }));
  assertEquals((await store.get(0, "a"))?.version, v(1));
  assertEquals(store.peek(0, "a")?.version, v(1));
  await merging;
  assertEquals(store.peek(0, "a")?.version, v(2));
});

Deno.test("writes that come together are committed together", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => store.merge(i, record(`${i}`))));
  assertEquals(store.stats.commits, 2);
  await Promise.all(Array.from({ length: 100 }, (_, i) => store.merge(i, record(`${i}`))));
  assertEquals(store.stats.commits, 2, "repeats change nothing");
  assertEquals(store.stats.waiting, 0);
});

Deno.test("a batch over Deno KV's limits becomes several commits", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  const keys = Array.from({ length: 450 }, (_, i) => `${i}`.padStart(512, "\0"));
  await Promise.all(keys.map((key) => store.merge(0, record(key, { value: noise(4_000) }))));
  assertEquals(store.count(everything), 450);
  assert(store.stats.commits >= 5);
});

Deno.test("close() lets the merges finish that were asked for", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  const merging = Promise.all(Array.from({ length: 1_200 }, (_, i) => store.merge(0, record(`${i}`))));
  await Promise.all([store.close(), merging]);
  assertEquals((await directory.open()).count(everything), 1_200);
});

Deno.test("close() lets the reads finish that were asked for", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open({ cacheBytesMax: 0 });
  await store.merge(0, long("a"));
  const reading = Promise.all([store.get(0, "a"), store.page(everything, null, roomy)]);
  const [[got, page]] = await Promise.all([reading, store.close()]);
  assertEquals([got, page.records], [long("a"), [long("a")]]);
});

Deno.test("a directory has one store at a time", async () => {
  await using directory = new TestDirectory();
  const first = await directory.open();
  await assertRejects(() => KvStore.open(directory.path), DirectoryInUseError, directory.path);
  await first.close();
  await directory.open();
});

Deno.test("a newer format is left alone", async () => {
  await using directory = new TestDirectory();
  await (await directory.open()).close();
  await directory.tamper((kv) => kv.set(["m", "schema"], 2));
  await assertRejects(
    () => directory.open(),
    StoreFormatError,
    "its format is 2 and this program knows up to 1",
  );
  await directory.tamper((kv) => kv.set(["m", "schema"], 1));
  await directory.open();
});

Deno.test("an emptied file is noticed until the loss is accepted", async () => {
  await using directory = new TestDirectory();
  const before = await directory.open();
  await before.merge(0, record("a"));
  await before.close();
  await Deno.truncate(directory.file);

  const emptied = await directory.open();
  assertEquals([emptied.lostData, emptied.count(everything)], [true, 0]);
  assertNotEquals(emptied.generation, before.generation);
  await emptied.close();

  const again = await directory.open();
  assertEquals([again.lostData, again.generation], [true, emptied.generation]);
  await again.acceptLoss();
  assertEquals(again.lostData, false);
  await again.close();
  assertEquals((await directory.open()).lostData, false);
});

Deno.test("a write-ahead log that went missing is noticed", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  await store.merge(0, record("a"));
  const killed = await directory.asKilled();
  for (const end of ["-wal", "-shm"]) await Deno.remove(killed.file + end);
  const reopened = await killed.open();
  assertEquals([reopened.lostData, reopened.count(everything)], [true, 0]);
});

Deno.test("a file of another generation is noticed, a missing marker is restored", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  await store.close();
  const marker = `${directory.path}/generation`;
  await Deno.remove(marker);
  const restored = await directory.open();
  assertEquals([restored.generation, restored.lostData], [store.generation, false]);
  await restored.close();
  assertEquals(await Deno.readTextFile(marker), store.generation);
  await Deno.writeTextFile(marker, "another");
  assertEquals((await directory.open()).lostData, true);
});

Deno.test("a path that cannot be a directory is the system's error, not damage", async () => {
  await using directory = new TestDirectory();
  await Deno.mkdir(`${directory.path}/generation`);
  await assertRejects(() => directory.open(), Deno.errors.IsADirectory);
});

Deno.test("replaced and dropped values leave no pieces", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  for (const at of [1, 2, 3]) await store.merge(0, long("a", at));
  await store.merge(0, record("b", { value: noise(20_000), expiresAtMs: 5 }));
  await store.merge(0, long("c"));
  await store.drop(0, "c", v(1));
  await store.sweepExpired(5, 10);
  for (const text of ["x".repeat(90_000), "y".repeat(90_000)]) await store.saveDocument("claims", text);
  await store.close();
  assertEquals(await directory.rows(), { c: 4 + 2, d: 1, m: 3, r: 2 });
});

Deno.test("pieces without a head are swept when the store opens", async () => {
  await using directory = new TestDirectory();
  const disk = new FailingDisk();
  const store = await directory.open({ openKv: disk.openKv });
  Object.assign(disk, { message: "power cut", passes: 2 });
  await assertRejects(
    () => store.merge(0, record("a", { value: noise(1_000_000) })),
    ChordError,
    "power cut",
  );
  const killed = await directory.asKilled();
  assertEquals(await killed.rows(), { c: 16, m: 3, u: 1 });

  const reopened = await killed.open();
  assertEquals([await reopened.get(0, "a"), reopened.count(everything)], [null, 0]);
  await reopened.close();
  assertEquals(await killed.rows(), { m: 3 });
  assertEquals(killed.events, ["store.uploadsSwept"]);
});

Deno.test("a failure that may have happened anyway is told as such, and nothing cached is trusted", async () => {
  await using directory = new TestDirectory();
  const disk = new FailingDisk();
  const store = await directory.open({ openKv: disk.openKv });
  await store.merge(0, record("a", { at: 1 }));
  disk.message = "database is locked";
  const failure = await assertRejects(() => store.merge(0, record("a", { at: 2 })), ChordError, "locked");
  assertEquals([failure.code, failure.data.definite], [errorCode.unavailable, false]);
  assertEquals(store.peek(0, "a"), undefined);
  assertEquals((await store.get(0, "a"))?.version, v(1));
});

Deno.test("a value beyond what one commit can replace is refused", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  const huge = { ...record("k".repeat(512)), value: new Uint8Array(8 * 1024 * 1024) };
  await assertRejects(() => store.merge(0, huge), TooLargeError);
});

Deno.test("long values are read whole while they are replaced", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open({ cacheBytesMax: 0 });
  await store.merge(0, long("a", 0));
  for (let at = 1; at <= 10; at++) {
    const merging = store.merge(0, long("a", at));
    const reads = await Promise.all([
      store.get(0, "a"),
      store.get(0, "a"),
      store.page(everything, null, roomy).then(({ records }) => records[0] ?? null),
    ]);
    for (const read of reads) assert(read?.version === v(at) || read?.version === v(at - 1));
    await merging;
    assertEquals((await store.get(0, "a"))?.version, v(at));
  }
  assertEquals(store.stats.checksumFailures, 0);
});

Deno.test("the cache stays within its bytes and prefers what was read", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open({ cacheBytesMax: 10_000 });
  for (let i = 0; i < 100; i++) {
    await store.merge(0, record(`${i}`));
    store.peek(0, "0");
  }
  assert(store.stats.cacheBytes <= 10_000);
  assertEquals(store.stats.cachedRecords, 13);
  assert(store.peek(0, "0") !== undefined);
  assertEquals(store.peek(0, "1"), undefined);
  assertEquals(await store.get(0, "1"), record("1"));
  assertEquals(store.peek(0, "1"), record("1"), "what was read from disk is cached");
  await store.merge(0, record("large", { value: noise(2_000) }));
  assertEquals(store.peek(0, "large"), undefined, "one record may not push out the others");
});

Deno.test("a read that a merge overtook does not bring the old record back into the cache", async () => {
  await using directory = new TestDirectory();
  const before = await directory.open();
  await before.merge(0, record("a", { at: 1 }));
  await before.close();

  const slow = Promise.withResolvers<void>();
  const openKv = async (path: string) => {
    const kv = await Deno.openKv(path);
    const get = kv.get.bind(kv);
    const slowGet = async (key: Deno.KvKey) => {
      const entry = await get(key);
      if (key[0] === "r") await slow.promise;
      return entry;
    };
    return Object.assign(kv, { get: slowGet });
  };
  const store = await directory.open({ openKv });
  const reading = store.get(0, "a");
  await store.merge(0, record("a", { at: 2 }));
  slow.resolve();
  assertEquals((await reading)?.version, v(1), "it began before the merge");
  assertEquals(store.peek(0, "a")?.version, v(2));
});

Deno.test("the cache does not keep a request body alive for a few bytes of it", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  const body = noise(100_000);
  await store.merge(0, record("a", { value: body.subarray(10, 20) }));
  assertEquals(store.peek(0, "a")?.value?.buffer.byteLength, 10);
  assertEquals(store.peek(0, "a")?.value, body.slice(10, 20));
});

Deno.test("one key in two partitions is two records", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  await store.merge(1, record("a", { value: "one" }));
  await store.merge(2, record("a", { value: "two" }));
  assertEquals(await store.get(1, "a"), record("a", { value: "one" }));
  assertEquals(await store.get(2, "a"), record("a", { value: "two" }));
  await store.drop(1, "a", v(1));
  assertEquals([await store.get(1, "a"), store.count(everything)], [null, 1]);
});
