import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import {
  ChordError,
  DrainingError,
  errorCode,
  InvalidParamsError,
  NotOwnerError,
} from "../../core/errors.ts";
import type { Id } from "../../core/id.ts";
import { nodeIdOf, type NodeRef } from "../../core/node_ref.ts";
import {
  type MethodDefinition,
  type MethodName,
  methods,
  type Params,
  type Result,
} from "../../core/protocol.ts";
import { SmallWorld } from "./small_world.ts";

/** Calls a node as the wire does: parameters and result go through JSON and the method table. */
async function call<M extends MethodName>(
  small: SmallWorld,
  node: ChordNode,
  method: M,
  params: Params<M>,
): Promise<Result<M>> {
  const definition: MethodDefinition = methods[method];
  const parsed = definition.params.parse(JSON.parse(JSON.stringify(params)));
  const result = await small.run(node.handle(method, parsed as never, { timeoutMs: 5_000 }));
  return definition.result.parse(JSON.parse(JSON.stringify(result))) as Result<M>;
}

async function three(): Promise<{ small: SmallWorld; node: ChordNode; other: ChordNode }> {
  const small = await SmallWorld.ideal(3);
  const [node, other] = small.ring;
  assert(node !== undefined && other !== undefined);
  return { small, node, other };
}

/** A node whose id does not follow from its address. */
const impostor: NodeRef = { id: "0".repeat(40) as Id, url: "http://impostor" };

/** A key that the node answers for, or does not. */
function keyOf({ world }: SmallWorld, node: ChordNode, isItsOwn = true): string {
  const keys = Array.from({ length: 1_000 }, (_, i) => `k${i}`);
  return keys.find((key) =>
    (node.custody.serving(world.partitions.ofKey(key)) !== null) === isItsOwn
  ) as string;
}

Deno.test("chord.ping says which life of which node answers", async () => {
  const { small, node } = await three();
  assertEquals(await call(small, node, "chord.ping", {}), {
    id: node.self.id,
    incarnation: 2,
    phase: "member",
  });
});

Deno.test("chord.neighbors says what the node points at", async () => {
  const { small, node, other } = await three();
  const { predecessor, successors, phase, anchored } = await call(small, node, "chord.neighbors", {});
  assertEquals([successors[0], successors[1], predecessor?.id], [
    other.self,
    predecessor,
    small.ring[2]?.self.id,
  ]);
  assertEquals([phase, anchored], ["member", true]);
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

Deno.test("every method that names its caller refuses an id that does not follow from the address", async () => {
  const { small, node } = await three();
  const before = node.member.state;
  const range = { first: 0, last: 0 };
  const calls: (() => Promise<unknown>)[] = [
    () => call(small, node, "chord.notify", { node: impostor }),
    () => call(small, node, "chord.leave", { node: impostor, predecessor: null, successors: [] }),
    () => call(small, node, "partition.claim", { claimant: impostor, ranges: [range] }),
    () => call(small, node, "partition.offer", { holder: impostor, ranges: [range] }),
  ];
  for (const refused of calls) {
    await assertRejects(refused, InvalidParamsError, "does not follow from its address");
  }
  await small.advance(3_000);
  assertEquals(node.member.state, before);
});

Deno.test("partition methods refuse ranges that the ring has not", async () => {
  const { small, node, other } = await three();
  const { self: claimant } = other;
  for (const range of [{ first: 3, last: 2 }, { first: 0, last: 64 }]) {
    const page = { range, after: null, recordsMax: 1, bytesMax: 1 };
    const calls: (() => Promise<unknown>)[] = [
      () => call(small, node, "partition.claim", { claimant, ranges: [range] }),
      () => call(small, node, "partition.page", page),
      () => call(small, node, "partition.offer", { holder: claimant, ranges: [range] }),
    ];
    for (const refused of calls) await assertRejects(refused, InvalidParamsError, "Cannot use partitions");
  }
});

Deno.test("partition.claim gives nothing away of what the node answers for itself", async () => {
  const { small, node, other } = await three();
  const [range] = node.custody.ownRanges();
  assert(range !== undefined);
  const { holdings } = await call(small, node, "partition.claim", { claimant: other.self, ranges: [range] });
  assertEquals(holdings.map(({ serving, holds }) => [serving, holds]), [[true, true]]);
  assert(node.custody.serving(range.first) !== null);
});

Deno.test("partition.claim refuses a claimant that is the node itself", async () => {
  const { small, node } = await three();
  const claim = () =>
    call(small, node, "partition.claim", { claimant: node.self, ranges: [{ first: 0, last: 0 }] });
  await assertRejects(claim, DrainingError);
});

Deno.test("partition.page gives records page by page, to the end and no further", async () => {
  const { small, node } = await three();
  await small.fill(60);
  const held = node.ports.store.count({ first: 0, last: 63 });
  const seen: string[] = [];
  let after: Result<"partition.page">["next"] = null;
  do {
    const page: Result<"partition.page"> = await call(small, node, "partition.page", {
      range: { first: 0, last: 63 },
      after,
      recordsMax: 7,
      bytesMax: 100_000,
    });
    assert(page.records.length <= 7);
    seen.push(...page.records.map(({ key }) => key));
    after = page.next;
  } while (after !== null);
  assertEquals([new Set(seen).size, seen.length], [held, held]);
});

Deno.test("partition.confirm confirms what the owner has at that version or newer, and nothing else", async () => {
  const { small, node, other } = await three();
  const key = keyOf(small, node);
  const partition = small.world.partitions.ofKey(key);
  const older = await small.put(node, key, "1");
  const { version } = await small.put(node, key, "2");
  const newer = `f${version.slice(1)}` as typeof version;
  const confirm = (owner: ChordNode) =>
    call(small, owner, "partition.confirm", {
      holder: other.self,
      range: { first: partition, last: partition },
      missing: [],
      entries: [older.version, version, newer].map((at) => ({ partition, key, version: at }))
        .concat({ partition, key: `${key} never`, version }),
    });
  const { served, confirmed } = await confirm(node);
  assertEquals([served.length, confirmed], [1, [true, true, false, false]]);
  const foreign = await confirm(other);
  assertEquals(
    [foreign.served.length, foreign.confirmed],
    [0, [false, false, false, false]],
    "not its to confirm",
  );
});

Deno.test("replica.read gives the node's own record, and says whether it counts", async () => {
  const { small, node } = await three();
  const [mine, foreign] = [keyOf(small, node), keyOf(small, node, false)];
  for (const key of [mine, foreign]) await small.put(node, key, "v");
  const read = (key: string) =>
    call(small, node, "replica.read", { partition: small.world.partitions.ofKey(key), key });
  const own = await read(mine);
  assertEquals([own.record?.value, own.holds, own.missing], ["dg==", true, []]);
  const other = await read(foreign);
  assertEquals([other.record, other.holds], [null, false], "no record here is no proof");
});

Deno.test("kv.put, kv.get and kv.delete through any node", async () => {
  const { small, node, other } = await three();
  const key = keyOf(small, other);
  const put = await call(small, node, "kv.put", { key, value: "AQI=" });
  assertEquals([put.created, put.owner, put.replicas, put.hops], [true, other.self, [other.self], 1]);
  const got = await call(small, node, "kv.get", { key });
  assertEquals([got.found, got.value, got.version, got.hops], [true, "AQI=", put.version, 1]);
  const own = await call(small, other, "kv.get", { key, consistency: "one" });
  assertEquals([own.value, own.hops], ["AQI=", 0]);
  const deleted = await call(small, node, "kv.delete", { key });
  assert(deleted.version > put.version);
  const gone = await call(small, node, "kv.get", { key });
  assertEquals(
    [gone.found, gone.value, gone.version],
    [false, null, deleted.version],
    "the tombstone is the proof",
  );
  const never = await call(small, node, "kv.get", { key: `${key} never` });
  assertEquals([never.found, never.version], [false, null]);
});

Deno.test("kv methods that were passed on already are not passed on again", async () => {
  const { small, node, other } = await three();
  const key = keyOf(small, other);
  const calls: (() => Promise<unknown>)[] = [
    () => call(small, node, "kv.get", { key, forwarded: true }),
    () => call(small, node, "kv.put", { key, value: "", forwarded: true }),
    () => call(small, node, "kv.delete", { key, forwarded: true }),
  ];
  for (const refused of calls) await assertRejects(refused, NotOwnerError);
  await call(small, other, "kv.put", { key, value: "", forwarded: true });
  assertEquals((await call(small, other, "kv.get", { key, forwarded: true })).found, true);
  assertEquals((await call(small, other, "kv.delete", { key, forwarded: true })).created, false);
});

Deno.test("kv.put refuses what is no base64, and both kinds of expiry at once", async () => {
  const { small, node } = await three();
  for (const value of ["%", "A", "AQ=A", "é"]) {
    const put = () => call(small, node, "kv.put", { key: "k", value });
    await assertRejects(put, InvalidParamsError, "is not base64");
  }
  const put = () => call(small, node, "kv.put", { key: "k", value: "", ttlMs: 1, expiresAtMs: 1 });
  await assertRejects(put, ChordError, "exclude each other");
  assertEquals((await call(small, node, "kv.get", { key: "k" })).found, false);
});

Deno.test("kv.put writes on condition, and says what the key holds when that fails", async () => {
  const { small, node } = await three();
  const { version } = await call(small, node, "kv.put", { key: "k", value: "AQ==", ifAbsent: true });
  const again = () => call(small, node, "kv.put", { key: "k", value: "Ag==", ifAbsent: true });
  const error = await assertRejects(again, ChordError);
  assertEquals([error.code, error.data.definite, error.data["current"]], [
    errorCode.versionConflict,
    true,
    version,
  ]);
  const next = await call(small, node, "kv.put", { key: "k", value: "Ag==", ifVersion: version });
  const stale = () => call(small, node, "kv.delete", { key: "k", ifVersion: version });
  await assertRejects(stale, ChordError, next.version);
  await call(small, node, "kv.delete", { key: "k", ifVersion: next.version });
  const missing = () => call(small, node, "kv.put", { key: "k", value: "", ifVersion: next.version });
  await assertRejects(missing, ChordError, "the key does not exist");
});

Deno.test("kv.list gives the live keys held here, by prefix and page by page", async () => {
  const small = await SmallWorld.ideal(1);
  const [lone] = small.ring;
  assert(lone !== undefined);
  for (let i = 0; i < 12; i++) await small.put(lone, `a${i}`, "v");
  await small.put(lone, "b", "v");
  await small.put(lone, "short", "v", { ttlMs: 1_000 });
  await small.delete(lone, "a3");
  await small.advance(2_000);
  const all = await call(small, lone, "kv.list", {});
  assertEquals(all.keys.map(({ key }) => key).toSorted(), [
    ...Array.from({ length: 12 }, (_, i) => `a${i}`).filter((key) => key !== "a3").toSorted(),
    "b",
  ]);
  assertEquals(new Set(all.keys.map(({ role, bytes }) => `${role} ${bytes}`)), new Set(["owner 1"]));
  assertEquals((await call(small, lone, "kv.list", { prefix: "b" })).keys.map(({ key }) => key), ["b"]);
  const seen: string[] = [];
  let after: Result<"kv.list">["next"] = null;
  do {
    const page: Result<"kv.list"> = await call(small, lone, "kv.list", { prefix: "a", limit: 4, after });
    assert(page.keys.length <= 4);
    seen.push(...page.keys.map(({ key }) => key));
    after = page.next;
  } while (after !== null);
  assertEquals([seen.length, new Set(seen).size], [11, 11]);
});

Deno.test("node.info says what the node is, and why it is not ready", async () => {
  const { small, node } = await three();
  const info = await call(small, node, "node.info", {});
  const { id, url, bits, partitions, phase, ready, reason } = info;
  assertEquals({ id, url }, node.self);
  assertEquals([bits, partitions, phase, ready, reason], [160, 64, "member", true, null]);
  const owned = await Promise.all(small.ring.map(async (it) => (await it.info()).partitionsOwned));
  assertEquals(owned.reduce((sum, count) => sum + count), 64);

  const waiting = small.world.addHost();
  small.world.launch(waiting, ["http://nobody"]);
  await small.advance(1_000);
  const joining = waiting.life?.node as ChordNode;
  const { ready: isReady, reason: why } = await call(small, joining, "node.info", {});
  assertEquals([isReady, why], [false, "the node is joining"]);
});

Deno.test("node.info is not ready while data of a dead node is waited for", async () => {
  const { small, node } = await three();
  small.world.crash(small.host(2));
  await small.advance(30_000);
  const infos = await Promise.all(small.ring.map((it) => it.info()));
  const [waiting] = infos.filter(({ ready }) => !ready);
  assert(waiting !== undefined && waiting.partitionsUnsynced > 0);
  assertEquals(waiting.reason, `${waiting.partitionsUnsynced} partitions wait for data of other nodes`);
  assertEquals(node.phase, "member");
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

Deno.test("node.forget: only the gone are forgotten, and then nothing of theirs is waited for", async () => {
  const { small, node, other } = await three();
  const alive = () => call(small, node, "node.forget", { id: other.self.id });
  await assertRejects(alive, ChordError, "it is alive");
  const ownerOf = (key: string) => {
    const partition = small.world.partitions.ofKey(key);
    return small.ring.find(({ custody }) => custody.serving(partition) !== null)?.self.id;
  };
  const [host] = small.hostsOfRing().filter(({ ref }) => ref.id !== node.self.id);
  assert(host !== undefined);
  const { ref: dead } = host;
  const keys = (await small.fill(200)).filter((key) => ownerOf(key) === dead.id);
  assert(keys.length > 0);
  small.world.crash(host);
  await small.advance(30_000);
  const uncertain = await assertRejects(() => small.get(node, keys[0] as string), ChordError);
  assertEquals([uncertain.code, uncertain.data.reason], [errorCode.unavailable, "uncertain"], "never a 404");
  let forgotten = 0;
  for (const member of small.ring) {
    forgotten += (await call(small, member, "node.forget", { id: dead.id })).partitions;
  }
  assert(forgotten > 0);
  for (const key of keys) assertEquals((await small.get(node, key)).found, false, "the operator has said so");
  await assertRejects(() => call(small, node, "node.forget", { id: "40" as Id }), InvalidParamsError);
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
