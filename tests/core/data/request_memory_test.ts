import { assertEquals } from "@std/assert";
import { makeRecord } from "../../../core/data/record.ts";
import { memoryMs, RequestMemory } from "../../../core/data/request_memory.ts";
import { versionMs } from "../../../core/data/version.ts";
import { ballot as version } from "./replica_names.ts";

const nowMs = versionMs(version(1)) + 1_000;

/** The n-th write, of a key and by a request. */
function write(n: number, key: string, requestId: string | null) {
  return makeRecord({ key, value: null, version: version(n), expiresAtMs: null, requestId });
}

Deno.test("RequestMemory knows the version that a request made, under any later one", () => {
  const memory = new RequestMemory();
  memory.note(write(1, "k", "r1"), nowMs);
  memory.note(write(2, "k", "r of"), nowMs);
  const rows: [key: string, requestId: string | null, want: string | null, why: string][] = [
    ["k", "r1", version(1), "a repeat, stamped anew"],
    ["k", "r2", null, "another request"],
    ["other", "r1", null, "the same id for another key is another write"],
    ["k", null, null, "a write without a name is nobody's repeat"],
    ["of k", "r", null, "ids and keys that read the same one after the other"],
  ];
  for (const [key, requestId, want, why] of rows) {
    assertEquals(memory.versionOf(write(9, key, requestId)), want, why);
  }
});

Deno.test("RequestMemory: a write that was stamped higher on its way is known by its last version", () => {
  const memory = new RequestMemory();
  for (const n of [1, 2]) memory.note(write(n, "k", "r1"), nowMs);
  assertEquals(memory.versionOf(write(9, "k", "r1")), version(2));
});

Deno.test("RequestMemory forgets the oldest of more than ten thousand", () => {
  const memory = new RequestMemory();
  for (let n = 1; n <= 10_001; n++) memory.note(write(n, "k", `r${n}`), nowMs);
  const known = [1, 2, 10_001].map((n) => memory.versionOf(write(0, "k", `r${n}`)) !== null);
  assertEquals(known, [false, true, true]);
});

Deno.test("RequestMemory says how far back it reaches", () => {
  const memory = new RequestMemory();
  assertEquals(memory.sinceMs(2 * memoryMs), memoryMs);
  for (let n = 1; n <= 10_001; n++) memory.note(write(n, "k", `r${n}`), nowMs);
  assertEquals(memory.sinceMs(nowMs), versionMs(version(1)), "up to the newest of those it has forgotten");
});

Deno.test("RequestMemory does not give up recent requests for old ones", () => {
  const memory = new RequestMemory();
  memory.note(write(1, "k", "old"), versionMs(version(1)) + memoryMs);
  assertEquals(memory.versionOf(write(2, "k", "old")), null);
});
