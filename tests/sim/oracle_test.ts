import { assertEquals } from "@std/assert";
import { makeRecord } from "../../core/data/record.ts";
import type { Version } from "../../core/data/version.ts";
import { ChordError, errorCode } from "../../core/errors.ts";
import type { Id } from "../../core/id.ts";
import { DataOracle } from "../../sim/data_oracle.ts";

const owner = { id: "00" as Id, url: "http://n1" };
const v = (n: number) => `00000000000${n}.0000.00` as Version;

function written(
  oracle: DataOracle,
  value: string | null,
  version: Version,
  expiresAtMs: number | null = null,
) {
  const write = oracle.beginWrite("k", value, expiresAtMs);
  oracle.acknowledged("k", write, { version, created: true, expiresAtMs, owner, replicas: [owner], hops: 0 });
}

function answer(value: string | null, version: Version | null) {
  const record = version === null ? null : makeRecord({
    key: "k",
    value: value === null ? null : new TextEncoder().encode(value),
    version,
    expiresAtMs: null,
    requestId: null,
  });
  return { record, found: value !== null, owner, hops: 0 };
}

/** What the oracle says to a read that began at the floor as it was then. */
function judge(oracle: DataOracle, outcome: ReturnType<typeof answer>, beganMs = 10): boolean {
  const period = { beganMs, endedMs: beganMs };
  return oracle.judge("k", outcome, oracle.floor("k"), period) === null;
}

Deno.test("the oracle knows a lost, a stale, a resurrected and an overdue answer", () => {
  const oracle = new DataOracle();
  assertEquals(judge(oracle, answer(null, null)), true, "nothing was written yet");
  written(oracle, "a", v(1));
  written(oracle, "b", v(2));
  assertEquals(judge(oracle, answer("b", v(2))), true);
  assertEquals(judge(oracle, answer(null, null)), false, "lost");
  assertEquals(judge(oracle, answer("a", v(1))), false, "stale");
  assertEquals(judge(oracle, answer("z", v(3))), false, "made up");
  written(oracle, null, v(3));
  assertEquals(judge(oracle, answer(null, v(3))), true, "deleted");
  assertEquals(judge(oracle, answer("b", v(2))), false, "resurrected");
  written(oracle, "c", v(4), 20);
  assertEquals(judge(oracle, answer("c", v(4)), 19), true, "its time is not over");
  assertEquals(judge(oracle, answer("c", v(4)), 20), false, "overdue");
});

Deno.test("a write of unknown outcome may turn up or not; a refused one may not", () => {
  const oracle = new DataOracle();
  const unknown = oracle.beginWrite("k", "u", null);
  oracle.writeFailed("k", unknown, new ChordError(errorCode.deadlineExceeded, "late", { definite: false }));
  assertEquals(judge(oracle, answer("u", v(5))), true);
  assertEquals(judge(oracle, answer(null, null)), true);
  const refused = oracle.beginWrite("k", "r", null);
  oracle.writeFailed("k", refused, new ChordError(errorCode.draining, "leaving"));
  assertEquals(judge(oracle, answer("r", v(6))), false);
});
