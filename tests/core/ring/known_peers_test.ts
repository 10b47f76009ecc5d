import { assertEquals } from "@std/assert";
import { IdSpace } from "../../../core/id.ts";
import { nodeIdOf, type NodeRef } from "../../../core/node_ref.ts";
import { KnownPeers, knownPeersMax } from "../../../core/ring/known_peers.ts";
import { at, idsOf, node, nodes } from "../circle.ts";

Deno.test("KnownPeers.all() has the most recently met first, each once", () => {
  const known = new KnownPeers(node("40"), nodes("10 20 30"));
  assertEquals(idsOf(known.all()), "30 20 10");
  known.meet(node("10"));
  assertEquals(idsOf(known.all()), "10 30 20", "met again");
  assertEquals(known.size, 3);
});

Deno.test("KnownPeers: a node is not its own peer", () => {
  const known = new KnownPeers(node("40"), nodes("40"));
  known.meet(node("40"));
  assertEquals(known.size, 0);
});

Deno.test("KnownPeers.get() and forget()", () => {
  const known = new KnownPeers(node("40"), nodes("10 20"));
  assertEquals(known.get(at("10")), node("10"));
  known.forget(at("10"));
  assertEquals(known.get(at("10")), null);
  assertEquals(idsOf(known.all()), "20");
});

Deno.test("KnownPeers: remembers 1,024 and lets the longest unheard go first", () => {
  const space = new IdSpace(160);
  const refs: NodeRef[] = Array.from({ length: 1_500 }, (_, i) => {
    const url = `http://n${i}`;
    return { id: nodeIdOf(space, "rondo", url), url };
  });
  const self: NodeRef = { id: space.hashId("self"), url: "http://self" };
  const known = new KnownPeers(self, refs.slice(0, 1_024));
  const first = refs[0] as NodeRef;
  known.meet(first);
  for (const ref of refs.slice(1_024)) {
    const forgotten = known.meet(ref);
    assertEquals(forgotten === null || known.get(forgotten.id) === null, true, "whoever made room is told");
    assertEquals(known.size <= knownPeersMax, true);
  }
  assertEquals(knownPeersMax, 1_024);
  assertEquals(known.size, 1_024);
  assertEquals(known.get(first.id), first, "heard again in time");
  assertEquals(known.get((refs[1] as NodeRef).id), null, "the oldest");
  assertEquals(known.all()[0], refs.at(-1));
});
