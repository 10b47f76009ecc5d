import type { MetricItem } from "../../core/live/topics.ts";
import { DurationHistogram } from "./duration_histogram.ts";
import { History } from "./history.ts";
import { HopCounts } from "./hop_counts.ts";
import { Rolling } from "./rolling.ts";
import { StatusCounts } from "./status_counts.ts";

/** How often `sample` has to be called. */
export const sampleEveryMs = 1_000;
/** Rates and percentiles are of the last seconds: long enough to be calm, short enough to be news. */
const windowSamples = 5;
/** A quarter of an hour. */
export const historySamplesMax = 900;

/** What the node is asked for once a second; null: not measured. */
export interface Gauges {
  readonly keysOwn: number | null;
  readonly keysReplica: number | null;
  readonly disk: number | null;
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly loopLag: number | null;
}

/** Every figure with its unit. `p50`, `p99`: of all requests, REST and RPC together. */
const units = {
  requests: "1/s",
  p50: "ms",
  p99: "ms",
  restRequests: "1/s",
  restP50: "ms",
  restP99: "ms",
  rpcRequests: "1/s",
  rpcP50: "ms",
  rpcP99: "ms",
  hopsP50: "hops",
  hopsP95: "hops",
  keysOwn: "records",
  keysReplica: "records",
  disk: "bytes",
  cpu: "cores",
  memory: "bytes",
  loopLag: "ms",
} as const satisfies Record<string, MetricItem["unit"]>;

export type MetricName = keyof typeof units;
export const metricNames = Object.keys(units) as MetricName[];

/** Requests of one kind in the window: how many a second, and how long they took. */
interface RequestFigures {
  readonly rate: number;
  readonly p50: number | null;
  readonly p99: number | null;
}

export type RequestKind = "rest" | "rpc";

/**
 * What a node measures of its own work: requests, hops, and what it uses.
 *
 * Recording is an increment in an array. All the arithmetic happens once a second, in `sample`.
 */
export class Measures {
  readonly #requests = {
    rest: new Rolling(() => new DurationHistogram(), windowSamples),
    rpc: new Rolling(() => new DurationHistogram(), windowSamples),
  };
  readonly #hops = new Rolling(() => new HopCounts(), windowSamples);
  /** Since the start, but for what happened since the last sample. */
  readonly totals = {
    rest: new DurationHistogram(),
    rpc: new DurationHistogram(),
    hops: new HopCounts(),
    statuses: { rest: new StatusCounts(), rpc: new StatusCounts() },
  } as const;
  readonly #both = new DurationHistogram();
  readonly #history = new History(metricNames, historySamplesMax);
  /** When the slots of the window began, oldest first. */
  readonly #beganAtMs: number[];
  #latest: Readonly<Record<MetricName, MetricItem>> = itemsOf(() => null);

  constructor(readonly now: () => number = () => performance.now()) {
    this.#beganAtMs = [now()];
  }

  /** An HTTP request was answered; a batch of calls is one. Not counted is how long its body was under way. */
  answered(kind: RequestKind, ms: number, status: number): void {
    this.#requests[kind].current.record(ms);
    this.totals.statuses[kind].record(status);
  }

  /** A client's call, or a lookup, found its way in so many hops; 0: no other node was asked. */
  arrived(hops: number): void {
    this.#hops.current.record(hops);
  }

  /** Ends a second. */
  sample(gauges: Gauges): void {
    const nowMs = this.now();
    const windowMs = Math.max(1, nowMs - (this.#beganAtMs[0] ?? nowMs));
    this.totals.rest.add(this.#requests.rest.current);
    this.totals.rpc.add(this.#requests.rpc.current);
    this.totals.hops.add(this.#hops.current);
    const [rest, rpc, hops] = [this.#requests.rest.turn(), this.#requests.rpc.turn(), this.#hops.turn()];
    this.#both.clear();
    this.#both.add(rest);
    this.#both.add(rpc);
    const figures = valuesOf(
      {
        all: figuresOf(this.#both, windowMs),
        rest: figuresOf(rest, windowMs),
        rpc: figuresOf(rpc, windowMs),
      },
      hops,
      gauges,
    );
    this.#latest = itemsOf((name) => figures[name]);
    this.#history.add((name) => figures[name]);
    this.#beganAtMs.push(nowMs);
    if (this.#beganAtMs.length > windowSamples) this.#beganAtMs.shift();
  }

  /** The figures of the last second that has ended. */
  get latest(): Readonly<Record<MetricName, MetricItem>> {
    return this.#latest;
  }

  /** Each figure in the last seconds, oldest first. */
  history(samples: number): Record<MetricName, (number | null)[]> {
    return this.#history.last(samples);
  }
}

function figuresOf(durations: DurationHistogram, windowMs: number): RequestFigures {
  return {
    rate: durations.count * 1_000 / windowMs,
    p50: durations.percentile(0.5),
    p99: durations.percentile(0.99),
  };
}

function valuesOf(
  { all, rest, rpc }: { all: RequestFigures; rest: RequestFigures; rpc: RequestFigures },
  hops: HopCounts,
  gauges: Gauges,
): Record<MetricName, number | null> {
  return {
    requests: all.rate,
    p50: all.p50,
    p99: all.p99,
    restRequests: rest.rate,
    restP50: rest.p50,
    restP99: rest.p99,
    rpcRequests: rpc.rate,
    rpcP50: rpc.p50,
    rpcP99: rpc.p99,
    hopsP50: hops.percentile(0.5),
    hopsP95: hops.percentile(0.95),
    ...gauges,
  };
}

function itemsOf(valueOf: (name: MetricName) => number | null): Record<MetricName, MetricItem> {
  return Object.fromEntries(
    metricNames.map((name) => [name, { value: valueOf(name), unit: units[name] }]),
  ) as Record<MetricName, MetricItem>;
}

/** Does the work, and counts how long its answer was waited for. The work never rejects. */
export function timed(
  measures: Measures,
  kind: RequestKind,
  work: () => Response | Promise<Response>,
): Response | Promise<Response> {
  const beganAtMs = measures.now();
  const note = (response: Response) => {
    measures.answered(kind, measures.now() - beganAtMs, response.status);
    return response;
  };
  const response = work();
  return response instanceof Response ? note(response) : response.then(note);
}
