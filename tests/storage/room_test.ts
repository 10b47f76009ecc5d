import { assert, assertEquals, assertRejects } from "@std/assert";
import { ChordError, errorCode } from "../../core/errors.ts";
import { DiskQuota } from "../../node/disk_quota.ts";
import { usedBytes } from "../../storage/kv/used_bytes.ts";
import { TestDirectory } from "./kv_fixture.ts";
import { noise, record, v } from "./records.ts";

const long = (key: string, at = 1) => record(key, { at, value: noise(60_000 + at) });

Deno.test("DiskQuota is crowded from 85 % on and full from 95 % on, and says when that changes", () => {
  const events: unknown[] = [];
  let used = 0;
  const quota = new DiskQuota({
    bytesMax: 1_000,
    used: () => {
      if (Number.isNaN(used)) throw new Error("the file is not there");
      return used;
    },
    log: (_level, event, fields) => events.push(fields?.["state"] ?? event),
  });
  const rows: [used: number, isCrowded: boolean, isFull: boolean][] = [
    [849, false, false],
    [850, true, false],
    [949, true, false],
    [950, true, true],
    [NaN, true, true],
    [2_000, true, true],
    [900, true, false],
    [10, false, false],
  ];
  for (const [bytes, isCrowded, isFull] of rows) {
    used = bytes;
    quota.measure();
    assertEquals([quota.isCrowded(), quota.isFull()], [isCrowded, isFull], String(bytes));
  }
  assertEquals(events, ["crowded", "full", "disk.notMeasured", "crowded", "roomy"]);
});

Deno.test("a store without room left refuses values, takes deletions and documents, and heals by itself", async () => {
  await using directory = new TestDirectory();
  const state = { isFull: false };
  const room = { isCrowded: () => state.isFull, isFull: () => state.isFull };
  const store = await directory.open({ room });
  await store.merge(0, record("a"));

  state.isFull = true;
  const refused = await assertRejects(() => store.merge(0, record("b")), ChordError);
  assertEquals([refused.code, refused.data.definite], [errorCode.storageFull, true]);
  assertEquals([store.isWritable(), store.isCrowded()], [false, true]);
  await store.saveDocument("views", "what a node has to remember");
  await store.merge(0, record("a", { at: 2, value: null }));
  assert(await store.drop(0, "a", v(2)));

  state.isFull = false;
  assertEquals(store.isWritable(), true, "the next write need not be refused first");
  await store.merge(0, record("b"));
});

Deno.test("usedBytes() counts what is in use, not what the file has grown to", async () => {
  await using directory = new TestDirectory();
  const store = await directory.open();
  const before = usedBytes(directory.file);
  for (let i = 0; i < 50; i++) await store.merge(0, long(`k${i}`));
  const filled = usedBytes(directory.file);
  assert(filled - before > 50 * 60_000, `${before} and then ${filled}`);
  await store.clear();
  const cleared = usedBytes(directory.file);
  assert(cleared < before + 200_000, `${before}, ${filled} and then ${cleared}`);
});
