import type { NodeInfo, Result } from "../core/protocol.ts";
import type { NodeService } from "../core/service.ts";
import { inertHeaders } from "./answer_headers.ts";
import type { LaneName, LoadGate } from "./guard/load.ts";
import type { LiveHub } from "./live/live_hub.ts";
import type { DurationHistogram } from "./measures/duration_histogram.ts";
import { Exposition, type HistogramSamples, type Sample } from "./measures/exposition.ts";
import type { HopCounts } from "./measures/hop_counts.ts";
import type { Measures, MetricName, RequestKind } from "./measures/measures.ts";
import { statusClasses } from "./measures/status_counts.ts";
import type { ContextOf } from "./rest_call.ts";
import { readQuery } from "./rest_input.ts";
import type { Route } from "./route.ts";

export interface MetricsParts {
  readonly hub: Pick<LiveHub, "size" | "stuck">;
  readonly measures: Measures;
  readonly load: Pick<LoadGate, "lanes">;
  /** Calls of peers that were not made, as no peer may be where they were to go. */
  readonly dialsRefused: () => number;
}

type Status = Result<"node.status">;
type Peers = Result<"node.peers">["peers"];

/** Doublings of a microsecond, from a quarter of a millisecond to eight seconds: bounds at which we count exactly. */
const durationBounds = Array.from({ length: 16 }, (_, i) => i + 8);
const hopBounds = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32];
const kinds: readonly RequestKind[] = ["rest", "rpc"];
const healths = ["alive", "suspect", "dead", "left", "unknown"] as const;

/** What a node counts and measures, for those who watch many nodes for long. */
export function metricsRoute(node: NodeService, contextOf: ContextOf, parts: MetricsParts): Route {
  return {
    method: "GET",
    path: "/metrics",
    summary: "What the node counts and measures, in the text format of Prometheus",
    answers: { 200: "metricsText" },
    gives: ["text/plain"],
    handle: async ({ request, query }) => {
      readQuery(query, []);
      const context = contextOf(request.headers);
      const [info, status, { peers }] = await Promise.all([
        node.info(),
        node.handle("node.status", {}, context),
        node.handle("node.peers", {}, context),
      ]);
      return new Response(metricsText({ info, status, peers }, parts), {
        headers: { ...inertHeaders, "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      });
    },
  };
}

function metricsText(
  { info, status, peers }: { info: NodeInfo; status: Status; peers: Peers },
  { dialsRefused, hub, load, measures }: MetricsParts,
): string {
  const out = new Exposition();
  aboutNode(out, info, peers);
  aboutRequests(out, measures);
  aboutLoad(out, load.lanes);
  out.counter("rondo_dials_refused_total", "Calls not made, as no peer may be where they were to go", [{
    value: dialsRefused(),
  }]);
  aboutResources(out, measures);
  aboutData(out, info, status);
  const { size, stuck } = hub;
  out.gauge("rondo_live_sockets", "WebSockets of pages and clients", [
    { value: size - stuck, labels: { state: "open" } },
    { value: stuck, labels: { state: "stuck" } },
  ]);
  return out.text;
}

function aboutNode(out: Exposition, info: NodeInfo, peers: Peers): void {
  const { cluster, id, incarnation, phase, ready, uptimeMs, url, version } = info;
  out.gauge("rondo_info", "The node", [{ value: 1, labels: { cluster, id, phase, url, version } }]);
  out.gauge("rondo_ready", "1: the node is a member and has all that it answers for", [{
    value: ready ? 1 : 0,
  }]);
  out.gauge("rondo_uptime_seconds", "Since the node started", [{ value: uptimeMs / 1_000 }]);
  out.gauge("rondo_incarnation", "Which life of the node this is", [{ value: incarnation }]);
  out.gauge(
    "rondo_peers",
    "Peers known, by this node's opinion of them",
    healths.map((health) => ({
      value: peers.filter((peer) => peer.health === health).length,
      labels: { health },
    })),
  );
}

function aboutRequests(out: Exposition, { totals }: Measures): void {
  out.counter(
    "rondo_requests_total",
    "HTTP requests answered, by kind and status; a batch of calls is one",
    kinds.flatMap((kind) =>
      statusClasses.map((status) => ({
        value: totals.statuses[kind].count(status),
        labels: { kind, status },
      }))
    ),
  );
  out.histogram(
    "rondo_request_duration_seconds",
    "Until the answer began",
    kinds.map((kind) => ({ ...durations(totals[kind]), labels: { kind } })),
  );
  out.histogram("rondo_hops", "Other nodes asked for a client's read, write or lookup", [hops(totals.hops)]);
}

function aboutLoad(out: Exposition, lanes: LoadGate["lanes"]): void {
  const names = Object.keys(lanes) as LaneName[];
  const each = (figure: (lane: LaneName) => number) =>
    names.map((lane) => ({ value: figure(lane), labels: { lane } }));
  out.gauge(
    "rondo_requests_in_flight",
    "HTTP requests under way, by lane",
    each((lane) => lanes[lane].inFlight),
  );
  out.gauge(
    "rondo_requests_waiting",
    "HTTP requests that wait, by lane",
    each((lane) => lanes[lane].waiting),
  );
  out.counter(
    "rondo_requests_shed_total",
    "HTTP requests sent away before any work, by lane",
    each((lane) => lanes[lane].shed),
  );
}

function aboutResources(out: Exposition, measures: Measures): void {
  const latest = (name: MetricName, factor = 1): Sample[] => {
    const { value } = measures.latest[name];
    return value === null ? [] : [{ value: value * factor }];
  };
  out.gauge("rondo_cpu_cores", "Cores used over the last seconds", latest("cpu"));
  out.gauge("rondo_memory_bytes", "Resident memory", latest("memory"));
  out.gauge("rondo_disk_bytes", "Files of the store", latest("disk"));
  out.gauge("rondo_loop_lag_seconds", "Worst delay of a timer in the last second", latest("loopLag", 1e-3));
}

function aboutData(out: Exposition, info: NodeInfo, status: Status): void {
  const { keyCount, partitionsHeld, partitionsOwned, partitionsUnsynced, recordCount } = info;
  out.gauge("rondo_records", "Records held, deletions included in those of others", [
    { value: keyCount, labels: { role: "own" } },
    { value: Math.max(0, recordCount - keyCount), labels: { role: "replica" } },
  ]);
  out.gauge("rondo_partitions", "Partitions, by what the node has of them", [
    { value: partitionsOwned, labels: { state: "owned" } },
    { value: partitionsHeld, labels: { state: "held" } },
    { value: partitionsUnsynced, labels: { state: "unsynced" } },
  ]);
  out.counter(
    "rondo_refusals_total",
    "Records of peers that were not taken, by reason",
    status.refusals.map(({ reason, count }) => ({ value: count, labels: { reason } })),
  );
  const { collected, differences, fetched, pushed } = status;
  out.counter("rondo_sync_differences_total", "Partitions whose copies were found to differ", [{
    value: differences,
  }]);
  out.counter("rondo_sync_records_total", "Records that made copies equal, by direction", [
    { value: fetched, labels: { direction: "fetched" } },
    { value: pushed, labels: { direction: "pushed" } },
  ]);
  out.counter("rondo_deletions_collected_total", "Deletions that could be forgotten", [{ value: collected }]);
}

function durations(histogram: DurationHistogram): HistogramSamples {
  const buckets = durationBounds.map((doublings) => ({
    upTo: 2 ** doublings / 1e6,
    count: histogram.countBelow(doublings),
  }));
  return { buckets, count: histogram.count, sum: histogram.sumMs / 1_000 };
}

function hops(counts: HopCounts): HistogramSamples {
  const buckets = hopBounds.map((upTo) => ({ upTo, count: counts.countUpTo(upTo) }));
  return { buckets, count: counts.count, sum: counts.sum };
}
