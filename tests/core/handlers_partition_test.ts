import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../core/chord_node.ts";
import { emptyDigest } from "../../core/data/digest.ts";
import { makeRecord } from "../../core/data/record.ts";
import { formatVersion } from "../../core/data/version.ts";
import { toWire } from "../../core/data/wire_record.ts";
import { InvalidParamsError, OtherViewError } from "../../core/errors.ts";
import type { PartitionRange } from "../../core/partition.ts";
import { comparedMax, type Result } from "../../core/protocol.ts";
import { SmallWorld } from "./small_world.ts";
import { call, three } from "./wire_call.ts";

const later = formatVersion(2 ** 41, 0, "ff".repeat(20) as never);

/** A ring of five, with two keepers of the partition of "k", and a node that does not keep it. */
async function five() {
  const small = await SmallWorld.ideal(5);
  const [keeper, other] = small.keepersOf("k") as [ChordNode, ChordNode];
  const [stranger] = small.strangersTo("k") as [ChordNode];
  const partition = small.world.partitions.ofKey("k");
  return { small, keeper, other, stranger, partition, ranges: [{ first: partition, last: partition }] };
}

/** A ballot above all that was promised before. */
function nextBallot({ world }: SmallWorld): typeof later {
  return formatVersion(world.wallNow() + 1, 0, "ff".repeat(20) as never);
}

Deno.test("a method that names ranges refuses those that the ring has not", async () => {
  const { small, node } = await three();
  const { view } = node.replicas.get(0) ?? {};
  assert(view !== undefined);
  const interval = { epoch: 1, as: "member" as const, after: null, through: null, entries: [], fetch: true };
  const rows = [[{ first: 3, last: 2 }], [{ first: 0, last: 64 }], [{ first: 0, last: 63 }, {
    first: 7,
    last: 7,
  }]];
  for (const ranges of rows) {
    const [range] = ranges as [PartitionRange];
    const [ballot, members] = [nextBallot(small), view.members];
    const calls: (() => Promise<unknown>)[] = [
      () => call(small, node, "partition.views", { ranges }),
      () => call(small, node, "partition.learn", { views: ranges.map((range) => ({ ...range, view })) }),
      () => call(small, node, "partition.prepare", { view, ballot, ranges }),
      () => call(small, node, "partition.accept", { epoch: 1, ballot, members, ranges }),
      () => call(small, node, "partition.digest", { ranges }),
      ...(ranges.length > 1 ? [] : [() => call(small, node, "partition.compare", { range, ...interval })]),
    ];
    for (const refused of calls) await assertRejects(refused, InvalidParamsError, "Cannot use partitions");
  }
});

Deno.test("partition.views tells what the node has heard of, by runs, and nothing of the rest", async () => {
  const { small, stranger } = await five();
  const { views } = await call(small, stranger, "partition.views", { ranges: [{ first: 0, last: 63 }] });
  const told = views.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i)
  );
  const known = Array.from({ length: 64 }, (_, it) => it).filter((it) => stranger.replicas.get(it) !== null);
  assertEquals(told.toSorted((a, b) => a - b), known);
  assert(views.length < 10 && known.length < 64, "by runs, and no more than it knows");
});

Deno.test("partition.learn takes what is news, and answers with what is news to the teller", async () => {
  const { small, keeper, stranger, partition } = await five();
  const present = keeper.replicas.get(partition)?.view;
  assert(present !== undefined);
  const tell = (node: ChordNode, epoch: number) =>
    call(small, node, "partition.learn", {
      views: [{ first: partition, last: partition, view: { ...present, epoch } }],
    });
  assertEquals(await tell(stranger, 5), { views: [] });
  assertEquals(stranger.replicas.get(partition)?.view.epoch, 5);
  const { views } = await tell(stranger, 4);
  assertEquals(views.map(({ view }) => view.epoch), [5], "the other way round");
  assertEquals(stranger.replicas.get(partition)?.view.epoch, 5);
});

Deno.test("partition.prepare and accept: a vote by one that is no member says otherView", async () => {
  const { small, keeper, stranger, partition, ranges } = await five();
  const view = keeper.replicas.get(partition)?.view;
  assert(view !== undefined);
  const ballot = nextBallot(small);
  const prepared = await call(small, stranger, "partition.prepare", { view, ballot, ranges });
  const { epoch, members } = view;
  const accepted = await call(small, stranger, "partition.accept", { epoch, ballot, members, ranges });
  for (const { votes } of [prepared, accepted]) assertEquals(votes.map(({ kind }) => kind), ["otherView"]);
  const { votes: [vote] } = await call(small, keeper, "partition.prepare", { view, ballot, ranges });
  assertEquals([vote?.kind, vote?.synced, vote?.accepted], ["yes", true, null]);
});

Deno.test("partition.digest is alike at all keepers once they have the same, and says what it counts for", async () => {
  const { small, keeper, other, stranger, partition, ranges } = await five();
  const digestOf = async (node: ChordNode) =>
    (await call(small, node, "partition.digest", { ranges })).digests[0] as Result<
      "partition.digest"
    >["digests"][number];
  assertEquals((await digestOf(keeper)).digests, [emptyDigest]);
  await small.put(stranger, "k", "v");
  await small.advance(100);
  const [ours, theirs] = [await digestOf(keeper), await digestOf(other)];
  assertEquals([ours.epoch, ours.synced, ours.digests], [1, true, theirs.digests]);
  assert(ours.digests[0] !== emptyDigest);
  const { epoch, synced, wasSynced } = await digestOf(stranger);
  assertEquals([epoch, synced, wasSynced], [stranger.replicas.get(partition)?.view.epoch ?? 0, false, false]);
});

Deno.test("partition.compare says what either side lacks, and sends what is wanted", async () => {
  const { small, keeper, partition, ranges } = await five();
  const { version } = await small.put(keeper, "k", "v");
  const twin = small.keyThat((key) => key !== "k" && small.world.partitions.ofKey(key) === partition);
  const rows: [entries: { key: string; version: string }[], want: string, why: string][] = [
    [[], "lacks -, is behind on -, sends k", "the asker has nothing"],
    [[{ key: "k", version }], "lacks -, is behind on -, sends -", "alike"],
    [[{ key: "k", version: later }], "lacks -, is behind on 0, sends -", "the asker is ahead"],
    [[{ key: twin, version }, { key: "k", version }], "lacks 0, is behind on -, sends -", "one is unknown"],
  ];
  for (const [entries, want, why] of rows) {
    const { absent, older, newer, next } = await call(small, keeper, "partition.compare", {
      range: ranges[0] as typeof ranges[number],
      epoch: 1,
      as: "member",
      after: null,
      through: null,
      entries: entries.map((entry) => ({ ...entry, partition })),
      fetch: true,
    });
    const text = (list: readonly unknown[]) => list.join(" ") || "-";
    const said = `lacks ${text(absent)}, is behind on ${text(older)}, sends ${
      text(newer.map(({ key }) => key))
    }`;
    assertEquals([said, next], [want, null], why);
  }
});

Deno.test("partition.compare goes page by page, to the end and no further", async () => {
  const small = await SmallWorld.ideal(1);
  const [lone] = small.ring as [ChordNode];
  const keys = Array.from({ length: 12 }, (_, i) => `large-${i}`);
  for (const key of keys) await small.put(lone, key, key.padEnd(100_000, "."));
  const seen: string[] = [];
  let pages = 0;
  let after: Result<"partition.compare">["next"] = null;
  do {
    const answer: Result<"partition.compare"> = await call(small, lone, "partition.compare", {
      range: { first: 0, last: 63 },
      epoch: 1,
      as: "current",
      after,
      through: null,
      entries: [],
      fetch: true,
    });
    pages++;
    seen.push(...answer.newer.map(({ key }) => key));
    after = answer.next;
  } while (after !== null);
  assertEquals([seen.length, seen.toSorted()], [12, keys.toSorted()]);
  assertEquals(pages, Math.ceil(12 / Math.floor(comparedMax.bytesMax / 100_020)), "as full as they may be");
});

Deno.test("partition.confirm confirms that version, a newer one, and nothing at all; never something older", async () => {
  const { small, keeper, other, stranger, partition } = await five();
  const older = await small.put(keeper, "k", "1");
  const { version } = await small.put(keeper, "k", "2");
  await small.advance(100);
  const entries = [older.version, version, later].map((at) => ({ partition, key: "k", version: at }));
  const confirm = (node: ChordNode) =>
    call(small, node, "partition.confirm", {
      epoch: 1,
      entries: [...entries, { partition, key: "never", version }],
    });
  assertEquals(await confirm(other), { confirmed: [true, true, false, true] });
  await assertRejects(() => confirm(stranger), OtherViewError, "", "not its to confirm");
});

Deno.test("replica.read and replica.write: a member answers for its own copy, and for no other key or view", async () => {
  const { small, keeper, stranger, partition } = await five();
  const version = nextBallot(small);
  const record = makeRecord({
    key: "k",
    value: new Uint8Array([7]),
    version,
    expiresAtMs: null,
    requestId: null,
  });
  const write = (node: ChordNode, epoch: number, of = partition) =>
    call(small, node, "replica.write", { partition: of, epoch, record: toWire(record) });
  const read = (node: ChordNode, epoch: number, of = partition) =>
    call(small, node, "replica.read", { partition: of, key: "k", epoch, as: "member" });
  assertEquals(await write(keeper, 1), { version });
  assertEquals((await read(keeper, 1)).record, toWire(record));
  assertEquals(small.copiesOf("k"), 1, "and passes nothing on");
  for (const ask of [read, write]) {
    await assertRejects(() => ask(keeper, 2), OtherViewError);
    await assertRejects(() => ask(stranger, 1), OtherViewError);
    await assertRejects(() => ask(keeper, 1, (partition + 1) % 64), InvalidParamsError, "is not in there");
  }
});
