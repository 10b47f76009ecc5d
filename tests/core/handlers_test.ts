import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { toWire } from "../../core/data/wire_record.ts";
import { makeRecord } from "../../core/data/record.ts";
import { ChordError, ForbiddenError, InvalidParamsError } from "../../core/errors.ts";
import type { Id } from "../../core/id.ts";
import { nodeIdOf, type NodeRef } from "../../core/node_ref.ts";
import { SmallWorld } from "./small_world.ts";
import { call, three } from "./wire_call.ts";

/** A node whose id does not follow from its address. */
const impostor: NodeRef = { id: "0".repeat(40) as Id, url: "http://impostor" };

Deno.test("chord.ping says which life of which node answers, over which disk", async () => {
  const { small, node } = await three();
  const { id, phase, incarnation, disk } = await call(small, node, "chord.ping", {});
  assertEquals([id, phase, incarnation, disk], [node.self.id, "member", 2, node.disk]);
});

Deno.test("chord.neighbors says what the node points at", async () => {
  const { small, node, other } = await three();
  const { predecessor, successors, phase, anchored, disk } = await call(small, node, "chord.neighbors", {});
  assertEquals([successors[0], successors[1], predecessor?.id], [
    other.self,
    predecessor,
    small.ring[2]?.self.id,
  ]);
  assertEquals([phase, anchored, disk], ["member", true, node.disk]);
});

Deno.test("chord.lookupStep names the owner, and refuses an id of another width", async () => {
  const { small, node } = await three();
  const step = await call(small, node, "chord.lookupStep", { target: node.self.id });
  assertEquals(step.kind === "owner" && step.owner, node.self);
  for (const target of ["40", "f".repeat(39)]) {
    const lookup = () => call(small, node, "chord.lookupStep", { target: target as Id });
    await assertRejects(lookup, InvalidParamsError, "it takes 40 hex digits");
  }
});

Deno.test("every method that names nodes refuses an id that does not follow from the address", async () => {
  const { small, node, other } = await three();
  const before = node.member.state;
  const members = [{ ...impostor, disk: "d" }];
  const ranges = [{ first: 0, last: 63 }];
  const view = { epoch: 9, members, previous: [] };
  const ballot = `000000000001.0000.${node.self.id}`;
  const calls: (() => Promise<unknown>)[] = [
    () => call(small, node, "chord.notify", { node: impostor }),
    () => call(small, node, "chord.probe", { node: impostor }),
    () => call(small, node, "chord.restarting", { node: impostor, backWithinMs: 1_000 }),
    () => call(small, node, "chord.leave", { node: impostor, predecessor: null, successors: [] }),
    () => call(small, node, "chord.leave", { node: other.self, predecessor: impostor, successors: [] }),
    () => call(small, node, "chord.leave", { node: other.self, predecessor: null, successors: [impostor] }),
    () => call(small, node, "partition.learn", { views: [{ first: 0, last: 63, view }] }),
    () => call(small, node, "partition.prepare", { view, ballot, ranges }),
    () => call(small, node, "partition.accept", { epoch: 9, ballot, members, ranges }),
  ];
  for (const refused of calls) {
    await assertRejects(refused, InvalidParamsError, "does not follow from its address");
  }
  await small.advance(3_000);
  assertEquals(node.member.state, before);
});

Deno.test("nobody says of another that it goes", async () => {
  const { small, node, other } = await three();
  const before = node.member.state;
  const third = small.host(2).ref;
  const leave = { node: other.self, predecessor: null, successors: [] };
  const restart = { node: other.self, backWithinMs: 1_000 };
  await assertRejects(
    () => call(small, node, "chord.leave", leave, third.id),
    ForbiddenError,
    "another node says so",
  );
  await assertRejects(() => call(small, node, "chord.restarting", restart, third.id), ForbiddenError);
  await small.advance(1_000);
  assertEquals([node.member.state, node.member.peers.health(other.self.id)], [before, "alive"]);
  assertEquals(await call(small, node, "chord.restarting", restart, other.self.id), {});
  assertEquals(node.member.peers.health(other.self.id), "suspect", "of itself it may");
});

Deno.test("chord.notify of a stranger of this cluster that does not answer changes nothing", async () => {
  const { small, node } = await three();
  const url = "http://nobody";
  const stranger = { id: nodeIdOf(small.world.space, small.world.config.cluster, url), url };
  const before = node.member.state;
  for (const as of ["predecessor", "successor"] as const) {
    assertEquals(await call(small, node, "chord.notify", { node: stranger, as }), {});
  }
  await small.advance(3_000);
  assertEquals(node.member.state, before);
});

Deno.test("node.info says what the node is, and why it is not ready", async () => {
  const { small, node } = await three();
  const info = await call(small, node, "node.info", {});
  const { id, url, bits, partitions, phase, ready, reason } = info;
  assertEquals({ id, url }, node.self);
  assertEquals([bits, partitions, phase, ready, reason], [160, 64, "member", true, null]);
  const owned = await Promise.all(small.ring.map(async (it) => (await it.info()).partitionsOwned));
  assertEquals(owned.reduce((sum, count) => sum + count), 64);
  assertEquals(
    [info.partitionsHeld, info.partitionsUnsynced],
    [64, 0],
    "of three everybody keeps everything",
  );

  const waiting = small.world.addHost();
  small.world.launch(waiting, ["http://nobody"]);
  await small.advance(1_000);
  const joining = waiting.life?.node as ChordNode;
  const { ready: isReady, reason: why } = await call(small, joining, "node.info", {});
  assertEquals([isReady, why], [false, "the node is joining"]);
});

Deno.test("node.fingers gives every finger with its start", async () => {
  const { small, node } = await three();
  await small.advance(20_000);
  const { entries } = await call(small, node, "node.fingers", {});
  assertEquals(entries.map(({ index }) => index), Array.from({ length: 160 }, (_, i) => i));
  assertEquals(entries[159]?.start, small.world.space.addPowerOfTwo(node.self.id, 159));
  assert(entries.every((entry) => entry.node !== null));
});

Deno.test("node.peers gives everyone known with an opinion of each", async () => {
  const { small, node } = await three();
  const dead = small.host(2).ref;
  small.world.crash(small.host(2));
  await small.advance(15_000);
  const { peers } = await call(small, node, "node.peers", {});
  assertEquals(
    peers.map(({ node: { url }, health }) => `${url} ${health}`).toSorted(),
    [
      `${small.ring[1]?.self.url} alive`,
      `${dead.url} dead`,
    ].toSorted(),
  );
  for (const { lastSeenMs } of peers) assert(lastSeenMs !== null && lastSeenMs <= small.world.wallNow());
});

Deno.test("node.info counts what the node owns, keeps and holds", async () => {
  const small = await SmallWorld.ideal(5);
  await small.fill(50);
  const infos = await Promise.all(small.ring.map((it) => call(small, it, "node.info", {})));
  const sum = (count: (info: typeof infos[number]) => number) =>
    infos.reduce((total, info) => total + count(info), 0);
  assertEquals([sum((info) => info.partitionsOwned), sum((info) => info.partitionsHeld)], [64, 3 * 64]);
  assertEquals([sum((info) => info.keyCount), sum((info) => info.recordCount)], [50, 3 * 50]);
});

Deno.test("node.info is not ready while data of other nodes is waited for", async () => {
  const { small, node } = await three();
  const [key] = await small.fill(1) as [string];
  const [host, ...others] = small.hostsOfRing();
  assert(host !== undefined);
  const heal = small.world.partition([host], others);
  assert(host.disk.store.damage(node.partitionOf(key), key));
  await small.advance(2_000);
  const info = await call(small, node, "node.info", {});
  assertEquals([info.ready, info.partitionsUnsynced], [false, 1]);
  assertEquals(info.reason, "1 partitions wait for data of other nodes");
  heal();
  await small.advance(10_000);
  assertEquals((await call(small, node, "node.info", {})).reason, null);
});

Deno.test("node.forget: only the gone are forgotten, by everybody, and then nothing of theirs is waited for", async () => {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(40);
  const [node, other] = small.ring as [ChordNode, ChordNode];
  const alive = () => call(small, node, "node.forget", { id: other.self.id });
  await assertRejects(alive, ChordError, "it is alive");
  const short = () => call(small, node, "node.forget", { id: "40" as Id });
  await assertRejects(short, InvalidParamsError);
  const dead = [small.host(2), small.host(3)];
  for (const host of dead) small.world.crash(host);
  await small.advance(30_000);
  for (const { ref: { id } } of dead) {
    assert((await call(small, node, "node.forget", { id })).partitions > 0);
  }
  await small.advance(10_000);
  for (const { replicas } of small.ring) {
    assertEquals(replicas.givenUp.replicas.map(({ id }) => id), dead.map(({ ref }) => ref.id));
  }
  small.assertKept();
  await small.assertAllReadable(keys);
});

Deno.test("node.status counts what was refused, by its reason", async () => {
  const small = await SmallWorld.ideal(3);
  const [node] = small.ring as [ChordNode];
  const partition = node.partitionOf("k");
  const epoch = node.replicas.get(partition)?.view.epoch as number;
  const version = node.keys.clock.next();
  const record = toWire(
    makeRecord({ key: "k", value: null, version, expiresAtMs: null, requestId: null }),
  );
  const damaged = { ...record, checksum: record.checksum === 1 ? 2 : 1 };
  const write = () => call(small, node, "replica.write", { partition, epoch, record: damaged });
  await assertRejects(write, ChordError);
  const status = await call(small, node, "node.status", {});
  assertEquals(status.refusals, [{ reason: "badRecord", count: 1 }]);
});
