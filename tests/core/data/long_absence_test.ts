import { assertEquals } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { AntiEntropy } from "../../../core/data/anti_entropy.ts";
import { Exchange } from "../../../core/data/exchange.ts";
import { ExchangeAnswers } from "../../../core/data/exchange_answers.ts";
import { makeRecord, type StoredRecord } from "../../../core/data/record.ts";
import { foundingState } from "../../../core/data/partition_state.ts";
import { Sync } from "../../../core/data/sync.ts";
import type { SimHost } from "../../../sim/world.ts";
import { SmallWorld } from "../small_world.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { view } from "./replica_names.ts";

/** A record that is on this disk only, as what is left of a write that got no further. */
async function leaveOn(small: SmallWorld, { disk }: SimHost, key: string): Promise<StoredRecord> {
  const [node] = small.ring as [ChordNode];
  const version = node.keys.clock.next();
  const record = makeRecord({ key, value: new Uint8Array(1), version, expiresAtMs: null, requestId: null });
  await disk.store.merge(small.world.partitions.ofKey(key), record);
  return record;
}

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
  replicas.absence.stale.add(partition);
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
  replicas.absence.stale.add(partition);
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
    replicas.absence.stale.add(partition);
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
  replicas.absence.stale.add(partition);
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
  replicas.absence.stale.add(partition);
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

/** Who answers, whether others count on our copy, and whether all is known after that of the time we were away. */
const meetings: [answering: string, isCountedOn: boolean, isKnown: boolean, why: string][] = [
  ["bc", true, true, "nobody has heard of a later view"],
  ["b", true, false, "c may have"],
  ["bc", false, false, "our copy has to be judged first"],
];

Deno.test("a long absence is over when every keeper says that nothing was decided meanwhile", async () => {
  for (const [answering, isCountedOn, isKnown, why] of meetings) {
    const fixture = new KeeperFixture();
    const { keeper, member, ports, replicas, store } = fixture;
    const range = { first: 0, last: 0 };
    replicas.learn([range], view(1, "abc", isCountedOn ? "" : "def"));
    if (isCountedOn) replicas.markSynced([range], 1);
    replicas.absence.stale.add(0);
    const digest = { ...range, epoch: 1, synced: true, wasSynced: true, digests: [store.digest(0)] };
    for (const name of answering) {
      fixture.answers.set(`http://${name} partition.digest`, () => ({ digests: [digest] }));
    }
    const round = new AntiEntropy(member, replicas, new Exchange(member, replicas, keeper, ports)).run();
    await fixture.time.advance(60_000);
    await round;
    assertEquals(replicas.absence.stale.has(0), !isKnown, why);
  }
});
