import { assert, assertEquals } from "@std/assert";
import { DurationHistogram } from "../../../transport/measures/duration_histogram.ts";
import { HopCounts } from "../../../transport/measures/hop_counts.ts";
import { LoopLag } from "../../../transport/measures/loop_lag.ts";
import { type Gauges, historySamplesMax, Measures } from "../../../transport/measures/measures.ts";
import { VirtualTime } from "../../core/virtual_time.ts";

const gauges: Gauges = {
  keysOwn: 3,
  keysReplica: 4,
  disk: null,
  cpu: 0.5,
  memory: 1_000,
  loopLag: 2,
};

Deno.test("a percentile of durations is off by three in a hundred at most", () => {
  const histogram = new DurationHistogram();
  assertEquals([histogram.percentile(0.5), histogram.count], [null, 0]);
  const all = Array.from({ length: 1_000 }, (_, i) => 0.003 * 1.012 ** i);
  for (const ms of all) histogram.record(ms);
  for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
    const want = all[Math.ceil(share * all.length) - 1] ?? NaN;
    const got = histogram.percentile(share) ?? NaN;
    // Below sixteen microseconds each has a bucket of its own.
    assert(Math.abs(got - want) <= Math.max(0.031 * want, 0.001), `${share}: ${got} for ${want}`);
  }
  histogram.record(-5);
  histogram.record(1e12);
  assertEquals(histogram.count, 1_002);
});

Deno.test("durations are counted exactly below each doubling of a microsecond", () => {
  const histogram = new DurationHistogram();
  for (const microseconds of [0, 1, 255, 256, 257, 511, 512, 1_048_575, 1_048_576]) {
    histogram.record(microseconds / 1_000);
  }
  const rows = [[0, 1], [1, 2], [8, 3], [9, 6], [10, 7], [20, 8], [21, 9]] as const;
  for (const [doublings, want] of rows) {
    assertEquals(histogram.countBelow(doublings), want, `2^${doublings} µs`);
  }
  histogram.clear();
  assertEquals([histogram.countBelow(30), histogram.count, histogram.sumMs], [0, 0, 0]);
});

Deno.test("hops are counted one by one", () => {
  const [counts, more] = [new HopCounts(), new HopCounts()];
  for (const hops of [0, 1, 1, 2, 9]) counts.record(hops);
  more.record(10_000);
  counts.add(more);
  assertEquals([0.5, 0.8, 1].map((share) => counts.percentile(share)), [1, 9, 255]);
  assertEquals([counts.countUpTo(0), counts.countUpTo(2), counts.countUpTo(9), counts.count], [1, 4, 5, 6]);
  assertEquals(counts.sum, 10_013);
  counts.clear();
  assertEquals([counts.percentile(0.5), counts.sum], [null, 0]);
});

Deno.test("rates and percentiles are of the last five seconds, totals of all", () => {
  let nowMs = 0;
  const measures = new Measures(() => nowMs);
  const second = (requests: number, ms: number) => {
    for (let i = 0; i < requests; i++) measures.answered(i % 2 === 0 ? "rest" : "rpc", ms, 200);
    measures.arrived(2);
    nowMs += 1_000;
    measures.sample(gauges);
  };
  assertEquals(measures.latest.requests.value, null);
  second(10, 1);
  const { requests, rpcRequests, p99, hopsP50, disk, keysReplica } = measures.latest;
  assertEquals([requests.value, rpcRequests.value, hopsP50.value], [10, 5, 2]);
  assertEquals([disk, keysReplica], [{ value: null, unit: "bytes" }, { value: 4, unit: "records" }]);
  assert(Math.abs((p99.value ?? 0) - 1) < 0.04);
  for (let i = 0; i < 4; i++) second(0, 0);
  assertEquals(measures.latest.requests.value, 2);
  second(0, 0);
  assertEquals([measures.latest.requests.value, measures.latest.p99.value], [0, null]);
  const { rest, rpc, hops, statuses } = measures.totals;
  assertEquals([rest.count, rpc.count, hops.count, statuses.rest.count("2xx")], [5, 5, 6, 5]);
  assertEquals(measures.history(2).requests, [2, 0]);
  for (let i = 0; i < historySamplesMax; i++) second(0, 0);
  assertEquals(measures.history(10_000).requests.length, historySamplesMax);
});

Deno.test("the lag is how late a timer fired at worst, since it was last asked for", async () => {
  const { clock, scheduler } = new VirtualTime();
  let lateMs = 0;
  const lag = new LoopLag({ now: () => clock.now() + lateMs, after: clock.after });
  lag.start();
  assertEquals(lag.take(), null);
  await scheduler.runUntil(50);
  lateMs = 70;
  await scheduler.runUntil(150);
  await scheduler.runUntil(350);
  assertEquals([lag.take(), lag.take()], [70, null]);
  lag.stop();
  await scheduler.runUntil(1_000);
  assertEquals(lag.take(), null);
});
