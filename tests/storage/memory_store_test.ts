import { assert, assertEquals, assertRejects } from "@std/assert";
import { emptyDigest } from "../../core/data/digest.ts";
import { ChordError, errorCode } from "../../core/errors.ts";
import { MemoryStore } from "../../storage/memory_store.ts";
import { everything, record, v } from "./records.ts";
import { testStore } from "./store_suite.ts";

class DisposableMemoryStore extends MemoryStore implements AsyncDisposable {
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

testStore("MemoryStore", () => Promise.resolve(new DisposableMemoryStore()));

Deno.test("MemoryStore: a call has taken effect when it returns, before its promise is awaited", async () => {
  const store = new MemoryStore("g");
  const merged = store.merge(0, record("a"));
  assertEquals(store.peek(0, "a"), record("a"));
  assertEquals([store.count(everything), store.generation], [1, "g"]);
  await merged;
});

Deno.test("MemoryStore: damage() takes a record away and tells, also whoever listens later", async () => {
  const store = new MemoryStore();
  const heard: string[] = [];
  store.onDamage((partition) => heard.push(`first ${partition}`));
  for (const key of ["a", "b"]) await store.merge(7, record(key));
  assert(store.damage(7, "a"));
  assert(!store.damage(7, "a"), "it is gone already");
  assert(!store.damage(8, "b"), "another partition");
  assertEquals([await store.get(7, "a"), store.count(everything)], [null, 1]);
  store.damage(7, "b");
  assertEquals(store.digest(7), emptyDigest);
  store.onDamage((partition) => heard.push(`second ${partition}`));
  assertEquals(heard, ["first 7", "first 7", "second 7"]);
});

Deno.test("MemoryStore: a full one refuses what it would have to keep, and nothing else", async () => {
  const store = new MemoryStore();
  for (const key of ["a", "b"]) await store.merge(0, record(key));
  await store.saveDocument("ring", "state");
  store.isFull = true;
  assertEquals(store.isWritable(), false);
  for (const write of [() => store.merge(0, record("c")), () => store.saveDocument("ring", "new")]) {
    const refused = await assertRejects(write, ChordError, "the disk is full");
    assertEquals([refused.code, refused.data.definite], [errorCode.storageFull, true]);
  }
  assertEquals(await store.merge(0, record("a")), record("a"), "there is nothing to write");
  assertEquals([await store.get(0, "a"), await store.loadDocument("ring")], [record("a"), "state"]);
  assert(await store.drop(0, "a", v(1)));
  await store.clear();
  assertEquals(store.count(everything), 0);
  store.isFull = false;
  await store.merge(0, record("c"));
  assertEquals(store.isWritable(), true);
});
