import { assert, assertEquals, assertRejects } from "@std/assert";
import { ChordError } from "../../core/errors.ts";
import type { KvStore } from "../../storage/kv_store.ts";
import { firstKey, flipBit, lastKey, TestDirectory } from "./kv_fixture.ts";
import { digestOf, everything, noise, readAll, record, roomy, v } from "./records.ts";

/** Ways to harm the record "a", which is a long one where pieces are harmed. */
const harms: readonly (readonly [name: string, harm: (kv: Deno.Kv) => Promise<unknown>])[] = [
  ["a flipped bit in the head", (kv) => flipBit(kv, ["r", 0, "a"], -1)],
  ["a flipped bit in the version", (kv) => flipBit(kv, ["r", 0, "a"], 25)],
  ["a head of another format", (kv) => kv.set(["r", 0, "a"], new Uint8Array(100))],
  ["a head that is cut short", (kv) => kv.set(["r", 0, "a"], new Uint8Array(3))],
  ["a head that is no bytes", (kv) => kv.set(["r", 0, "a"], "text")],
  ["a flipped bit in a piece", async (kv) => await flipBit(kv, await firstKey(kv, "c"), 9)],
  ["a missing piece", async (kv) => await kv.delete(await firstKey(kv, "c"))],
  ["a piece that is too short", async (kv) => await kv.set(await firstKey(kv, "c"), new Uint8Array(7))],
  ["a piece that is too long", async (kv) => await kv.set(await lastKey(kv, "c"), new Uint8Array(65_536))],
];

const isSeenAtOpen = (name: string) => name.startsWith("a head");

/** A closed store with the records "a", of version 5, and "b" in partition 0. */
async function prepare(directory: TestDirectory, isLong: boolean): Promise<void> {
  const store = await directory.open();
  await store.merge(0, record("a", { at: 5, value: isLong ? noise(200_000) : "value" }));
  await store.merge(0, record("b"));
  await store.close();
}

function listen(store: KvStore): number[] {
  const heard: number[] = [];
  store.onDamage((partition) => heard.push(partition));
  return heard;
}

/** Asks for the damaged "a" in the given way, and checks that nothing of it is served. */
async function ask(store: KvStore, way: string): Promise<void> {
  if (way === "get") assertEquals(await store.get(0, "a"), null);
  if (way === "drop") assertEquals(await store.drop(0, "a", v(5)), false);
  if (way === "page") assertEquals((await readAll(store, everything)).map(({ key }) => key), ["b"]);
  if (way === "merge") assertEquals((await store.merge(0, record("a", { at: 1 }))).version, v(1));
  if (way === "scrub") assertEquals((await store.scrub(10)).isWrapped, true);
}

for (const [name, harm] of harms) {
  Deno.test(`${name}: the record counts as missing, is reported, and gives way to a repair`, async () => {
    for (const way of ["get", "page", "merge", "drop", "scrub"]) {
      await using directory = new TestDirectory();
      await prepare(directory, name.includes("piece"));
      await directory.tamper(harm);
      const store = await directory.open();
      const heard = listen(store);
      assertEquals(heard, isSeenAtOpen(name) ? [0] : [], way);
      await ask(store, way);
      assertEquals(heard, [0], way);
      assertEquals(store.digest(0), await digestOf(store, 0), way);
      assertEquals(store.count(everything), way === "merge" ? 2 : 1, way);

      assertEquals((await store.merge(0, record("a", { at: 1 }))).version, v(1), "even by an older version");
      assertEquals([store.stats.checksumFailures, store.count(everything), heard], [1, 2, [0]], way);
      assertEquals(store.digest(0), await digestOf(store, 0), way);
      assertEquals(store.stats.valueBytes, 10, way);
      assertEquals(directory.events, ["store.recordDamaged"], way);
      await store.close();
      assertEquals((await directory.rows()).c, undefined, "no pieces are left");
    }
  });
}

Deno.test("the listener hears of the damage before the reader gets its answer", async () => {
  await using directory = new TestDirectory();
  await prepare(directory, false);
  await directory.tamper((kv) => flipBit(kv, ["r", 0, "a"], -1));
  const store = await directory.open();
  const order: string[] = [];
  store.onDamage((partition) => order.push(`damage in ${partition}`));
  await store.get(0, "a").then(() => order.push("answer"));
  assertEquals(order, ["damage in 0", "answer"]);
});

Deno.test("what went wrong while the store was open is counted right, too", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open({ cacheBytesMax: 0 });
  for (const key of ["a", "b"]) await store.merge(0, record(key, { at: 5 }));
  await directory.tamper((kv) => flipBit(kv, ["r", 0, "a"], 25));
  assertEquals(await store.get(0, "a"), null);
  assertEquals([store.count(everything), store.digest(0)], [1, await digestOf(store, 0)]);
});

Deno.test("a damaged document counts as missing, and is no partition's damage", async () => {
  await using directory = new TestDirectory();
  const before = await directory.open();
  await before.saveDocument("ring", "state");
  await before.close();
  await directory.tamper((kv) => flipBit(kv, ["d", "ring"], -1));
  const store = await directory.open();
  const heard = listen(store);
  assertEquals([await store.loadDocument("ring"), store.stats.checksumFailures], [null, 1]);
  await store.saveDocument("ring", "new");
  assertEquals([await store.loadDocument("ring"), heard], ["new", []]);
});

/** A database whose reads can be told to fail. */
function failingReads() {
  const disk = { isBroken: false };
  const guard = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => (...args: A) =>
    disk.isBroken ? Promise.reject(new TypeError("database disk image is malformed")) : call(...args);
  const openKv = async (path: string) => {
    const kv = await Deno.openKv(path);
    const list = kv.list.bind(kv);
    return Object.assign(kv, {
      get: guard(kv.get.bind(kv)),
      getMany: guard(kv.getMany.bind(kv)),
      list: (...args: Parameters<Deno.Kv["list"]>) => {
        const rows = list(...args);
        return Object.assign(rows, { next: guard(rows.next.bind(rows)) });
      },
    }) as Deno.Kv;
  };
  return Object.assign(disk, { openKv });
}

Deno.test("a disk that cannot be read fails the calls that need it, and is not taken for an absence", async () => {
  await using directory = new TestDirectory();
  await prepare(directory, false);
  const disk = failingReads();
  const store = await directory.open({ openKv: disk.openKv });
  disk.isBroken = true;
  const calls: (() => Promise<unknown>)[] = [
    () => store.get(0, "a"),
    () => store.page(everything, null, roomy),
    () => store.merge(0, record("a", { at: 9 })),
    () => store.drop(0, "a", v(5)),
    () => store.clear(),
    () => store.loadDocument("ring"),
    () => store.saveDocument("ring", ""),
  ];
  for (const call of calls) await assertRejects(call, ChordError, "database disk image is malformed");
  await store.merge(0, record("new"));
  disk.isBroken = false;
  assertEquals((await store.get(0, "a"))?.version, v(5));
  assertEquals(store.digest(0), await digestOf(store, 0));
});

Deno.test("one bad page fails the writes that need it, and not those that travel with them", async () => {
  await using directory = new TestDirectory();
  await prepare(directory, false);
  const openKv = async (path: string) => {
    const kv = await Deno.openKv(path);
    const [get, getMany] = [kv.get.bind(kv), kv.getMany.bind(kv)];
    const isBad = (key: Deno.KvKey) => key[0] === "r" && key[2] === "a";
    const bad = () => Promise.reject(new TypeError("database disk image is malformed"));
    return Object.assign(kv, {
      get: (key: Deno.KvKey) => isBad(key) ? bad() : get(key),
      getMany: (keys: Deno.KvKey[]) => keys.some(isBad) ? bad() : getMany(keys),
    }) as Deno.Kv;
  };
  const store = await directory.open({ openKv });
  const [a, b] = await Promise.allSettled([
    store.merge(0, record("a", { at: 9 })),
    store.merge(0, record("b", { at: 9 })),
  ]);
  assert(a.status === "rejected" && a.reason instanceof ChordError && a.reason.data.definite);
  assertEquals(b.status, "fulfilled");
  assertEquals(store.isWritable(), true);
});
