import { assert, assertEquals, assertRejects } from "@std/assert";
import { RondoError } from "../../client/mod.ts";
import { emptySnapshot, type RingSnapshot } from "../../components/ring/snapshot.ts";
import { NodeReach } from "../../islands/node_reach.ts";
import { walkSnapshots } from "../../islands/ring_walker.ts";
import { FakeTiming } from "../client/fake_timing.ts";
import { FakeRing, ownUrl } from "./fake_ring.ts";

function reachOf(ring: FakeRing, timing = new FakeTiming()): NodeReach {
  return new NodeReach({ ownUrl, fetch: ring.fetch, timing });
}

async function walk(
  ring: FakeRing,
  reach = reachOf(ring),
  before = emptySnapshot("test"),
): Promise<RingSnapshot[]> {
  const seen: RingSnapshot[] = [];
  for await (const snapshot of walkSnapshots(reach, before, { wallNow: () => 1_000 })) seen.push(snapshot);
  return seen;
}

async function whole(ring: FakeRing): Promise<RingSnapshot> {
  const last = (await walk(ring)).at(-1);
  if (last === undefined) throw new Error("Cannot see a ring: the walk showed nothing");
  return last;
}

Deno.test("a page finds every node by going from successor to successor", async () => {
  for (const count of [1, 2, 5, 12]) {
    const ring = new FakeRing(count);
    const { nodes, isClosed, isWalking, selfId } = await whole(ring);
    assertEquals(nodes.map(({ id }) => id), ring.nodes.map(({ id }) => id), `${count} nodes`);
    assertEquals([isClosed, isWalking, selfId], [true, false, ring.at(0).id]);
    assert(nodes.every(({ state, isInRing }) => state === "live" && isInRing));
  }
});

Deno.test("a page shows each node as it is found, and those that were named as not seen yet", async () => {
  const seen = await walk(new FakeRing(6));
  assertEquals(seen.map(({ nodes }) => nodes.filter(({ state }) => state === "live").length), [
    1,
    2,
    3,
    4,
    5,
    6,
    6,
  ]);
  assertEquals(seen[0]?.nodes.filter(({ state }) => state === "unknown").length, 3);
  assertEquals(seen.map(({ walkedAtMs }) => walkedAtMs), [null, null, null, null, null, null, 1_000]);
});

Deno.test("a node that the browser cannot reach is asked through the serving node, and marked", async () => {
  const ring = new FakeRing(5);
  ring.walled.add(ring.at(2).id);
  const { nodes } = await whole(ring);
  assertEquals(nodes.map(({ reach }) => reach), ["own", "direct", "relayed", "direct", "direct"]);
  assertEquals(nodes[2]?.state, "live");
});

Deno.test("a node that did not answer the browser is left alone for a while, then tried again", async () => {
  const ring = new FakeRing(2);
  const timing = new FakeTiming();
  const reach = reachOf(ring, timing);
  const direct = () => ring.asked.filter((url) => url.startsWith(ring.at(1).url)).length;
  ring.walled.add(ring.at(1).id);
  await walk(ring, reach);
  await walk(ring, reach);
  assertEquals(direct(), 1);
  ring.walled.clear();
  await timing.sleep(30_001);
  const last = (await walk(ring, reach)).at(-1);
  assertEquals(last?.nodes[1]?.reach, "direct");
});

Deno.test("the walk goes past a silent node, which is suspect or, if its neighbours say so, dead", async () => {
  for (const [health, state] of [["alive", "suspect"], ["suspect", "suspect"], ["dead", "dead"]] as const) {
    const ring = new FakeRing(5);
    ring.dead.add(ring.at(3).id);
    ring.health.set(ring.at(3).id, health);
    const { nodes, isClosed } = await whole(ring);
    assertEquals(nodes.map((node) => node.state), ["live", "live", "live", state, "live"], health);
    assertEquals([nodes[3]?.reach, isClosed], [null, true]);
    assert(nodes[3]?.why !== null);
  }
});

Deno.test("what a node says of itself is its state", async () => {
  const rows: [says: Record<string, unknown>, state: string, isInRing: boolean][] = [
    [{ ready: false, reason: "12 partitions are not complete" }, "syncing", true],
    [{ phase: "joining" }, "syncing", false],
    [{ phase: "leaving" }, "leaving", true],
  ];
  for (const [says, state, isInRing] of rows) {
    const ring = new FakeRing(4);
    ring.changes.set(ring.at(2).id, says);
    const node = (await whole(ring)).nodes[2];
    assertEquals([node?.state, node?.isInRing], [state, isInRing], JSON.stringify(says));
  }
});

Deno.test("another node that answers at an address is not taken for the one that was there", async () => {
  const ring = new FakeRing(3);
  ring.changes.set(ring.at(1).id, { id: ring.at(2).id });
  const node = (await whole(ring)).nodes[1];
  assertEquals([node?.state, node?.why], ["suspect", "Another node answers at its address"]);
});

Deno.test("while a page walks again it shows what it knew", async () => {
  const ring = new FakeRing(5);
  const reach = reachOf(ring);
  const before = (await walk(ring, reach)).at(-1);
  const again = await walk(ring, reach, before);
  assertEquals(again.map(({ nodes }) => nodes.length), [5, 5, 5, 5, 5, 5]);
  assert(again.every(({ nodes }) => nodes.every(({ state }) => state === "live")));
});

Deno.test("without the serving node there is no walk", async () => {
  const ring = new FakeRing(3);
  ring.dead.add(ring.at(0).id);
  await assertRejects(() => walk(ring), RondoError);
});
