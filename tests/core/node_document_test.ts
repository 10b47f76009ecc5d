import { assertEquals, assertRejects } from "@std/assert";
import { afterVote, foundingState, type PartitionState } from "../../core/data/partition_state.ts";
import { ChordError } from "../../core/errors.ts";
import {
  clearNodeDocument,
  DocumentSaver,
  loadNodeDocument,
  type NodeDocument,
  saveNodeDocument,
} from "../../core/node_document.ts";
import { MemoryStore } from "../../storage/memory_store.ts";
import { node, nodes } from "./circle.ts";
import { ballot, replica, view } from "./data/replica_names.ts";

const member = { ...foundingState(replica("a")), view: view(7, "abc", "abd") };
/** A copy that is sealed and damaged, and one that others keep now. */
const voter = afterVote({ ...member, isSynced: false, isDamaged: true }, ballot(3), [replica("a2")]);
const former = { ...member, view: view(8, "bcd", "abc"), isSynced: false, removedAtMs: 1_000 };

const document: NodeDocument = {
  self: node("40"),
  incarnation: 3,
  predecessor: node("20"),
  successors: nodes("60 80"),
  anchored: true,
  peers: nodes("20 60 80"),
  disk: "1",
  clockBoundMs: 12_345,
  contactAtMs: 67_890,
  forgotten: [replica("d")],
  states: [
    { first: 0, last: 3, state: member },
    { first: 4, last: 4, state: voter as PartitionState },
    { first: 9, last: 15, state: former },
  ],
};

/** A store whose documents are written when the test says so. */
class SlowStore extends MemoryStore {
  readonly writing: (() => void)[] = [];
  saved = 0;

  override async saveDocument(name: string, text: string): Promise<void> {
    await new Promise<void>((resolve) => this.writing.push(resolve));
    this.saved++;
    await super.saveDocument(name, text);
  }

  async letGo(): Promise<void> {
    this.writing.shift()?.();
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
}

Deno.test("saveNodeDocument() and loadNodeDocument(): nothing is forgotten over a restart", async () => {
  const store = new MemoryStore();
  assertEquals(await loadNodeDocument(store), null, "a new store belongs to nobody");
  await saveNodeDocument(store, document);
  const { format, ...loaded } = await loadNodeDocument(store) as NodeDocument & { format: number };
  assertEquals([format, loaded], [2, document]);
});

Deno.test("clearNodeDocument(): a node that left for good is forgotten", async () => {
  const store = new MemoryStore();
  await saveNodeDocument(store, document);
  await clearNodeDocument(store);
  assertEquals(await loadNodeDocument(store), null);
});

Deno.test("loadNodeDocument() refuses what it cannot read, rather than beginning anew", async () => {
  for (const text of ["{", "{}", JSON.stringify({ format: 2 }), "null"]) {
    const store = new MemoryStore();
    await store.saveDocument("node", text);
    await assertRejects(() => loadNodeDocument(store), Error, undefined, text);
  }
});

Deno.test("loadNodeDocument() says which format it cannot read: the one of claims, and those to come", async () => {
  for (const format of [1, 3]) {
    const store = new MemoryStore();
    await store.saveDocument("node", JSON.stringify({ ...document, format }));
    await assertRejects(() => loadNodeDocument(store), ChordError, `(format ${format}, this one reads 2)`);
  }
});

Deno.test("DocumentSaver.save(): calls during a write share the next one, which is composed when its turn comes", async () => {
  const store = new SlowStore();
  let incarnation = 1;
  const saver = new DocumentSaver(store, () => ({ ...document, incarnation }));
  const first = saver.save();
  incarnation = 2;
  const shared = [saver.save(), saver.save(), saver.save()];
  incarnation = 3;
  await store.letGo();
  await first;
  assertEquals((await loadNodeDocument(store))?.incarnation, 1);
  await store.letGo();
  await Promise.all(shared);
  assertEquals([(await loadNodeDocument(store))?.incarnation, store.saved], [3, 2]);
});

Deno.test("DocumentSaver.save() goes on after a write that failed, and tells only who asked for that one", async () => {
  const store = new MemoryStore();
  let isFull = true;
  const failing: Pick<MemoryStore, "saveDocument"> = {
    saveDocument: (name, text) => isFull ? Promise.reject(new Error("full")) : store.saveDocument(name, text),
  };
  const saver = new DocumentSaver(Object.assign(Object.create(store), failing), () => document);
  const first = saver.save();
  const second = saver.save();
  isFull = false;
  await assertRejects(() => first, Error, "full");
  await second;
  assertEquals((await loadNodeDocument(store))?.incarnation, 3);
});
