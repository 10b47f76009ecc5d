import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Version } from "../../core/data/version.ts";
import { ConditionLedger } from "../../sim/condition_ledger.ts";
import { faultKinds, Faults } from "../../sim/faults.ts";
import type { RunReport } from "../../sim/run.ts";
import { Totals } from "../../sim/totals.ts";
import { World } from "../../sim/world.ts";

Deno.test("the ledger of conditions counts a version that two writes have replaced, not two keys or versions", () => {
  const ledger = new ConditionLedger();
  const v = (n: number) => `00000000000${n}.0000.00` as Version;
  ledger.acknowledged("a", v(1), "one");
  ledger.acknowledged("a", v(2), "two");
  ledger.acknowledged("b", v(1), "three");
  assertEquals([ledger.count, ledger.doubles.length], [3, 0]);
  ledger.acknowledged("a", v(1), "four");
  assertEquals(ledger.doubles, [`four and one both replaced "a" at ${v(1)}`]);
});

Deno.test("V1: a second view of an epoch is noticed, whoever has it and however briefly", async () => {
  const world = new World(1, { partitions: 4, bits: 32 }, { latencyMsMin: 1, latencyMsMax: 1, loss: 0 });
  await world.startIdeal(3);
  await world.scheduler.runUntil(2_000);
  assertEquals(world.views.contradiction, null);
  const [first, second] = world.members;
  const view = first?.replicas.get(0)?.view;
  if (first === undefined || second === undefined || view === undefined) throw new Error("nobody is there");
  const next = (members: typeof view.members) => ({ epoch: view.epoch + 1, members, previous: view.members });
  first.replicas.learn([{ first: 0, last: 0 }], next(view.members.slice(0, 2)));
  assertEquals(world.views.contradiction, null);
  second.replicas.learn([{ first: 0, last: 0 }], next(view.members.slice(1)));
  assertStringIncludes(world.views.contradiction ?? "", "partition 0 has two views of epoch 2");
});

/** A run that met every kind of fault but some. */
function reportWithout(...missing: readonly string[]): RunReport {
  const faults = new Faults(
    Object.fromEntries(faultKinds.map((kind) => [kind, missing.includes(kind) ? 0 : 1])),
  );
  return {
    ...{ seed: 1, regime: "faults", events: 1, messages: 1, checks: 0, virtualMs: 3_600_000, traceHash: "" },
    operations: { acknowledged: 2, unknown: 0, refused: 0, found: 1, absent: 0, uncertain: 0 },
    ...{ faults: faults.hits, calm: { expected: 1, readable: 1 }, violations: [], failure: "" },
  };
}

Deno.test("Totals: so many runs prove nothing about a kind of fault that none of them has met", () => {
  const totals = new Totals("faults");
  for (let i = 0; i < 999; i++) totals.add(reportWithout("fullDisk"));
  assertEquals(totals.missed, [], "few runs may miss some");
  totals.add(reportWithout("fullDisk"));
  assertEquals(totals.missed, ["fullDisk"]);
  assertStringIncludes(totals.summary, "faults: 1000 runs");
  assertStringIncludes(totals.summary, "writes acknowledged 2000");
});

Deno.test("Totals: in twenty thousand runs each kind of fault has to be met a hundred times", () => {
  const totals = new Totals("faults");
  for (let i = 0; i < 20_000; i++) totals.add(i < 99 ? reportWithout() : reportWithout("bitRot"));
  assertEquals(totals.missed, ["bitRot"]);
});
