import { assert, assertEquals, assertRejects } from "@std/assert";
import { withoutValue } from "../../core/data/record.ts";
import { ChordError, errorCode } from "../../core/errors.ts";
import { Reserve } from "../../storage/kv/reserve.ts";
import { FailingDisk, TestDirectory } from "./kv_fixture.ts";
import { everything, noise, record, v } from "./records.ts";

const long = (key: string, at = 1) => record(key, { at, value: noise(200_000 + at) });
const reserveBytesMax = 256 * 1024;

Deno.test("a full disk refuses writes, keeps what there is, and heals by itself", async () => {
  await using directory = new TestDirectory();
  const disk = new FailingDisk();
  const store = await directory.open({ openKv: disk.openKv });
  await store.merge(0, record("a", { at: 1, expiresAtMs: 10 }));

  disk.message = "database or disk is full";
  for (const passes of [0, 1]) {
    disk.passes = passes;
    const refused = await assertRejects(() => store.merge(0, long("b")), ChordError, "the disk is full");
    assertEquals([refused.code, refused.data.definite], [errorCode.storageFull, true]);
  }
  await assertRejects(() => store.merge(0, record("a", { at: 2 })), ChordError);
  await assertRejects(() => store.saveDocument("ring", ""), ChordError);
  await assertRejects(() => store.sweepExpired(10, 10), ChordError);
  assertEquals(store.stats.isWritable, false);
  assertEquals(store.peek(0, "a")?.version, v(1));
  assertEquals([await store.get(0, "b"), store.count(everything)], [null, 1]);

  disk.message = null;
  assertEquals(await store.sweepExpired(10, 10), 1, "what could not be swept is still due");
  assertEquals(await store.get(0, "a"), withoutValue(record("a", { at: 1, expiresAtMs: 10 })));
  await store.merge(0, long("b"));
  assertEquals([store.stats.isWritable, store.count(everything)], [true, 2]);
  await store.close();
  assertEquals(await directory.rows(), { c: 4, m: 3, r: 2 }, "the failed uploads are gone too");
});

Deno.test("on a full disk values are refused and deletions use the reserve", async () => {
  await using directory = new TestDirectory();
  const disk = new FailingDisk();
  const store = await directory.open({ openKv: disk.openKv, reserveBytesMax });
  const reserve = `${directory.path}/reserve`;
  assertEquals((await Deno.stat(reserve)).size, reserveBytesMax);
  for (const key of ["a", "b", "c"]) await store.merge(0, record(key));

  Object.assign(disk, { message: "database or disk is full", hasRoom: async () => !await exists(reserve) });
  const [value, tombstone] = await Promise.allSettled([
    store.merge(0, record("d")),
    store.merge(0, record("a", { at: 2, value: null })),
  ]);
  assertEquals([value.status, tombstone.status], ["rejected", "fulfilled"]);
  assertEquals(await exists(reserve), false);
  assertEquals(store.isWritable(), false, "a deletion does not prove that there is room for more");
  assert(await store.drop(0, "b", v(1)));
  await store.clear();
  assertEquals([store.count(everything), store.isWritable()], [0, false]);

  disk.message = null;
  await store.merge(0, record("d"));
  assertEquals([store.isWritable(), await exists(reserve)], [true, true], "first the reserve, then values");
});

Deno.test("a store whose disk has no room for the reserve is not writable until it has", async () => {
  await using directory = new TestDirectory();
  const reserve = `${directory.path}/reserve`;
  await Deno.mkdir(`${reserve}/in the way`, { recursive: true });
  const store = await directory.open({ reserveBytesMax });
  assertEquals(store.isWritable(), false);
  await assertRejects(() => store.merge(0, record("a")), ChordError, "the disk is full");
  await store.merge(0, record("b", { value: null }));
});

Deno.test("Reserve does not ask a full disk all the time", async () => {
  await using directory = new TestDirectory();
  const obstacle = `${directory.path}/reserve/in the way`;
  await Deno.mkdir(obstacle, { recursive: true });
  let nowMs = 0;
  const reserve = await Reserve.open(directory.path, reserveBytesMax, () => nowMs);
  await Deno.remove(`${directory.path}/reserve`, { recursive: true });
  nowMs = 899;
  assertEquals([await reserve.refill(), reserve.isSpent], [false, true]);
  nowMs = 900;
  assertEquals([await reserve.refill(), reserve.isSpent], [true, false]);
});

Deno.test("a store opens on a full disk with what earlier writes left behind", async () => {
  await using directory = new TestDirectory();
  const disk = new FailingDisk();
  const store = await directory.open({ openKv: disk.openKv });
  await store.merge(0, record("a"));
  Object.assign(disk, { message: "power cut", passes: 1 });
  await assertRejects(() => store.merge(0, long("b")), ChordError, "power cut");

  const killed = await directory.asKilled();
  const fullDisk = new FailingDisk();
  fullDisk.message = "database or disk is full";
  const reopened = await killed.open({ openKv: fullDisk.openKv });
  assertEquals([killed.events, await reopened.get(0, "a")], [["store.uploadsLeft"], record("a")]);
});

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
