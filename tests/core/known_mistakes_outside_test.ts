import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { toWire } from "../../core/data/wire_record.ts";
import { InvalidParamsError, NotOwnerError, TooLargeError } from "../../core/errors.ts";
import { IdSpace } from "../../core/id.ts";
import { nodeIdOf, type NodeRef } from "../../core/node_ref.ts";
import { PartitionMap } from "../../core/partition.ts";
import { methods, pageRecordsMax } from "../../core/protocol.ts";
import { walkByNeighbors } from "../../transport/ring_walk.ts";
import { FakeNode } from "../transport/fake_node.ts";
import { SmallWorld } from "./small_world.ts";

/** Mistakes that others have made (see known_mistakes_test.ts): what comes in from outside, and who is asked. */

const timeout = { timeoutMs: 5_000 };

Deno.test("mistake 42: keys, values and pages over their limits are refused whole", async () => {
  const small = await SmallWorld.ideal(1, { valueBytesMax: 1_000 });
  const lone = small.ring[0] as ChordNode;
  for (const key of ["", "x".repeat(513), "é".repeat(257), "\ud800"]) {
    const put = () => small.put(lone, key, "v");
    assertEquals((await assertRejects(put, InvalidParamsError)).data.definite, true);
  }
  for (const key of ["x".repeat(512), "é".repeat(256)]) await small.put(lone, key, "v");
  await assertRejects(() => small.put(lone, "k", "x".repeat(1_001)), TooLargeError);
  await small.put(lone, "k", "x".repeat(1_000));
  const { record } = await small.get(lone, "k");
  assertEquals(record?.value?.length, 1_000);
  const push = (count: number) => ({
    epoch: 1,
    records: Array(count).fill(toWire(record as NonNullable<typeof record>)),
  });
  const isTaken = (count: number) => methods["partition.push"].params.safeParse(push(count)).success;
  assertEquals([isTaken(pageRecordsMax), isTaken(pageRecordsMax + 1)], [true, false]);
});

Deno.test("mistake 45: a key's place is the hash of its UTF-8 bytes, on every path", async () => {
  const small = await SmallWorld.ideal(3);
  const map = new PartitionMap(small.world.space, 64);
  const keys = ["köln", "ko\u0308ln", "😀", "日本", "a b/c%2F"];
  for (const [i, key] of keys.entries()) await small.put(small.ring[i % 3] as ChordNode, key, `${i}`);
  for (const node of small.ring) {
    for (const [i, key] of keys.entries()) {
      assertEquals(node.partitionOf(key), map.ofKey(key), key);
      assertEquals(await small.valueOf(node, key), `${i}`, `"${key}" is itself, however it looks`);
    }
  }
});

Deno.test("mistake 46: a refusal says who to ask, and a router with an old view ends up there", async () => {
  const small = await SmallWorld.ideal(5);
  const [stranger] = small.strangersTo("k") as [ChordNode];
  const error = await assertRejects(() => stranger.keys.read("k"), NotOwnerError);
  assert(error.data.hint !== undefined && error.data.definite);
  const [after, before] = small.widestGap;
  small.launch(small.hostBetween(after, before));
  const keys = await small.fill(20);
  await small.assertAllReadable(keys);
});

Deno.test("mistake 47: a walk around the ring ends, though the pointers never come back", async () => {
  const url = (n: number) => `http://127.0.0.1:${n}`;
  const ref = (n: number): NodeRef => ({ id: nodeIdOf(new IdSpace(160), "rondo", url(n)), url: url(n) });
  const walk = async (next: (n: number) => number) => {
    const start = new FakeNode({}, ref(0));
    let n = 0;
    const neighbors = () => {
      n = next(n);
      return { predecessor: null, successors: [ref(n)], phase: "member" as const, anchored: true };
    };
    start.answers["chord.neighbors"] = neighbors;
    start.peerAnswers["chord.neighbors"] = neighbors;
    let stops = 0;
    const hops = walkByNeighbors(start, timeout, () => 0);
    for (let step = await hops.next();; step = await hops.next()) {
      if (step.done) return { stops, isRound: step.value };
      stops++;
    }
  };
  assertEquals(await walk((n) => n + 1), { stops: 1_024, isRound: false }, "ever new nodes: the cap");
  assertEquals(await walk((n) => n === 3 ? 2 : n + 1), { stops: 4, isRound: false }, "a loop without us");
  assertEquals(await walk((n) => (n + 1) % 5), { stops: 5, isRound: true }, "an honest ring");
});
