import { assertEquals } from "@std/assert";
import { defaultConfig, defaultPartitions } from "../../core/config.ts";
import { IdSpace } from "../../core/id.ts";
import { PartitionMap } from "../../core/partition.ts";

Deno.test("defaultPartitions() is what the circle has room for, 4,096 at most", () => {
  for (const [bits, want] of [[8, 256], [11, 2_048], [12, 4_096], [13, 4_096], [160, 4_096]] as const) {
    assertEquals(defaultPartitions(bits), want, `${bits} bits`);
    assertEquals(new PartitionMap(new IdSpace(bits), want).count, want);
  }
});

Deno.test("defaultConfig: an attempt fits into a client's time many times over, and death takes more than two misses", () => {
  const { attemptTimeoutMs, clientTimeoutMs, deadAfterMs, quietStabilizeMs, stabilizeMs, successors } =
    defaultConfig;
  assertEquals(clientTimeoutMs >= 5 * attemptTimeoutMs, true);
  assertEquals(deadAfterMs > 2 * (stabilizeMs + attemptTimeoutMs), true);
  assertEquals(quietStabilizeMs >= stabilizeMs && successors >= 2, true);
});
