import { assert, assertEquals, assertRejects } from "@std/assert";
import type { View } from "../../../core/data/view.ts";
import { OtherViewError } from "../../../core/errors.ts";
import type { Vote } from "../../../core/protocol.ts";
import { KeeperFixture } from "./keeper_fixture.ts";
import { ballot, replica, view } from "./replica_names.ts";

const abc = view(1, "abc");
const everything = [{ first: 0, last: 15 }];

/** The votes as lines: `0-15 yes`, a promise that was made before, a view that is not the asker's. */
function linesOf({ votes }: { votes: readonly Vote[] }): string[] {
  return votes.map(({ first, last, kind, promised, view: other }) => {
    const more = kind === "no" ? ` to ${promised}` : kind === "otherView" ? ` ${other?.epoch ?? "none"}` : "";
    return `${first}-${last} ${kind}${more}`;
  });
}

function prepare(fixture: KeeperFixture, of: View, n: number, ranges = everything) {
  return fixture.box.prepare({ view: of, ballot: ballot(n), ranges });
}

function accept(fixture: KeeperFixture, { epoch }: View, n: number, members: string, ranges = everything) {
  return fixture.box.accept({ epoch, ballot: ballot(n), members: [...members].map(replica), ranges });
}

Deno.test("BallotBox.prepare() promises to hear no lower ballot, all partitions of one history in one word", async () => {
  const fixture = new KeeperFixture().keeps(abc);
  assertEquals(linesOf(await prepare(fixture, abc, 5)), ["0-15 yes"]);
  assertEquals(linesOf(await prepare(fixture, abc, 4)), [`0-15 no to ${ballot(5)}`]);
  assertEquals(linesOf(await accept(fixture, abc, 4, "abd")), [`0-15 no to ${ballot(5)}`]);
});

Deno.test("BallotBox votes by runs of partitions that have the same to say", async () => {
  const fixture = new KeeperFixture().keeps(abc).keeps(view(4, "abc", "abc"), { first: 3, last: 5 });
  await prepare(fixture, abc, 7, [{ first: 8, last: 9 }]);
  assertEquals(linesOf(await prepare(fixture, abc, 5)), [
    "0-2 yes",
    "3-5 otherView 4",
    "6-7 yes",
    `8-9 no to ${ballot(7)}`,
    "10-15 yes",
  ]);
});

Deno.test("BallotBox: a vote by one that is no member of the view says which it has heard of", async () => {
  const otherDisk: View = { ...view(2, "bc", "abc"), members: ["a2", "b", "c"].map(replica) };
  const rows: [knows: View | null, asked: View, want: string, why: string][] = [
    [view(2, "bcd", "abc"), view(2, "bcd", "abc"), "0-15 otherView 2", "it is out"],
    [view(3, "abc", "abd"), view(2, "abd", "abc"), "0-15 otherView 3", "the view is over"],
    [null, view(2, "bcd", "abc"), "0-15 otherView 2", "it has just been told"],
    [otherDisk, otherDisk, "0-15 otherView 2", "it is another disk of this node"],
  ];
  for (const [knows, asked, want, why] of rows) {
    const fixture = new KeeperFixture();
    if (knows !== null) fixture.replicas.learn(everything, knows);
    assertEquals(linesOf(await prepare(fixture, asked, 1)), [want], why);
    const { votes } = await accept(fixture, asked, 1, "abc");
    assertEquals(votes[0]?.kind, "otherView", why);
  }
});

Deno.test("BallotBox.accept() from one that has not heard of the view says so, and changes nothing", async () => {
  const fixture = new KeeperFixture();
  assertEquals(linesOf(await accept(fixture, abc, 1, "abd")), ["0-15 otherView none"]);
  assertEquals(fixture.replicas.get(0), null);
});

Deno.test("BallotBox.prepare() teaches the view that it is about: a member that missed it votes all the same", async () => {
  const fixture = new KeeperFixture().keeps(abc);
  const next = view(2, "abd", "abc");
  assertEquals(linesOf(await prepare(fixture, next, 1)), ["0-15 yes"]);
  assertEquals(fixture.replicas.get(0)?.view, next);
});

Deno.test("BallotBox.prepare() says whether the copy is complete, and what it has voted for before", async () => {
  const fixture = new KeeperFixture().keeps(abc);
  fixture.replicas.markDamaged(3);
  await accept(fixture, abc, 1, "abd", [{ first: 8, last: 8 }]);
  const { votes } = await prepare(fixture, abc, 2);
  assertEquals(votes.map(({ first, synced, accepted }) => [first, synced, accepted?.members.length]), [
    [0, true, undefined],
    [3, false, undefined],
    [4, true, undefined],
    [8, true, 3],
    [9, true, undefined],
  ]);
  assertEquals(votes[3]?.accepted, { ballot: ballot(1), members: [..."abd"].map(replica) });
});

Deno.test("BallotBox.accept() seals the copy: it refuses reads and writes of its own view", async () => {
  const fixture = new KeeperFixture().keeps(abc);
  const [key, partition] = ["k", fixture.partitionOf("k")];
  await fixture.keeper.write(partition, 1, fixture.record(key, "before"));
  assertEquals(linesOf(await accept(fixture, abc, 1, "abd")), ["0-15 yes"]);
  await assertRejects(() => fixture.keeper.read(partition, key, 1), OtherViewError);
  const late = () => fixture.keeper.write(partition, 1, fixture.record(key, "after"));
  const error = await assertRejects(late, OtherViewError);
  assertEquals(error.data["view"], abc, "it is about to change");
  assertEquals(fixture.store.peek(partition, key)?.value, new TextEncoder().encode("before"));
});

Deno.test("BallotBox.accept() waits for the writes in flight, of its partitions only", async () => {
  const fixture = new KeeperFixture().keeps(abc);
  let finish = () => {};
  const slowDisk = new Promise<void>((resolve) => finish = resolve);
  const write = fixture.replicas.writes.run(3, () => slowDisk);
  let isCast = false;
  const vote = accept(fixture, abc, 1, "abd", [{ first: 2, last: 4 }]).then(() => isCast = true);
  await accept(fixture, abc, 1, "abd", [{ first: 5, last: 5 }]);
  await fixture.settle();
  assertEquals(isCast, false, "what is being written may be acknowledged yet");
  finish();
  await Promise.all([write, vote]);
  assertEquals(isCast, true);
});

Deno.test("BallotBox answers only when its word is durable", async () => {
  const fixture = new KeeperFixture().keeps(abc);
  await fixture.replicas.save();
  for (const vote of [() => prepare(fixture, abc, 1), () => accept(fixture, abc, 1, "abd")]) {
    let write = () => {};
    fixture.disk = new Promise((resolve) => write = resolve);
    const before = fixture.saves;
    let isCast = false;
    const cast = vote().then(() => isCast = true);
    await fixture.settle();
    assertEquals([isCast, fixture.saves], [false, before]);
    write();
    await cast;
    assertEquals(fixture.saves, before + 1);
  }
});

Deno.test("BallotBox: a sealed copy is open again in the next view", async () => {
  const fixture = new KeeperFixture().keeps(abc);
  await accept(fixture, abc, 1, "abd");
  assertEquals(fixture.replicas.serving(0), null);
  fixture.replicas.learn(everything, view(2, "abd", "abc"));
  const state = fixture.replicas.serving(0);
  assert(state !== null && state.isSynced);
  assertEquals([state.promised, state.accepted], [null, null], "promises were about the view before");
});
