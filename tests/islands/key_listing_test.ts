import { assertEquals } from "@std/assert";
import { type ListOptions, RondoError } from "../../client/mod.ts";
import type { KeyList } from "../../components/keys/listed_key.ts";
import { KeyListing, pageKeys } from "../../islands/key_listing.ts";

const listed = (key: string) => ({ key, size: 1, version: "v", expiresAt: null, role: "owner" });

type Page = { keys: ReturnType<typeof listed>[]; cursor: string | null; searched: number | null };

/** A client that answers with these pages in turn, and what it was asked. */
function scripted(...pages: (Page | RondoError | Promise<Page>)[]) {
  const asked: ListOptions[] = [];
  const page = async ({ signal, ...options }: ListOptions) => {
    asked.push(options);
    const answer = await pages[asked.length - 1];
    if (signal?.aborted) throw new RondoError("ABORTED", "Stopped", { definite: true });
    if (answer === undefined || answer instanceof Error) {
      throw answer ?? new RangeError("Nobody said what to answer");
    }
    return answer;
  };
  let list: KeyList | null = null;
  const listing = new KeyListing({ page }, (changed) => list = changed);
  return {
    asked,
    listing,
    shown: () => list as KeyList | null,
    keys: () => (list as KeyList | null)?.keys.map(({ key }) => key),
  };
}

const node = { prefix: "u:", scope: "node" } as const;
const ring = { prefix: "u:", scope: "ring" } as const;

Deno.test("a node's keys come page by page, as somebody wants more", async () => {
  const first = Array.from({ length: pageKeys }, (_, i) => listed(`u:${i}`));
  const { asked, listing, shown, keys } = scripted(
    { keys: first, cursor: "c", searched: null },
    { keys: [listed("u:0"), listed("u:last")], cursor: null, searched: null },
  );
  await listing.ask(node);
  assertEquals([shown()?.keys.length, shown()?.hasMore, shown()?.isLoading], [pageKeys, true, false]);
  await listing.more();
  assertEquals([keys()?.length, keys()?.at(-1), shown()?.hasMore], [pageKeys + 1, "u:last", false]);
  assertEquals(asked, [{ ...node, limit: pageKeys }, { ...node, limit: pageKeys, cursor: "c" }]);
});

Deno.test("a search of the ring goes on through empty parts, and says how far it is", async () => {
  const { asked, listing, shown, keys } = scripted(
    { keys: [], cursor: "a", searched: 0.3 },
    { keys: [listed("u:1")], cursor: "b", searched: 0.7 },
    { keys: [], cursor: null, searched: 1 },
  );
  await listing.ask(ring);
  assertEquals([keys(), shown()?.searched, shown()?.hasMore], [["u:1"], 1, false]);
  assertEquals(asked.map(({ cursor, limit }) => [cursor, limit]), [
    [undefined, pageKeys],
    ["a", pageKeys],
    ["b", pageKeys - 1],
  ]);
});

Deno.test("a search can be stopped, and goes on where it was", async () => {
  const slow = Promise.withResolvers<Page>();
  const { asked, listing, shown, keys } = scripted(
    { keys: [listed("u:1")], cursor: "a", searched: 0.5 },
    slow.promise,
    { keys: [listed("u:2")], cursor: null, searched: 1 },
  );
  const asking = listing.ask(ring);
  while (asked.length < 2) await Promise.resolve();
  listing.stop();
  slow.resolve({ keys: [listed("never")], cursor: null, searched: 1 });
  await asking;
  assertEquals([keys(), shown()?.hasMore, shown()?.isLoading], [["u:1"], true, false]);
  await listing.more();
  assertEquals([keys(), asked.at(-1)?.cursor, shown()?.hasMore], [["u:1", "u:2"], "a", false]);
});

Deno.test("a new question keeps what is shown until its answer, and the late answer to the old one is dropped", async () => {
  const late = Promise.withResolvers<Page>();
  const { asked, listing, shown, keys } = scripted(
    { keys: [listed("u:1")], cursor: null, searched: null },
    late.promise,
    { keys: [listed("v:1")], cursor: null, searched: null },
  );
  await listing.ask(node);
  const second = listing.ask({ ...node, prefix: "v" });
  assertEquals([keys(), shown()?.isOld], [["u:1"], true]);
  const third = listing.ask({ ...node, prefix: "v:" });
  late.resolve({ keys: [listed("late")], cursor: null, searched: null });
  await Promise.all([second, third]);
  assertEquals([keys(), shown()?.isOld, asked.length], [["v:1"], false, 3]);
});

Deno.test("a failure keeps what was found, says why, and can be tried again", async () => {
  const failure = new RondoError("UNCERTAIN", "Cannot tell", { definite: true, requestId: "r" });
  const { listing, shown, keys } = scripted(
    { keys: [listed("u:1")], cursor: "a", searched: 0.5 },
    failure,
    { keys: [listed("u:2")], cursor: null, searched: 1 },
  );
  await listing.ask(ring);
  assertEquals([keys(), shown()?.problem], [["u:1"], { message: "Cannot tell", requestId: "r" }]);
  await listing.more();
  assertEquals([keys(), shown()?.problem], [["u:1", "u:2"], null]);
});

Deno.test("what the page changes is shown at once, where it belongs to the list", async () => {
  const { listing, shown, keys } = scripted({ keys: [listed("u:1")], cursor: null, searched: null });
  await listing.ask(node);
  listing.put({ ...listed("u:1"), size: 9 });
  listing.put(listed("u:2"));
  listing.put(listed("other"));
  assertEquals([keys(), shown()?.keys[1]?.size], [["u:2", "u:1"], 9]);
  listing.remove(new Set(["u:1", "other"]));
  assertEquals(keys(), ["u:2"]);
});
