import { assertEquals, assertMatch } from "@std/assert";
import { chartCsv, charts, chartSentence, chartTop } from "../../../components/node/charts.ts";
import { extentOf, lastOf, secondsMax, sparkLine, withSample } from "../../../components/node/series.ts";
import { short, spokenTrend, tilesOf } from "../../../components/node/tiles.ts";

Deno.test("withSample() appends a second, leaves a gap where nothing was heard, and forgets the oldest", () => {
  const metrics = { p99: { value: 8, unit: "ms" as const } };
  assertEquals(withSample({ p99: [1], cpu: [0.5] }, metrics), { p99: [1, 8], cpu: [0.5, null] });
  assertEquals(withSample({ p99: [1] }, null), { p99: [1, null] });
  assertEquals(withSample({ cpu: [1, 2] }, metrics)["p99"], [null, null, 8]);
  const full = withSample({ p99: Array.from({ length: secondsMax }, (_, i) => i) }, metrics)["p99"];
  assertEquals([full?.length, full?.[0], full?.at(-1)], [secondsMax, 1, 8]);
});

Deno.test("lastOf() fills the front with gaps, extentOf() looks past them", () => {
  assertEquals(lastOf({ a: [1, 2, 3] }, "a", 2), [2, 3]);
  assertEquals(lastOf({ a: [1] }, "a", 3), [null, null, 1]);
  assertEquals(lastOf({}, "a", 2), [null, null]);
  assertEquals(extentOf([null, 4, 2, null]), { least: 2, most: 4 });
  assertEquals(extentOf([null]), null);
});

Deno.test("sparkLine() draws from 0, leaves gaps open, and shows a lonely point", () => {
  const box = { width: 40, height: 10, most: 10 };
  assertEquals(sparkLine([0, 10, null, 5, null, 5, 5], { ...box, width: 60 }), {
    path: "M0,10L10,0M50,5L60,5",
    dots: [{ x: 30, y: 5 }],
  });
  assertEquals(sparkLine([null, null], box), { path: "", dots: [] });
  assertEquals(sparkLine([0, 0], { ...box, most: 0 }).path, "M0,10L40,10");
});

Deno.test("tilesOf() shows what is measured, and a dash for what is not", () => {
  const tiles = tilesOf({
    requests: [3, 214],
    restRequests: [200],
    rpcRequests: [14],
    p50: [0.42],
    p99: [31, 8.1],
    keysOwn: [13_712],
    keysReplica: [27_500],
    cpu: [0.07],
    loopLag: [2],
    memory: [88 * 1024 * 1024],
  });
  assertEquals(tiles.map(({ label, value }) => `${label}: ${value}`), [
    "Requests: 214 /s",
    "p99 latency: 8.1 ms",
    "Hops: – / –",
    "Keys: 13.7k / 27.5k",
    "Disk: –",
    "CPU / loop lag: 7.0 % / 2.0 ms",
  ]);
  assertEquals(tiles[1]?.spoken, "p99 latency: now 8.1 ms, between 8.1 ms and 31 ms in the last 2 minutes");
  assertMatch(tiles[2]?.spoken ?? "", /nothing measured/);
  assertMatch(tiles[4]?.note ?? "", /no disk, or not measured/);
  assertMatch(spokenTrend("CPU", [1, null], String), /not measured now, between 1 and 1/);
});

Deno.test("short() keeps four figures at most", () => {
  for (
    const [value, want] of [[999, "999"], [9_999, "9,999"], [13_712, "13.7k"], [412_000, "412k"], [
      2.5e6,
      "2.5M",
    ]] as const
  ) assertEquals(short(value), want);
});

Deno.test("chartTop() is a round number above all lines", () => {
  const rows: [lines: (number | null)[][], want: number][] = [
    [[[null]], 1],
    [[[0]], 1],
    [[[3, 4], [null, 2.1]], 5],
    [[[214]], 250],
    [[[0.013]], 0.02],
    [[[1_000]], 1_000],
  ];
  for (const [lines, want] of rows) assertEquals(chartTop(lines), want);
});

Deno.test("a chart says itself in words, and as a table of every second", () => {
  const latency = charts.find(({ title }) => title === "Latency");
  if (latency === undefined) throw new Error("no chart of latency");
  const series = { p50: [1, 2], p99: [31, null] };
  assertEquals(
    chartSentence(latency, series, 60),
    "Latency: median 2.0 ms, at most 2.0 ms; p99 not measured now, at most 31 ms.",
  );
  assertEquals(chartCsv(latency, series, 3).split("\r\n"), [
    "seconds,p50,p99",
    "-2,,",
    "-1,1,31",
    "0,2,",
    "",
  ]);
});
