import type { StoredRecord } from "../../core/data/record.ts";
import { HybridClock, type Version } from "../../core/data/version.ts";
import type { Partition } from "../../core/partition.ts";
import { MemoryStore } from "../../storage/memory_store.ts";
import type { Scheduler } from "../scheduler.ts";
import { SimDisk } from "../sim_disk.ts";
import { SimStore } from "../sim_store.ts";
import { type Mutant, plantAll, replaceMethod } from "./mutant.ts";

/** How much a disk that never flushes loses with the power. */
const unflushedMs = 3_000;

/** A write that is only in memory. */
interface Unflushed {
  readonly scheduler: Scheduler;
  readonly atMs: number;
  readonly partition: Partition;
  readonly before: StoredRecord | undefined;
  readonly after: StoredRecord;
}

/** Bugs of stores and of versions. */
export const storeMutants: readonly Mutant[] = [
  {
    name: "ackBeforeDurable",
    breaks: "a write is acknowledged while it is only in memory, so a power cut takes it back",
    regime: "faults",
    troubles: ["powerCut"],
    plant: plantUnflushedDisk,
  },
  {
    name: "olderWins",
    breaks: "of two versions the older one is kept",
    regime: "faults",
    plant: () =>
      replaceMethod(SimStore.prototype, "merge", (merge) =>
        async function (partition, record) {
          const current = this.disk.store.peek(partition, record.key);
          if (current !== undefined && current.version <= record.version) return current;
          return await replaceRecord(this, merge, partition, record);
        }),
  },
  {
    name: "lastArrivalWins",
    breaks: "versions are not compared, so an old write that is replayed replaces a newer one",
    regime: "faults",
    plant: () =>
      replaceMethod(SimStore.prototype, "merge", (merge) =>
        async function (partition, record) {
          return await replaceRecord(this, merge, partition, record);
        }),
  },
  {
    name: "damageServed",
    breaks: "checksums are not looked at, so what a disk has garbled is served",
    regime: "faults",
    troubles: ["bitRot"],
    plant: () =>
      replaceMethod(MemoryStore.prototype, "damage", () =>
        function (partition, key) {
          const record = this.peek(partition, key);
          if (record === undefined || record.value === null) return false;
          void this.drop(partition, key, record.version);
          void this.merge(partition, { ...record, value: record.value.map((byte) => byte ^ 0x80) });
          return true;
        }),
  },
  {
    name: "versionsTie",
    breaks: "versions lack the node that made them, so two writes of one millisecond have the same",
    regime: "faults",
    plant: () =>
      replaceMethod(HybridClock.prototype, "next", (next) =>
        function (above) {
          return `${next.call(this, above).slice(0, 18)}00` as Version;
        }),
  },
];

async function replaceRecord(
  store: SimStore,
  merge: SimStore["merge"],
  partition: Partition,
  record: StoredRecord,
): Promise<StoredRecord> {
  const current = store.disk.store.peek(partition, record.key);
  if (current !== undefined) await store.disk.store.drop(partition, record.key, current.version);
  return await merge.call(store, partition, record);
}

function plantUnflushedDisk(): () => void {
  const unflushed = new WeakMap<SimDisk, Unflushed[]>();
  return plantAll(
    replaceMethod(SimStore.prototype, "merge", (merge) =>
      async function (partition, record) {
        const { disk, scheduler } = this;
        const before = disk.store.peek(partition, record.key);
        const after = await merge.call(this, partition, record);
        const writes = unflushed.get(disk) ?? [];
        writes.push({ scheduler, atMs: scheduler.nowMs, partition, before, after });
        unflushed.set(disk, writes);
        return after;
      }),
    replaceMethod(SimDisk.prototype, "unplug", (unplug) =>
      function () {
        for (const write of unflushed.get(this)?.reverse() ?? []) takeBack(this, write);
        unflushed.delete(this);
        unplug.call(this);
      }),
  );
}

function takeBack({ store }: SimDisk, { after, atMs, before, partition, scheduler }: Unflushed): void {
  if (scheduler.nowMs - atMs > unflushedMs || store.peek(partition, after.key) !== after) return;
  void store.drop(partition, after.key, after.version);
  if (before !== undefined) void store.merge(partition, before);
}
