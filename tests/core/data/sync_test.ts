import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { Exchange } from "../../../core/data/exchange.ts";
import { ExchangeAnswers } from "../../../core/data/exchange_answers.ts";
import { makeRecord, type StoredRecord } from "../../../core/data/record.ts";
import { foundingState } from "../../../core/data/partition_state.ts";
import { Sync } from "../../../core/data/sync.ts";
import { UncertainError } from "../../../core/errors.ts";
import type { SimHost } from "../../../sim/world.ts";
import { SmallWorld } from "../small_world.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { view } from "./replica_names.ts";

/** A ring of four that is about to be joined, up to the moment when the newcomer is a keeper without data. */
async function newcomer() {
  const small = await SmallWorld.ideal(4);
  const keys = await small.fill(60);
  await small.advance(1_000);
  const [after, before] = small.widestGap;
  const host = small.hostBetween(after, before);
  small.launch(host);
  await small.until(() => (host.life?.node?.replicas.unsynced().length ?? 0) > 0);
  const node = host.life?.node as ChordNode;
  const lacking = keys.filter((key) => {
    const state = node.replicas.serving(node.partitionOf(key));
    return state !== null && !state.isSynced;
  });
  assert(lacking.length > 0 && host.disk.store.stats.records === 0);
  return { small, host, node, keys, lacking };
}

/** A record that is on this disk only, as what is left of a write that got no further. */
async function leaveOn(small: SmallWorld, { disk }: SimHost, key: string): Promise<StoredRecord> {
  const [node] = small.ring as [ChordNode];
  const version = node.keys.clock.next();
  const record = makeRecord({ key, value: new Uint8Array(1), version, expiresAtMs: null, requestId: null });
  await disk.store.merge(small.world.partitions.ofKey(key), record);
  return record;
}

Deno.test("a newcomer answers for what it has not fetched yet by asking its sources", async () => {
  const { small, node, lacking } = await newcomer();
  const reads = lacking.map((key) => node.keys.read(key));
  for (const { found } of await small.run(Promise.all(reads))) assertEquals(found, true);
});

Deno.test("a newcomer writes above what it has not fetched yet, though its clock is behind", async () => {
  const { small, host, node, lacking } = await newcomer();
  small.world.skew(host, -400);
  const [key] = lacking as [string];
  const [{ record: before }] = await small.run(Promise.all([node.keys.read(key)]));
  const { version } = await small.put(node, key, "new");
  assert(before !== null && version > before.version);
  await small.advance(20_000);
  for (const via of small.ring) assertEquals(await small.valueOf(via, key), "new");
});

Deno.test("a newcomer that does not reach its sources is uncertain, and says of nothing that it is absent", async () => {
  const { small, host, node, lacking } = await newcomer();
  const others = small.hostsOfRing().filter((other) => other !== host);
  const heal = small.world.partition([host], others);
  for (const key of lacking.slice(0, 3)) {
    await assertRejects(
      () => small.run(node.keys.read(key, "one")),
      UncertainError,
      "what it lacks is out of reach",
    );
  }
  heal();
  await small.advance(20_000);
  small.assertKept();
  assertEquals((await small.run(node.keys.read(lacking[0] as string, "one"))).found, true);
});

Deno.test("a damaged record is served right from the others at once, and repaired soon after", async () => {
  const small = await SmallWorld.ideal(3);
  const [key] = await small.fill(1) as [string];
  await small.advance(100);
  const host = small.host(0);
  const node = host.life?.node as ChordNode;
  assert(host.disk.store.damage(node.partitionOf(key), key));
  const { record } = await small.run(node.keys.read(key, "one"));
  assertEquals(new TextDecoder().decode(record?.value ?? new Uint8Array()), key);
  await small.advance(5_000);
  assertEquals(small.copiesOf(key), 3);
  small.assertKept();
});

Deno.test("a damaged record is uncertain, not absent, while one of the others is away", async () => {
  const small = await SmallWorld.ideal(3);
  const [key] = await small.fill(1) as [string];
  await small.advance(100);
  const [damaged, away] = small.hostsOfRing() as [SimHost, SimHost];
  small.world.crash(away);
  damaged.disk.store.damage(small.world.partitions.ofKey(key), key);
  await small.advance(10_000);
  for (const via of small.ring) await assertRejects(() => small.run(via.keys.read(key)), UncertainError);
  small.world.launch(away);
  await small.advance(20_000);
  await small.assertAllReadable([key]);
  assertEquals(small.copiesOf(key), 3);
});

Deno.test("a wiped disk comes back under another name, and is refilled", async () => {
  const small = await SmallWorld.ideal(3);
  const keys = await small.fill(40);
  const host = small.host(1);
  const before = host.life?.node?.disk;
  small.world.loseDisk(host);
  await small.advance(1_000);
  small.launch(host);
  await small.advance(20_000);
  const node = host.life?.node as ChordNode;
  assert(node.disk !== before);
  assertEquals(host.disk.store.stats.records, 40);
  small.assertKept();
  await small.assertAllReadable(keys, [node]);
});

Deno.test("what two of three acknowledged survives one loss after the other, though the third had missed it", async () => {
  const small = await SmallWorld.ideal(6);
  const [first, second, third] = small.keepersOf("k").map((node) => small.hostOf(node)) as [
    SimHost,
    SimHost,
    SimHost,
  ];
  const others = small.hostsOfRing().filter((host) => host !== third);
  const heal = small.world.partition([third], others);
  await small.put(small.keepersOf("k")[0] as ChordNode, "k", "v");
  heal();
  for (const host of [first, second, third]) {
    small.world.loseDisk(host);
    await small.advance(30_000);
    for (const via of small.ring) assertEquals(await small.valueOf(via, "k"), "v");
  }
});

const graceMs = 120_000;

/** A ring of four one of which goes away for so long, with a record that only it has. */
async function awayFor(ms: number) {
  const small = await SmallWorld.ideal(4, { tombstoneGraceMs: graceMs });
  const keys = await small.fill(20);
  await small.advance(1_000);
  const host = small.hostOf(small.keepersOf("k")[0] as ChordNode);
  const left = await leaveOn(small, host, "k");
  small.world.crash(host);
  await small.advance(10_000);
  return {
    small,
    keys,
    host,
    left,
    comeBack: async () => {
      await small.advance(ms - 10_000);
      small.world.launch(host);
      await small.advance(60_000);
      small.assertKept();
    },
  };
}

Deno.test("a node that was away for a short while brings what only it has", async () => {
  const { small, comeBack, left } = await awayFor(graceMs / 4);
  await comeBack();
  assertEquals((await small.get(small.ring[0] as ChordNode, "k", "all")).record, left);
});

Deno.test("a node that was away for more than half of the grace discards what nobody else has", async () => {
  const { small, comeBack } = await awayFor(graceMs * 0.6);
  await comeBack();
  for (const via of small.ring) assertEquals((await small.get(via, "k", "all")).record, null);
  assertEquals(small.copiesOf("k"), 0);
});

Deno.test("a node that was away for longer than deletions are remembered brings none of the deleted back", async () => {
  const { small, comeBack, host, keys } = await awayFor(graceMs * 4);
  const [via] = small.ring as [ChordNode];
  for (const key of keys) await small.delete(via, key);
  await comeBack();
  assertEquals(host.disk.store.stats.records, 0, "the others have forgotten that there ever was anything");
  for (const key of keys) {
    for (const node of small.ring) assertEquals((await small.get(node, key)).record, null, key);
  }
});

Deno.test("Sync discards nothing that was written since the node is a keeper again", async () => {
  const fixture = new KeeperFixture();
  const { keeper, member, ports, replicas, store } = fixture;
  const partition = fixture.partitionOf("k");
  const range = { first: partition, last: partition };
  replicas.learn([range], view(2, "abd", "bcd"));
  const record = fixture.record("k", "acknowledged by a and d");
  await keeper.write(partition, 2, record);
  // Of the members before, b has missed the write, and c is no keeper any more.
  const other = { ...range, epoch: 2, synced: false, wasSynced: true, digests: ["0".repeat(16)] };
  for (const name of "bc") {
    fixture.answers.set(`http://${name} partition.digest`, () => ({ digests: [other] }));
    const nothing = { absent: [0], older: [], newer: [], next: null };
    fixture.answers.set(`http://${name} partition.compare`, () => nothing);
  }
  const exchange = new Exchange(member, replicas, keeper, ports);
  replicas.stale = new Set([partition]);
  const round = new Sync(member, replicas, exchange, store).run();
  await fixture.time.advance(1_000);
  await round;
  assertEquals(replicas.get(partition)?.isSynced, true);
  assertEquals(store.peek(partition, "k"), record);
});

Deno.test("nothing is discarded where others count on us, as nothing was forgotten there without us", async () => {
  const fixture = new KeeperFixture();
  const { keeper, member, ports, replicas, store } = fixture;
  const partition = fixture.partitionOf("k");
  const range = { first: partition, last: partition };
  const record = fixture.record("k", "acknowledged by a and c");
  await store.merge(partition, record);
  // As a member of the view before it was complete: one more source completes the copy, and may not judge it alone.
  replicas.table.update([range], () => ({
    ...foundingState(replicas.self),
    view: view(2, "ab", "abc"),
    isSynced: false,
  }));
  const digest = { ...range, epoch: 2, synced: false, wasSynced: true, digests: ["0".repeat(16)] };
  fixture.answers.set("http://b partition.digest", () => ({ digests: [digest] }));
  const nothing = { absent: [0], older: [], newer: [], next: null };
  fixture.answers.set("http://b partition.compare", () => nothing);
  await fixture.time.advance(1_000);
  replicas.keptSinceMs = () => Infinity;
  const exchange = new Exchange(member, replicas, keeper, ports);
  replicas.stale = new Set([partition]);
  const round = new Sync(member, replicas, exchange, store).run();
  await fixture.time.advance(30_000);
  await round;
  assertEquals(store.peek(partition, "k"), record);
  assertEquals(replicas.get(partition)?.isSynced, true);
});

Deno.test("what a node may have acknowledged before it went is discarded by its mates' word alone", async () => {
  const rows: [c: string, d: string, isKept: boolean, isSynced: boolean, why: string][] = [
    ["nothing", "nothing", false, true, "nobody has a trace of it"],
    ["it", "nothing", true, true, "c has acknowledged it with us"],
    ["silent", "nothing", true, false, "c may have"],
  ];
  for (const [c, d, isKept, isSynced, why] of rows) {
    const fixture = new KeeperFixture();
    const { keeper, member, ports, replicas, store } = fixture;
    const partition = fixture.partitionOf("k");
    const range = { first: partition, last: partition };
    await store.merge(partition, fixture.record("k", "v"));
    replicas.learn([range], view(2, "acd", "bef"));
    replicas.keptSinceMs = () => Infinity;
    const digest = { ...range, epoch: 2, synced: false, wasSynced: true, digests: ["0".repeat(16)] };
    const answerOf = (said: string) => () => ({
      absent: said === "it" ? [] : [0],
      older: [],
      newer: [],
      next: null,
    });
    for (const name of "bef") {
      fixture.answers.set(`http://${name} partition.digest`, () => ({ digests: [digest] }));
      fixture.answers.set(`http://${name} partition.compare`, answerOf("nothing"));
    }
    for (const [name, said] of [["c", c], ["d", d]]) {
      if (said !== "silent") fixture.answers.set(`http://${name} partition.compare`, answerOf(said ?? ""));
    }
    const exchange = new Exchange(member, replicas, keeper, ports);
    replicas.stale = new Set([partition]);
    const round = new Sync(member, replicas, exchange, store).run();
    await fixture.time.advance(60_000);
    await round;
    assertEquals(store.peek(partition, "k") !== undefined, isKept, why);
    assertEquals(replicas.get(partition)?.isSynced, isSynced, why);
  }
});

Deno.test("what a node has from before a long absence is given to nobody until it was judged", async () => {
  const fixture = new KeeperFixture();
  const { keeper, ports, replicas, store } = fixture;
  const partition = fixture.partitionOf("k");
  const range = { first: partition, last: partition };
  const record = fixture.record("k", "deleted and forgotten meanwhile");
  await store.merge(partition, record);
  replicas.learn([range], view(2, "acd", "bef"));
  replicas.keptSinceMs = () => Infinity;
  for (const name of "bef") fixture.answers.set(`http://${name} replica.read`, () => ({ record: null }));
  const answers = new ExchangeAnswers(replicas, ports);
  const params = {
    range,
    epoch: 2,
    as: "member" as const,
    after: null,
    through: null,
    entries: [],
    fetch: true,
  };
  const given = async () => {
    const reading = keeper.read(partition, "k", 2).then((read) => read?.version, (error) => error.name);
    await fixture.time.advance(1_000);
    const { newer } = await answers.compare(params);
    return [await reading, newer.map(({ version }) => version)];
  };
  assertEquals(await given(), [record.version, [record.version]], "as long as it was not away too long");
  replicas.stale = new Set([partition]);
  assertEquals(
    await given(),
    ["UncertainError", []],
    "it may have been acknowledged, or deleted and forgotten",
  );
  replicas.markSynced([range], 2);
  assertEquals(await given(), [record.version, [record.version]], "the others knew it after all");
});

Deno.test("whom new members count on gives them all it has, however long it was away", async () => {
  const fixture = new KeeperFixture();
  const { ports, replicas, store } = fixture;
  const partition = fixture.partitionOf("k");
  const range = { first: partition, last: partition };
  const record = fixture.record("k", "acknowledged");
  await store.merge(partition, record);
  replicas.learn([range], view(1, "abc", ""));
  replicas.markSynced([range], 1);
  replicas.keptSinceMs = () => Infinity;
  replicas.stale = new Set([partition]);
  replicas.learn([range], view(2, "def", "abc"));
  const { newer } = await new ExchangeAnswers(replicas, ports).compare({
    range,
    epoch: 2,
    as: "previous",
    after: null,
    through: null,
    entries: [],
    fetch: true,
  });
  assertEquals(newer.map(({ version }) => version), [record.version]);
});

/** What the sources of a partition in its second view answer, and whether "a" is complete after that. */
const completions: [
  members: string,
  previous: string,
  answers: Record<string, string>,
  want: boolean,
  why: string,
][] = [
  ["abc", "cde", { c: "was", d: "was" }, true, "two of the members before"],
  ["abc", "cde", { c: "was", d: "no" }, false, "one of them proves nothing"],
  ["abc", "bde", { b: "synced", c: "synced", d: "no" }, true, "both mates, when those before have let go"],
  ["abc", "bde", { b: "synced", d: "no" }, false, "one of them may have missed what the other acknowledged"],
  ["a", "ade", { d: "no", e: "no" }, false, "nobody to ask is no proof either"],
  ["ab", "bde", { b: "synced", d: "no" }, true, "in a view of two the other has everything"],
];

Deno.test("Sync is content with the members before, or with those of the present view", async () => {
  for (const [members, previous, answers, want, why] of completions) {
    const fixture = new KeeperFixture();
    const { keeper, member, ports, replicas, store } = fixture;
    const range = { first: 0, last: 0 };
    replicas.learn([range], view(2, members, previous));
    for (const [name, state] of Object.entries(answers)) {
      const said = { synced: state === "synced", wasSynced: state === "was" };
      const digest = { ...range, epoch: 2, ...said, digests: ["0".repeat(16)] };
      fixture.answers.set(`http://${name} partition.digest`, () => ({ digests: [digest] }));
    }
    const exchange = new Exchange(member, replicas, keeper, ports);
    const round = new Sync(member, replicas, exchange, store).run();
    await fixture.time.advance(30_000);
    await round;
    assertEquals(replicas.get(0)?.isSynced, want, why);
  }
});

/** A round of "a" over all 16 partitions, in the second view, which it was not a member of before. */
function roundOfAll() {
  const fixture = new KeeperFixture();
  const { calls, keeper, member, ports, replicas, store } = fixture;
  replicas.learn([everything], view(2, "abc", "bcd"));
  const exchange = new Exchange(member, replicas, keeper, ports);
  const sync = new Sync(member, replicas, exchange, store);
  const run = async () => {
    calls.length = 0;
    const round = sync.run();
    await fixture.time.advance(60_000);
    await round;
  };
  return { ...fixture, fixture, calls, replicas, run };
}

const everything = { first: 0, last: 15 };

/** What a source says of its copies, which have no records, as ours have none. */
function digests(epoch: number, wasSynced: boolean, { first, last } = everything) {
  const none = Array.from({ length: last - first + 1 }, () => "0".repeat(16));
  return { first, last, epoch, synced: false, wasSynced, digests: none };
}

Deno.test("a round of Sync asks a silent source once, however many partitions wait for it", async () => {
  const { calls, fixture, replicas, run } = roundOfAll();
  fixture.answers.set("http://b partition.digest", () => ({ digests: [digests(2, true)] }));
  await run();
  assertEquals(calls.filter((call) => call.startsWith("http://c")).length, 1);
  assertEquals(replicas.unsynced().length, 16);
});

Deno.test("a round of Sync that is overtaken by another view lets go of the old one at once", async () => {
  const { calls, fixture, replicas, run } = roundOfAll();
  fixture.answers.set("http://b partition.digest", () => {
    replicas.learn([everything], view(3, "abd", "abc"));
    return { digests: [digests(2, true)] };
  });
  await run();
  assertEquals(calls, ["http://b partition.digest"]);
});

Deno.test("a copy that is damaged while it is filled up is not complete after that", async () => {
  const { fixture, replicas, run } = roundOfAll();
  for (const name of "bc") {
    fixture.answers.set(`http://${name} partition.digest`, () => {
      if (name === "c") replicas.markDamaged(5);
      return { digests: [digests(2, true)] };
    });
  }
  await run();
  assertEquals(replicas.unsynced(), [5]);
});

Deno.test("partitions that cannot be completed do not hold up those beside them", async () => {
  const { fixture, replicas, run } = roundOfAll();
  fixture.answers.set("http://b partition.digest", () => ({ digests: [digests(2, true)] }));
  const partly = [
    digests(2, true, { first: 0, last: 6 }),
    digests(2, false, { first: 7, last: 7 }),
    digests(2, true, { first: 8, last: 15 }),
  ];
  for (const name of "cd") {
    fixture.answers.set(`http://${name} partition.digest`, () => ({ digests: partly }));
  }
  await run();
  assertEquals(replicas.unsynced(), [7]);
});

Deno.test("Sync hears of a later view from a source that is in it", async () => {
  const { fixture, replicas, run } = roundOfAll();
  const later = view(3, "bcd", "abc");
  for (const name of "bcd") {
    fixture.answers.set(`http://${name} partition.digest`, () => ({ digests: [digests(3, true)] }));
    fixture.answers.set(
      `http://${name} partition.learn`,
      () => ({ views: [{ ...everything, view: later }] }),
    );
  }
  await run();
  assertEquals(replicas.get(15)?.view, later);
});

Deno.test("that a copy is complete is told only once it is durable", async () => {
  const fixture = new KeeperFixture().keeps(view(1, "abc"));
  const answers = new ExchangeAnswers(fixture.replicas, fixture.ports);
  let written = () => {};
  fixture.disk = new Promise((resolve) => void (written = resolve));
  let isTold = false;
  const told = answers.digest({ ranges: [{ first: 0, last: 0 }] }).then(() => isTold = true);
  await fixture.time.advance(1_000);
  assertEquals(isTold, false);
  written();
  await told;
  assertEquals(fixture.saves, 1);
});
