import { assertEquals } from "@std/assert";
import type { Log } from "../../core/ports.ts";
import { DiskProbe, Scrub } from "../../node/upkeep.ts";
import { MemoryStore } from "../../storage/memory_store.ts";
import type { ScrubReport } from "../../storage/node_store.ts";

function eventLog() {
  const events: string[] = [];
  const log: Log = (level, event, { records, damaged } = {}) =>
    void events.push([level, event, records, damaged].filter((part) => part !== undefined).join(" "));
  return { events, log };
}

/** A disk that says for itself when it is full, and finds out by writing that it is not. */
class SlowToNotice extends MemoryStore {
  isKnownToBeFull = false;
  saves = 0;

  override isWritable(): boolean {
    return !this.isKnownToBeFull;
  }

  override async saveDocument(name: string, text: string): Promise<void> {
    this.saves++;
    await super.saveDocument(name, text);
    this.isKnownToBeFull = false;
  }
}

Deno.test("DiskProbe writes while nothing can be written, until it can, and says so once", async () => {
  const store = new SlowToNotice();
  const { events, log } = eventLog();
  const probe = new DiskProbe(store, log);
  await probe.run();
  assertEquals([store.saves, events], [0, []], "a store that works is left alone");

  store.isFull = store.isKnownToBeFull = true;
  for (let second = 0; second < 3; second++) await probe.run();
  assertEquals([store.saves, events], [3, ["error store.notWritable"]]);

  store.isFull = false;
  await probe.run();
  assertEquals([store.isWritable(), events.at(-1)], [true, "info store.writable"]);
  await probe.run();
  assertEquals([store.saves, events.length], [4, 2]);
});

Deno.test("Scrub makes a pass, then rests until an hour after its beginning", async () => {
  let nowMs = 0;
  let calls = 0;
  const reports: ScrubReport[] = [
    { scanned: 500, damaged: 0, isWrapped: false },
    { scanned: 200, damaged: 2, isWrapped: true },
    { scanned: 700, damaged: 0, isWrapped: true },
  ];
  const { events, log } = eventLog();
  const scrub = new Scrub(
    { scrub: () => Promise.resolve(reports[calls++] as ScrubReport) },
    log,
    () => nowMs,
  );
  await scrub.run();
  assertEquals(events, []);
  nowMs = 1_000;
  await scrub.run();
  assertEquals(events, ["warn scrubbed 700 2"]);
  for (nowMs of [1_001, 3_599_999]) await scrub.run();
  assertEquals(calls, 2);
  nowMs = 3_600_000;
  await scrub.run();
  assertEquals([calls, events.at(-1)], [3, "debug scrubbed 700 0"]);
});

Deno.test("Scrub does not fill the log when the store cannot be asked", async () => {
  let nowMs = 0;
  const { events, log } = eventLog();
  const scrub = new Scrub({ scrub: () => Promise.reject(new Error("closed")) }, log, () => nowMs);
  for (nowMs of [0, 250, 59_999, 60_000]) await scrub.run();
  assertEquals(events, ["warn scrubFailed", "warn scrubFailed"]);
});
