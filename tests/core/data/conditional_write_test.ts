import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChordNode } from "../../../core/chord_node.ts";
import { ChordError, errorCode } from "../../../core/errors.ts";
import type { WriteOptions, WriteOutcome } from "../../../core/service.ts";
import { SmallWorld } from "../small_world.ts";

/** The id of a request as clients make them: it tells when the request was made. */
function idOf({ world }: SmallWorld): string {
  return `${world.wallNow().toString(16).padStart(12, "0")}-r1`;
}

const timeout = { timeoutMs: 5_000 };

/** Writes of "k", all at once, each through another node; its value is its number. What became of each. */
async function race(small: SmallWorld, vias: readonly ChordNode[], options: WriteOptions) {
  const writes = vias.map((via, i) => via.put("k", new TextEncoder().encode(`${i}`), options, timeout));
  return await small.run(Promise.allSettled(writes));
}

/** The numbers of those that were acknowledged. */
function acknowledged(outcomes: readonly PromiseSettledResult<WriteOutcome>[]): number[] {
  return outcomes.flatMap(({ status }, i) => status === "fulfilled" ? [i] : []);
}

Deno.test("of two ifAbsent writes through different nodes at once exactly one is acknowledged", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const small = await SmallWorld.ideal(3, {}, seed);
    const outcomes = await race(small, small.ring.slice(0, 2), { ifAbsent: true });
    assertEquals(acknowledged(outcomes).length, 1, `seed ${seed}`);
  }
});

Deno.test("of many ifVersion writes on one version at most one is acknowledged, and the others say why", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const small = await SmallWorld.ideal(5, {}, seed);
    const { version } = await small.put(small.ring[0] as ChordNode, "k", "before");
    const outcomes = await race(small, small.ring, { ifVersion: version });
    assert(acknowledged(outcomes).length <= 1, `seed ${seed}`);
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue;
      const { code, data } = outcome.reason as ChordError;
      const isCertain = code === errorCode.versionConflict && data.definite;
      const isOpen = code === errorCode.unavailable && !data.definite;
      assert(isCertain || isOpen, `seed ${seed}: ${outcome.reason}`);
    }
  }
});

Deno.test("a conditional write that was acknowledged is not undone by one that lost against it", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const small = await SmallWorld.ideal(3, {}, seed);
    const [winner] = acknowledged(await race(small, small.ring.slice(0, 2), { ifAbsent: true }));
    assert(winner !== undefined, `seed ${seed}`);
    await small.advance(60_000);
    for (const via of small.ring) assertEquals(await small.valueOf(via, "k"), `${winner}`, `seed ${seed}`);
  }
});

Deno.test("conditions see deletions and ends of life: both make a key absent", async () => {
  const small = await SmallWorld.ideal(3);
  const [via, other] = small.ring as [ChordNode, ChordNode];
  await small.put(via, "k", "1", { ttlMs: 1_000 });
  await small.advance(1_500);
  const second = await small.put(other, "k", "2", { ifAbsent: true });
  assertEquals(second.created, true);
  await small.delete(via, "k");
  const stale = () => small.put(via, "k", "3", { ifVersion: second.version });
  assertEquals((await assertRejects(stale, ChordError, "does not exist")).data["current"], null);
  assertEquals((await small.put(other, "k", "4", { ifAbsent: true })).created, true);
});

Deno.test("a repeat with the same request id, through whichever node, is the same write", async () => {
  const small = await SmallWorld.ideal(5);
  const versions = new Set<string>();
  for (const via of small.ring) {
    const { version } = await small.put(via, "k", "v", { requestId: "r1" });
    versions.add(version);
    await small.advance(1_000);
  }
  assertEquals(versions.size, 1);
});

Deno.test("repeats at once, through different nodes, are the same write", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const small = await SmallWorld.ideal(5, {}, seed);
    const outcomes = await race(small, small.ring, { requestId: idOf(small) });
    const versions = outcomes.map((outcome) =>
      outcome.status === "fulfilled" ? outcome.value.version : outcome
    );
    assertEquals(new Set(versions).size, 1, `seed ${seed}`);
  }
});

Deno.test("a repeat of a write that was overwritten meanwhile does not bring it back", async () => {
  const small = await SmallWorld.ideal(5);
  const [a, b, c] = small.ring as [ChordNode, ChordNode, ChordNode];
  const first = await small.put(a, "k", "first", { requestId: "r1" });
  await small.put(b, "k", "second", { requestId: "r2" });
  assertEquals((await small.put(c, "k", "first", { requestId: "r1" })).version, first.version);
  for (const via of small.ring) assertEquals(await small.valueOf(via, "k"), "second");
});

Deno.test("a repeat of a conditional write that has happened is no conflict with itself", async () => {
  const small = await SmallWorld.ideal(5);
  const [a, b] = small.ring as [ChordNode, ChordNode];
  const first = await small.put(a, "k", "1", { ifAbsent: true, requestId: "r1" });
  const again = await small.put(b, "k", "1", { ifAbsent: true, requestId: "r1" });
  assertEquals(again.version, first.version);
  const next = await small.put(b, "k", "2", { ifVersion: first.version, requestId: "r2" });
  assertEquals(
    (await small.put(a, "k", "2", { ifVersion: first.version, requestId: "r2" })).version,
    next.version,
  );
});

Deno.test("a repeat after its coordinator died in the middle ends as one write", async () => {
  await assertOneWriteAfterDeath(idOf);
});

Deno.test("a repeat after its coordinator died in the middle ends as one write, whatever its id looks like", async () => {
  await assertOneWriteAfterDeath(() => "r1");
});

/** The version that was answered is the one that stays. */
async function assertOneWriteAfterDeath(idOf: (small: SmallWorld) => string): Promise<void> {
  for (const afterMs of [1, 2, 3, 4, 6]) {
    const small = await SmallWorld.ideal(5);
    const [coordinator, other] = small.keepersOf("k") as [ChordNode, ChordNode];
    const options = { requestId: idOf(small) };
    small.world.watch(coordinator.put("k", new TextEncoder().encode("v"), options, timeout));
    await small.advance(afterMs);
    small.world.crash(small.hostOf(coordinator));
    const { version } = await small.put(other, "k", "v", options);
    await small.advance(30_000);
    for (const via of small.ring) {
      assertEquals((await small.get(via, "k")).record?.version, version, `died after ${afterMs} ms`);
    }
  }
}
