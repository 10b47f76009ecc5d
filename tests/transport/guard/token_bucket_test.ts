import { assertEquals, assertThrows } from "@std/assert";
import { TokenBuckets, type TokenBucketsOptions } from "../../../transport/guard/token_bucket.ts";

function bucketsAt(options: Partial<TokenBucketsOptions> = {}) {
  const time = { nowMs: 5_000 };
  const buckets = new TokenBuckets(
    { perSecond: 10, burst: 3, bucketsMax: 2, ...options },
    () => time.nowMs,
  );
  return { buckets, time };
}

Deno.test("TokenBuckets give a burst at once, then one by one", () => {
  const { buckets, time } = bucketsAt();
  assertEquals([1, 2, 3].map(() => buckets.take("ada")), [0, 0, 0]);
  assertEquals(buckets.take("ada"), 100);
  time.nowMs += 99;
  assertEquals(buckets.take("ada"), 1);
  time.nowMs += 1;
  assertEquals(buckets.take("ada"), 0);
});

Deno.test("TokenBuckets hold no more after a long pause than after a short one", () => {
  const { buckets, time } = bucketsAt();
  buckets.take("ada", 3);
  time.nowMs += 3_600_000;
  assertEquals(buckets.take("ada", 3), 0);
  assertEquals(buckets.take("ada", 3), 300);
});

Deno.test("TokenBuckets take nothing when they refuse", () => {
  const { buckets, time } = bucketsAt();
  buckets.take("ada", 2);
  assertEquals(buckets.take("ada", 3), 200);
  assertEquals(buckets.take("ada", 1), 0);
  time.nowMs += 100;
  assertEquals(buckets.take("ada", 1), 0);
});

Deno.test("TokenBuckets refill exactly, whatever the rate", () => {
  const { buckets, time } = bucketsAt({ perSecond: 3, burst: 1 });
  for (let taken = 0; taken < 1_000; taken++) {
    assertEquals(buckets.take("ada"), 0, `token ${taken}`);
    time.nowMs += 1_000 / 3;
  }
});

Deno.test("TokenBuckets know callers apart", () => {
  const { buckets } = bucketsAt();
  buckets.take("ada", 3);
  assertEquals(buckets.take("bob", 3), 0);
});

Deno.test("TokenBuckets let newcomers share one when all are in use", () => {
  const { buckets } = bucketsAt();
  buckets.take("ada");
  buckets.take("bob");
  const given = Array.from({ length: 100 }, (_, name) => buckets.take(`flood ${name}`));
  assertEquals(given.filter((waitMs) => waitMs === 0).length, 3);
  assertEquals(buckets.size, 2);
  assertEquals(buckets.take("ada"), 0, "the known are not hurt");
});

Deno.test("TokenBuckets forget those that are full again", () => {
  const { buckets, time } = bucketsAt();
  buckets.take("ada");
  buckets.take("bob");
  time.nowMs += 100;
  assertEquals(buckets.take("eve", 3), 0);
  assertEquals(buckets.size, 2);
});

Deno.test("TokenBuckets refuse what they never hold", () => {
  assertThrows(() => bucketsAt().buckets.take("ada", 4), RangeError);
  assertThrows(() => bucketsAt({ burst: 0 }), RangeError);
  assertThrows(() => bucketsAt({ perSecond: NaN }), RangeError);
});
