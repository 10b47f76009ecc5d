import { assertEquals } from "@std/assert";
import { MemoryStore } from "../../storage/memory_store.ts";
import { everything, record, testStore } from "./store_suite.ts";

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
