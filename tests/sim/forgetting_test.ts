import { assertEquals } from "@std/assert";
import { formatVersion } from "../../core/data/version.ts";
import type { Id } from "../../core/id.ts";
import { withForgotten } from "../../sim/forgetting.ts";
import type { Operation } from "../../sim/history/history.ts";

const graceMs = 20_000;

function operation(kind: Operation["kind"], outcome: Operation["outcome"], atMs: number): Operation {
  const returnMs = outcome === "info" ? Infinity : atMs + 10;
  return {
    ...{
      id: atMs,
      client: "c",
      key: "k",
      kind,
      outcome,
      value: kind === "put" ? "v" : null,
      expiresAtMs: null,
    },
    ...{ callMs: atMs, returnMs, wallCallMs: atMs, wallReturnMs: returnMs },
    version: kind === "get" || outcome === "info" ? null : formatVersion(atMs, 0, "aa" as Id),
  };
}

Deno.test("withForgotten() explains an absence by a deletion that was old enough to be forgotten", () => {
  const rows: [
    write: Operation | null,
    readAtMs: number,
    want: "as it is" | "explained" | "left out",
    why: string,
  ][] = [
    [operation("delete", "ok", 1_000), 5_000, "as it is", "the grace is not over"],
    [operation("delete", "ok", 1_000), 25_000, "explained", "the grace is over"],
    [operation("put", "ok", 1_000), 25_000, "as it is", "a value is not forgotten"],
    [operation("delete", "info", 1_000), 25_000, "left out", "nobody knows whether it happened"],
    [operation("delete", "info", 1_000), 5_000, "as it is", "if it did, it is still known"],
    [null, 25_000, "as it is", "never written"],
  ];
  for (const [write, readAtMs, want, why] of rows) {
    const read = operation("get", "ok", readAtMs);
    const reads = withForgotten([read], write === null ? [] : [write], graceMs);
    const outcome = reads.length === 0 ? "left out" : reads[0]?.version === null ? "as it is" : "explained";
    assertEquals(outcome, want, why);
  }
});
