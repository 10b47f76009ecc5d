import { assertEquals } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import type { NodeRef } from "../../core/node_ref.ts";
import type { Result } from "../../core/protocol.ts";
import { SmallWorld } from "./small_world.ts";

/** From now on, the node answers this method as the lie makes it. */
function lie(
  liar: ChordNode,
  method: "chord.lookupStep" | "chord.neighbors",
  make: (honest: Result<"chord.lookupStep"> & Result<"chord.neighbors">) => unknown,
): void {
  const { handle } = liar;
  liar.handle = async (asked, params, context) => {
    const honest = await handle.call(liar, asked, params, context);
    return (asked === method ? make(honest as never) : honest) as never;
  };
}

const madeUp: NodeRef = { id: "7".repeat(40) as NodeRef["id"], url: "http://made.up" };

Deno.test("a member that names nodes which are nowhere gets none of them into anybody's pointers", async () => {
  const small = await SmallWorld.ideal(8);
  const liar = small.ring[0] as ChordNode;
  lie(liar, "chord.neighbors", (honest) => ({ ...honest, successors: [madeUp, ...honest.successors] }));
  await small.advance(60_000);
  small.assertIdeal();
  for (const { member, self } of small.ring) {
    assertEquals(member.peers.known.get(madeUp.id), null, self.url);
    assertEquals(member.fingers.distinct().some(({ id }) => id === madeUp.id), false, self.url);
  }
});

Deno.test("a member that leads lookups astray is passed over, and every key is found all the same", async () => {
  const small = await SmallWorld.ideal(16);
  const keys = await small.fill(40);
  const liar = small.ring[3] as ChordNode;
  lie(liar, "chord.lookupStep", () => ({ kind: "owner", owner: madeUp, successors: [] }));
  const others = small.ring.filter((node) => node !== liar);
  for (const from of others) {
    for (const key of keys) {
      const position = small.world.partitions.position(small.world.partitions.ofKey(key));
      const { owner } = await small.run(from.member.ownerOf(position));
      assertEquals(owner.url, small.keepersOf(key)[0]?.self.url, `${key} from ${from.self.url}`);
    }
  }
  assertEquals(
    others.some(({ member }) => !member.peers.isWorthAsking(liar.self.id)),
    true,
    "it pays for it",
  );
  assertEquals(
    others.every(({ member }) => member.peers.isUsable(liar.self.id)),
    true,
    "as a keeper it stays",
  );
  await small.advance(10_000);
  small.assertIdeal();
});
