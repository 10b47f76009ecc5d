import { assertEquals, assertRejects } from "@std/assert";
import { makeRecord, type StoredRecord } from "../../core/data/record.ts";
import type { Version } from "../../core/data/version.ts";
import { ChordError } from "../../core/errors.ts";
import type { Id } from "../../core/id.ts";
import { Faults } from "../../sim/faults.ts";
import { Scheduler } from "../../sim/scheduler.ts";
import { SimDisk } from "../../sim/sim_disk.ts";
import { SimLife } from "../../sim/sim_life.ts";
import { SimStore } from "../../sim/sim_store.ts";

function record(value: string, version: number): StoredRecord {
  return makeRecord({
    key: "k",
    value: new TextEncoder().encode(value),
    version: `00000000000${version}.0000.00` as Version,
    expiresAtMs: null,
    requestId: null,
  });
}

function stage() {
  const [disk, scheduler, faults] = [new SimDisk("d"), new Scheduler(), new Faults()];
  const life = new SimLife({ id: "00" as Id, url: "http://n1" });
  const store = new SimStore(disk, scheduler, life, faults);
  return { disk, faults, life, scheduler, store };
}

Deno.test("SimStore: a write that was asked for before the power went is undone; one that was on the disk stays", async () => {
  for (const [crashAtMs, expected] of [[0.5, undefined], [1.1, "a"]] as const) {
    const { disk, life, scheduler, store } = stage();
    let isKnown = false;
    store.merge(0, record("a", 1)).then(() => void (isKnown = true));
    await scheduler.runUntil(crashAtMs);
    life.isAlive = false;
    await scheduler.runUntil(10);
    const kept = disk.store.peek(0, "k")?.value;
    assertEquals(kept && new TextDecoder().decode(kept), expected);
    assertEquals(isKnown, false, "nobody was told");
  }
});

Deno.test("SimStore: a slow disk keeps the order of writes, also with what comes after it got well", async () => {
  const { disk, scheduler, store } = stage();
  const order: string[] = [];
  disk.slowness = 100;
  store.saveDocument("node", "old").then(() => order.push("old"));
  disk.slowness = 1;
  store.saveDocument("node", "new").then(() => order.push("new"));
  await scheduler.runUntil(200);
  assertEquals([await store.loadDocument("node"), order], ["new", ["old", "new"]]);
});

Deno.test("SimStore: on a slow disk a read may miss what was written while it looked", async () => {
  const { disk, scheduler, store } = stage();
  disk.slowness = 100;
  const read = store.get(0, "k");
  await disk.store.merge(0, record("a", 1));
  await scheduler.runUntil(1_000);
  assertEquals(await read, null);
});

Deno.test("SimStore: a full disk refuses, and that is counted", async () => {
  const { disk, faults, scheduler, store } = stage();
  disk.store.isFull = true;
  const merge = store.merge(0, record("a", 1));
  await Promise.all([assertRejects(() => merge, ChordError), scheduler.runUntil(10)]);
  assertEquals(faults.hits.fullWrite, 1);
});

Deno.test("SimStore: damage found while nobody ran is heard by the next life, and by none that is dead", async () => {
  const { disk, faults, life, scheduler, store } = stage();
  const heard: string[] = [];
  await disk.store.merge(3, record("a", 1));
  store.onDamage((partition) => heard.push(`first ${partition}`));
  life.isAlive = false;
  disk.unplug();
  disk.store.damage(3, "k");
  const next = new SimStore(disk, scheduler, new SimLife(life.ref), faults);
  next.onDamage((partition) => heard.push(`second ${partition}`));
  assertEquals(heard, ["second 3"]);
});
