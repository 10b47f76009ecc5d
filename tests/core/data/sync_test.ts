import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { Exchange } from "../../../core/data/exchange.ts";
import { ExchangeAnswers } from "../../../core/data/exchange_answers.ts";
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
