import { Copies } from "../../core/data/copies.ts";
import { ExchangeAnswers } from "../../core/data/exchange_answers.ts";
import { Keeper } from "../../core/data/keeper.ts";
import { type Gathered, Quorum } from "../../core/data/quorum.ts";
import { makeRecord, mergeRecords, type StoredRecord } from "../../core/data/record.ts";
import { RequestMemory } from "../../core/data/request_memory.ts";
import { Tombstones } from "../../core/data/tombstones.ts";
import { versionMs } from "../../core/data/version.ts";
import type { Replica } from "../../core/data/view.ts";
import { WritesUnderWay } from "../../core/data/writes_under_way.ts";
import { type Mutant, plantAll, replaceMethod } from "./mutant.ts";

const everything = { recordsMax: 10_000, bytesMax: Infinity };

/** Bugs of reads, writes and what copies tell each other. */
export const quorumMutants: readonly Mutant[] = [
  {
    name: "newerCountsAsHad",
    breaks: "a copy that has something newer counts as one that has the record",
    regime: "faults",
    plant: () =>
      replaceMethod(
        Copies.prototype,
        "write",
        (write) =>
          async function (to, view, partition, record, terms) {
            const answer = await write.call(this, to, view, partition, record, terms);
            return answer.version > record.version ? { ...answer, had: "yes" } : answer;
          },
      ),
  },
  {
    name: "ackWithOneCopy",
    breaks: "a write is acknowledged when one copy is durable (W = 1)",
    regime: "faults",
    plant: () =>
      replaceMethod(Quorum.prototype, "all", (all) =>
        async function (members, needed, ask, isGood) {
          return padded(
            await all.call(this, members, Math.min(needed, 1), ask, isGood),
            members,
            needed,
          );
        }),
  },
  {
    name: "readOneCopy",
    breaks: "a read trusts the first copy that answers",
    regime: "faults",
    plant: () =>
      replaceMethod(Quorum.prototype, "some", (some) =>
        async function (members, needed, ask) {
          return padded(await some.call(this, members, 1, ask), members, needed);
        }),
  },
  {
    name: "noWriteBack",
    breaks: "a read does not bring what it found to a quorum, so the next one may find less",
    regime: "faults",
    plant: () =>
      replaceMethod(Quorum.prototype, "some", (some) =>
        async function (members, needed, ask) {
          return agreed(
            await some.call(this, members, needed, ask) as Gathered<StoredRecord | null>,
            needed,
          );
        }),
  },
  {
    name: "noRestamp",
    breaks:
      "a write that came too late on a copy counts as kept, instead of being stamped above what is there",
    regime: "faults",
    plant: () =>
      replaceMethod(Keeper.prototype, "write", (write) =>
        async function (partition, epoch, record, terms) {
          const answer = await write.call(this, partition, epoch, record, terms);
          return answer.repeated === true ? answer : { version: record.version };
        }),
  },
  {
    name: "unsyncedVouches",
    breaks: "a copy that has not all data yet vouches for what it lacks",
    regime: "faults",
    plant: () =>
      replaceMethod(Keeper.prototype, "read", (read) =>
        async function (partition, key, epoch) {
          const isServed = this.replicas.serving(partition)?.view.epoch === epoch;
          if (!isServed) return await read.call(this, partition, key, epoch);
          return await this.ports.store.get(partition, key);
        }),
  },
  {
    name: "repeatsAreNews",
    breaks: "a request that comes twice is done twice, the second time above what was written since",
    regime: "faults",
    plant: () => replaceMethod(RequestMemory.prototype, "versionOf", () => () => null),
  },
  {
    name: "ttlRelative",
    breaks: "the time to live begins anew on every copy",
    regime: "faults",
    plant: () =>
      replaceMethod(Keeper.prototype, "keep", (keep) =>
        async function (record) {
          const { expiresAtMs, version } = record;
          if (expiresAtMs === null) return await keep.call(this, record);
          const lateMs = Math.max(0, Math.round(this.ports.clock.wallNow()) - versionMs(version));
          await keep.call(this, makeRecord({ ...record, expiresAtMs: expiresAtMs + lateMs }));
        }),
  },
  {
    name: "tombstonesAtOnce",
    breaks: "a deletion is forgotten at once, so an older copy brings the value back",
    regime: "faults",
    plant: () =>
      replaceMethod(Tombstones.prototype, "run", () =>
        async function () {
          const { records } = await this.store.page(this.replicas.everything, null, everything);
          for (const { key, value, version } of records) {
            if (value === null) await this.store.drop(this.replicas.partitions.ofKey(key), key, version);
          }
        }),
  },
  {
    name: "incompleteVouches",
    breaks: "a copy that lacks data answers as if it were complete, so others let go of theirs",
    regime: "faults",
    plant: () =>
      plantAll(
        replaceMethod(ExchangeAnswers.prototype, "digest", (digest) =>
          async function (params) {
            const { digests } = await digest.call(this, params);
            return { digests: digests.map((answer) => ({ ...answer, synced: true, wasSynced: true })) };
          }),
        replaceMethod(ExchangeAnswers.prototype, "compare", (compare) =>
          async function (params) {
            return await compare.call(this, { ...params, as: "member" });
          }),
      ),
  },
  {
    name: "undrained",
    breaks: "a copy is sealed and compared while writes to it are still under way",
    regime: "faults",
    troubles: ["slowDisk", "join", "leave"],
    plant: () => replaceMethod(WritesUnderWay.prototype, "drained", () => () => Promise.resolve()),
  },
];

/** As if the members that were not asked had said the same. */
function padded<T>(gathered: Gathered<T>, members: readonly Replica[], needed: number): Gathered<T> {
  const [first] = gathered.answers;
  if (first === undefined) return gathered;
  const silent = members.filter((member) => gathered.answers.every(({ from }) => from !== member));
  const missing = silent.slice(0, Math.max(0, needed - gathered.answers.length));
  return { ...gathered, answers: [...gathered.answers, ...missing.map((from) => ({ ...first, from }))] };
}

/** As if all that answered had the newest, and were enough. */
function agreed(gathered: Gathered<StoredRecord | null>, needed: number): Gathered<StoredRecord | null> {
  if (gathered.answers.length < needed) return gathered;
  const newest = gathered.answers.reduce<StoredRecord | null>(
    (best, { answer }) => answer === null ? best : best === null ? answer : mergeRecords(best, answer),
    null,
  );
  return { ...gathered, answers: gathered.answers.map(({ from }) => ({ from, answer: newest })) };
}
