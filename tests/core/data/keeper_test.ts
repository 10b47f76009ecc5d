import { assert, assertEquals, assertRejects } from "@std/assert";
import { makeRecord, type StoredRecord } from "../../../core/data/record.ts";
import { toWire } from "../../../core/data/wire_record.ts";
import { ChordError, errorCode, OtherViewError, UncertainError } from "../../../core/errors.ts";
import type { WireRecord } from "../../../core/protocol.ts";
import { epochMax } from "../../../core/data/replicas.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { replica, view } from "./replica_names.ts";

const abc = view(1, "abc");
const hourMs = 3_600_000;

/** A keeper of everything whose values take up to 100 bytes, and what its key "k" is about. */
function keeper() {
  const fixture = new KeeperFixture({ valueBytesMax: 100 }).keeps(abc);
  return { fixture, partition: fixture.partitionOf("k"), record: fixture.record("k", "v") };
}

/** Writes as another member would, through JSON. */
function write(fixture: KeeperFixture, partition: number, record: WireRecord, epoch = 1) {
  return fixture.keeper.answerWrite({ partition, epoch, record });
}

/** What no client of ours could have written, and the code and the reason with which it is refused. */
function badInput({ fixture, record, partition }: ReturnType<typeof keeper>) {
  const { clock } = fixture.time;
  const made = (fields: Partial<StoredRecord>) => toWire(makeRecord({ ...record, ...fields }));
  const elsewhere = Array.from({ length: 99 }, (_, i) => `k${i}`).find((it) =>
    fixture.partitionOf(it) !== partition
  ) as string;
  const long = "x".repeat(513);
  const rows: [record: WireRecord, partition: number, code: number, counted: string][] = [
    [made({ key: elsewhere }), partition, errorCode.invalidParams, "otherPartition"],
    [made({ key: long }), fixture.partitionOf(long), errorCode.invalidParams, "keyTooLong"],
    [made({ key: "" }), fixture.partitionOf(""), errorCode.invalidParams, "keyEmpty"],
    [made({ key: "\ud800" }), fixture.partitionOf("\ud800"), errorCode.invalidParams, "keyMalformed"],
    [{ ...toWire(record), checksum: record.checksum ^ 1 }, partition, errorCode.badRecord, "badRecord"],
    [{ ...toWire(record), value: "%" }, partition, errorCode.badRecord, "badRecord"],
    [made({ value: new Uint8Array(101) }), partition, errorCode.tooLarge, `${errorCode.tooLarge}`],
    [made({ expiresAtMs: clock.wallNow() - 5_000 }), partition, errorCode.replayedOrExpired, "expired"],
  ];
  return rows;
}

Deno.test("Keeper.answerWrite() refuses bad input with its own code, stores nothing of it, and counts it", async () => {
  for (const row of badInput(keeper()).keys()) {
    const one = keeper();
    const { fixture } = one;
    const [record, partition, code, counted] = badInput(one)[row] as ReturnType<typeof badInput>[number];
    const error = await assertRejects(() => write(fixture, partition, record), ChordError, "Cannot", counted);
    assertEquals([error.code, error.data.definite], [code, true], counted);
    assertEquals(fixture.store.stats.records, 0, counted);
    assertEquals([...fixture.keeper.refusals.values()], [1], counted);
  }
});

Deno.test("Keeper.refusals names the reason of each", async () => {
  const one = keeper();
  for (const [record, partition] of badInput(one)) {
    await assertRejects(() => write(one.fixture, partition, record), ChordError);
  }
  const { refusals } = one.fixture.keeper;
  for (const [, , , counted] of badInput(one)) {
    assert(refusals.has(counted), `${counted} of ${[...refusals.keys()]}`);
  }
});

Deno.test("Keeper.answerPush() stores nothing of a page in which one record is bad", async () => {
  for (const row of badInput(keeper()).keys()) {
    const one = keeper();
    const [bad, , code, counted] = badInput(one)[row] as ReturnType<typeof badInput>[number];
    if (counted === "otherPartition") continue; // A push says of no record where it belongs.
    const records = [toWire(one.record), bad];
    const error = await assertRejects(() => one.fixture.keeper.answerPush({ epoch: 1, records }), ChordError);
    assertEquals([error.code, one.fixture.store.stats.records], [code, 0], counted);
    assertEquals(one.fixture.keeper.refusals.size, 1, counted);
  }
});

Deno.test("Keeper lets no version from the future in, which would drag every later one along", async () => {
  const { fixture, partition, record } = keeper();
  const bad = toWire(makeRecord({ ...record, version: fixture.version(hourMs) }));
  const calls: (() => Promise<unknown>)[] = [
    () => write(fixture, partition, bad),
    () => fixture.keeper.answerPush({ epoch: 1, records: [toWire(record), bad] }),
  ];
  for (const refused of calls) {
    const error = await assertRejects(refused, ChordError);
    assertEquals([error.code, error.data.definite], [errorCode.clockSkew, true]);
  }
  assertEquals(fixture.store.stats.records, 0);
  assertEquals([...fixture.keeper.refusals.values()], [2]);
  assert(fixture.keeper.clock.next() < fixture.version(1_000));
});

Deno.test("Keeper.answerWrite() takes a deletion and a value that are as old as they like", async () => {
  const { fixture, partition, record } = keeper();
  const old = makeRecord({ ...record, value: null, expiresAtMs: 1, version: fixture.version(-hourMs) });
  assertEquals(await write(fixture, partition, toWire(old)), { version: old.version });
});

Deno.test("Keeper.answerWrite() says which version is here then: a larger one stays", async () => {
  const { fixture, partition, record } = keeper();
  assertEquals(await write(fixture, partition, toWire(record)), { version: record.version });
  const older = makeRecord({ ...record, version: fixture.version(-1) });
  const answer = { version: record.version, had: "unknown" as const };
  assertEquals(await write(fixture, partition, toWire(older)), answer, "our memory begins with this life");
  assertEquals(fixture.store.peek(partition, "k"), record);
});

Deno.test("Keeper.answerWrite() on a base refuses when anything newer came between", async () => {
  const { fixture, partition, record } = keeper();
  await write(fixture, partition, toWire(record));
  const next = makeRecord({ ...record, version: fixture.version(2) });
  const on = (base: StoredRecord["version"]) =>
    fixture.keeper.answerWrite({ partition, epoch: 1, record: toWire(next), base });
  assertEquals(
    await on(fixture.version(-1)),
    { version: record.version, had: "unknown" },
    "this one was not seen",
  );
  assertEquals(fixture.store.peek(partition, "k"), record);
  assertEquals(await on(record.version), { version: next.version });
  assertEquals(await on(record.version), { version: next.version }, "the same once more");
});

Deno.test("Keeper.answerWrite() knows a repeat by its request id, also after an overwrite", async () => {
  const { fixture, partition, record } = keeper();
  const first = makeRecord({ ...record, requestId: "r1" });
  await write(fixture, partition, toWire(first));
  await write(fixture, partition, toWire(makeRecord({ ...record, version: fixture.version(1) })));
  const repeat = makeRecord({ ...first, version: fixture.version(2) });
  assertEquals(await write(fixture, partition, toWire(repeat)), { version: first.version, repeated: true });
  const { version: instead } = first;
  const stamped = { partition, epoch: 1, record: toWire(repeat), instead };
  assertEquals(
    await fixture.keeper.answerWrite(stamped),
    { version: repeat.version },
    "its own second attempt",
  );
});

Deno.test("Keeper answers only under the view that it is in, and says which that is", async () => {
  const { fixture, partition, record } = keeper();
  fixture.replicas.learn([{ first: partition, last: partition }], view(2, "abd", "abc"));
  for (const epoch of [1, 3]) {
    const calls: (() => Promise<unknown>)[] = [
      () => write(fixture, partition, toWire(record), epoch),
      () => fixture.keeper.answerRead({ partition, key: "k", epoch, as: "member" }),
      () => fixture.keeper.answerPush({ epoch, records: [toWire(record)] }),
    ];
    for (const refused of calls) {
      const { data } = await assertRejects(refused, OtherViewError);
      assertEquals([data["partition"], data["view"]], [partition, view(2, "abd", "abc")]);
    }
  }
  assertEquals(fixture.store.stats.records, 0);
});

Deno.test("Replicas.learn() takes no word about partitions that the ring has not", () => {
  const { replicas } = new KeeperFixture();
  const view = { epoch: 2, members: [replica("b")], previous: [] };
  assertEquals(replicas.learn([{ first: 16, last: 65_535 }], view), false);
  assertEquals(replicas.learn([{ first: 15, last: 65_535 }], view), true);
  assertEquals(replicas.table.ranges().map(({ first, last }) => [first, last]), [[15, 15]]);
});

Deno.test("Replicas.learn() takes no word of an epoch that could have no next one", () => {
  const { replicas } = new KeeperFixture();
  const learn = (epoch: number) => {
    replicas.learn([{ first: 3, last: 3 }], { epoch, members: [replica("b")], previous: [] });
    return replicas.get(3)?.view.epoch;
  };
  assertEquals([learn(Number.MAX_SAFE_INTEGER), learn(2), learn(epochMax + 1), learn(epochMax)], [
    undefined,
    2,
    2,
    epochMax,
  ]);
});

Deno.test("Keeper.answerRead() does not send what the asker has", async () => {
  const { fixture, partition, record } = keeper();
  const read = (have?: StoredRecord["version"]) =>
    fixture.keeper.answerRead({ partition, key: "k", epoch: 1, as: "member", ...have && { have } });
  assertEquals(await read(), { record: null }, "an absence that counts");
  await write(fixture, partition, toWire(record));
  assertEquals(await read(), { record: toWire(record) });
  assertEquals(await read(record.version), { record: null, same: true });
});

Deno.test("Keeper.read(): a copy that is not complete is uncertain unless enough sources answer", async () => {
  const { fixture, partition, record } = keeper();
  fixture.replicas.markDamaged(partition);
  await assertRejects(() => fixture.keeper.read(partition, "k", 1), UncertainError, "out of reach");
  const sources = ["b", "c"].map((name) => `${replica(name).url} replica.read`);
  fixture.answers.set(sources[0] as string, () => ({ record: toWire(record) }));
  await assertRejects(() => fixture.keeper.read(partition, "k", 1), UncertainError, "", "one of two");
  fixture.answers.set(sources[1] as string, () => ({ record: null }));
  assertEquals(await fixture.keeper.read(partition, "k", 1), record);
  assertEquals(fixture.store.peek(partition, "k"), record, "and is here from now on");
});

Deno.test("Keeper knows that it had a record however it came by it", async () => {
  const fixture = new KeeperFixture().keeps(view(1, "abc"));
  await fixture.time.advance(5_000);
  const partition = fixture.partitionOf("k");
  const [record, newer] = [0, 1].map((inMs) =>
    fixture.record("k", `${inMs}`, { version: fixture.version(inMs), requestId: `r${inMs}` })
  ) as [StoredRecord, StoredRecord];
  await fixture.keeper.keep(record);
  await fixture.keeper.write(partition, 1, newer);
  assertEquals(await fixture.keeper.write(partition, 1, record), { version: newer.version, had: "yes" });
});

Deno.test("Keeper takes nothing below what is known to be there, whether or not it has that itself", async () => {
  const fixture = new KeeperFixture().keeps(view(1, "abc"));
  await fixture.time.advance(5_000);
  const { keeper, store } = fixture;
  const partition = fixture.partitionOf("k");
  const record = fixture.record("k", "late");
  const floor = fixture.version(1);
  assertEquals(await keeper.write(partition, 1, record, { floor }), { version: floor, had: "no" });
  assertEquals(store.peek(partition, "k"), undefined);
  await keeper.write(partition, 1, record);
  assertEquals(await keeper.write(partition, 1, record, { floor }), { version: record.version }, "it has it");
});

Deno.test("the founder of a ring knows from the first moment which writes it never had", async () => {
  const fixture = new KeeperFixture();
  await fixture.replicas.found();
  const partition = fixture.partitionOf("k");
  const [first, second] = [
    fixture.record("k", "1", { version: fixture.version(1) }),
    fixture.record("k", "2"),
  ];
  await fixture.keeper.write(partition, 1, first);
  assertEquals(await fixture.keeper.write(partition, 1, second), { version: first.version, had: "no" });
});
