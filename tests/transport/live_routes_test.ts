import { assert, assertEquals } from "@std/assert";
import { LogBuffer } from "../../transport/live/log_buffer.ts";
import { Measures } from "../../transport/measures/measures.ts";
import { shapes } from "../../transport/rest_shapes.ts";
import { errorCodeIn, FakeNode, infoOf, nodeAt, served } from "./fake_node.ts";
import { TestHub } from "./live/fake_socket.ts";

/** A node that measures itself, asked over REST. */
function measured() {
  const node = new FakeNode();
  const refusals = [{ reason: "badChecksum", count: 3 }, { reason: 'odd "one"', count: 1 }];
  node.answers["node.info"] = () => infoOf(node, { keyCount: 5, recordCount: 12, partitionsUnsynced: 2 });
  node.answers["node.status"] = () => ({ refusals, differences: 4, fetched: 6, pushed: 7, collected: 8 });
  node.answers["node.peers"] = () => ({ peers: [{ node: nodeAt(8441), health: "suspect", lastSeenMs: 1 }] });
  const measures = new Measures();
  const logs = new LogBuffer("debug", () => 1_000);
  const { hub } = new TestHub();
  const sample = () =>
    measures.sample({ keysOwn: 5, keysReplica: 7, disk: 4_096, cpu: 0.25, memory: null, loopLag: 3 });
  return { node, hub, logs, measures, sample, ask: served(node, { live: { hub, measures, logs } }) };
}

/** The samples of an exposition by name and labels; throws for a line that is none. */
function samplesIn(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.trimEnd().split("\n")) {
    if (/^# (HELP|TYPE) [a-z_]+ ./.test(line)) continue;
    const [, name = "", value] = /^([a-z_]+(?:\{[^{}]+\})?) (\S+)$/.exec(line) ?? [];
    assert(name !== "" && !samples.has(name) && Number.isFinite(Number(value)), line);
    samples.set(name, Number(value));
  }
  return samples;
}

Deno.test("/metrics tells Prometheus what the node counts", async () => {
  const { ask, hub, measures, sample } = measured();
  await ask("GET", "/health");
  await ask("GET", "/nowhere");
  await ask("POST", "/rpc", { body: "{", headers: { "content-type": "application/json" } });
  measures.arrived(3);
  hub.take();
  sample();
  const { status, headers, text } = await ask("GET", "/metrics");
  assertEquals([status, headers.get("content-type")], [200, "text/plain; version=0.0.4; charset=utf-8"]);
  const samples = samplesIn(text);
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['rondo_requests_total{kind="rest",status="2xx"}', 1],
    ['rondo_requests_total{kind="rest",status="4xx"}', 1],
    ['rondo_request_duration_seconds_count{kind="rest"}', 2],
    ['rondo_request_duration_seconds_count{kind="rpc"}', 1],
    ['rondo_request_duration_seconds_bucket{kind="rest",le="+Inf"}', 2],
    ['rondo_hops_bucket{le="2"}', 0],
    ['rondo_hops_bucket{le="3"}', 1],
    ["rondo_hops_sum", 3],
    ['rondo_records{role="own"}', 5],
    ['rondo_records{role="replica"}', 7],
    ["rondo_disk_bytes", 4_096],
    ["rondo_cpu_cores", 0.25],
    ["rondo_memory_bytes", undefined],
    ["rondo_loop_lag_seconds", 0.003],
    ['rondo_refusals_total{reason="badChecksum"}', 3],
    ['rondo_refusals_total{reason="odd \\"one\\""}', 1],
    ['rondo_partitions{state="unsynced"}', 2],
    ["rondo_sync_differences_total", 4],
    ['rondo_sync_records_total{direction="fetched"}', 6],
    ["rondo_deletions_collected_total", 8],
    ['rondo_peers{health="suspect"}', 1],
    ['rondo_peers{health="alive"}', 0],
    ['rondo_live_sockets{state="open"}', 1],
    ["rondo_ready", 1],
  ];
  for (const [name, want] of rows) assertEquals(samples.get(name), want, name);
});

Deno.test("the buckets of a histogram only grow, up to all", async () => {
  const { ask, measures, sample } = measured();
  for (const ms of [0.01, 0.3, 5, 70, 900, 60_000]) measures.answered("rpc", ms, 200);
  sample();
  const { text } = await ask("GET", "/metrics");
  const counts = [...samplesIn(text)].filter(([name]) => name.includes('_bucket{kind="rpc"')).map(([, n]) =>
    n
  );
  assertEquals(counts, counts.toSorted((a, b) => a - b));
  assertEquals([counts[0], counts.at(-2), counts.at(-1)], [1, 5, 6]);
});

Deno.test("what is measured and logged can be asked for again and again, without a socket", async () => {
  const { ask, logs, sample } = measured();
  sample();
  sample();
  const { json } = await ask("GET", "/api/node/measures?history=2");
  const { metrics, history } = shapes.measures.parse(json);
  assertEquals([metrics["disk"]?.value, history?.everyMs, history?.series["disk"]], [4_096, 1_000, [
    4_096,
    4_096,
  ]]);
  assertEquals(shapes.measures.parse((await ask("GET", "/api/node/measures")).json).history, undefined);
  for (const [i, level] of (["debug", "info", "warn", "error", "warn"] as const).entries()) {
    logs.log(level, `line${i}`);
  }
  const rows: readonly (readonly [query: string, want: readonly string[]])[] = [
    ["", ["line0", "line1", "line2", "line3", "line4"]],
    ["?level=warn", ["line2", "line3", "line4"]],
    ["?limit=2", ["line3", "line4"]],
    ["?after=1001&limit=2", ["line1", "line2"]],
    ["?level=warn&after=1003", ["line3", "line4"]],
    ["?after=9999", []],
  ];
  for (const [query, want] of rows) {
    const { lines } = shapes.logs.parse((await ask("GET", `/api/logs${query}`)).json);
    assertEquals(lines.map(({ event }) => event), want, query);
  }
});

Deno.test("questions that are not understood are refused", async () => {
  const { ask } = measured();
  const paths = ["/api/logs?level=loud", "/api/logs?limit=0", "/api/logs?after=x", "/api/logs?x=1"];
  const more = ["/api/node/measures?history=901", "/api/ws?x=1", "/metrics?x=1"];
  for (const path of [...paths, ...more]) {
    const answer = await ask("GET", path);
    assertEquals([answer.status, errorCodeIn(answer)], [400, "BAD_QUERY"], path);
  }
});
