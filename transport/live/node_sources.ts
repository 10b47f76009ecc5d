import { ringItems } from "../../core/live/ring_items.ts";
import { kindOf, type LogLine, type RingItem, type Topic } from "../../core/live/topics.ts";
import type { Clock, LogLevel } from "../../core/ports.ts";
import type { CallContext, NodeService } from "../../core/service.ts";
import type { Measures } from "../measures/measures.ts";
import type { LogBuffer } from "./log_buffer.ts";
import type { Source } from "./source.ts";

/** What a node's topics are read from. */
export interface NodeSources {
  readonly node: NodeService;
  readonly measures: Measures;
  readonly logs: LogBuffer;
  readonly clock: Pick<Clock, "wallNow">;
}

const ringEveryMs = 250;
const nodeEveryMs = 1_000;
const metricsEveryMs = 1_000;
const logsEveryMs = 200;
/** Lines in a delta: more than a screen of them, five times a second. */
const linesPerDelta = 50;
/** That somebody was seen, or how quick the answer was, is news only so often. */
const seenEveryMs = 1_000;

/** Questions to the node itself take no time that would have to be bounded. */
const context: CallContext = { timeoutMs: 1_000 };

export function sourceOf(topic: Topic, { node, measures, logs, clock }: NodeSources): Source {
  switch (kindOf(topic)) {
    case "ring":
      return new RingSource(node, clock);
    case "node":
      return { everyMs: nodeEveryMs, read: () => readNode(node) };
    case "metrics":
      return { everyMs: metricsEveryMs, read: () => new Map(Object.entries(measures.latest)) };
    case "logs":
      return new LogSource(logs, topic === "logs" ? "debug" : topic.slice("logs:".length) as LogLevel);
  }
}

/** The ring as this node sees it. */
class RingSource implements Source {
  readonly everyMs = ringEveryMs;
  #last: ReadonlyMap<string, RingItem> = new Map();

  constructor(readonly node: NodeService, readonly clock: Pick<Clock, "wallNow">) {}

  async read(): Promise<ReadonlyMap<string, RingItem>> {
    const { node } = this;
    const [{ successors, predecessor }, { peers }] = await Promise.all([
      node.handle("chord.neighbors", {}, context),
      node.handle("node.peers", {}, context),
    ]);
    const { self, phase } = node;
    const wallMs = Math.floor(this.clock.wallNow());
    const items = ringItems({ self, phase, successors, predecessor, peers, wallMs });
    this.#last = new Map([...items].map(([id, item]) => [id, calmed(this.#last.get(id), item)]));
    return this.#last;
  }
}

/** The item as it was, while nothing has changed but when it was last seen, and that a moment ago. */
function calmed(before: RingItem | undefined, item: RingItem): RingItem {
  if (before === undefined || before.lastSeenMs === null || item.lastSeenMs === null) return item;
  const isMoment = item.lastSeenMs - before.lastSeenMs < seenEveryMs && item.lastSeenMs >= before.lastSeenMs;
  const isSameElse = item.url === before.url && item.state === before.state &&
    item.isPredecessor === before.isPredecessor && item.successorIndex === before.successorIndex;
  return isMoment && isSameElse ? before : item;
}

async function readNode(node: NodeService): Promise<ReadonlyMap<string, unknown>> {
  const [info, { successors, predecessor }, { entries }, status] = await Promise.all([
    node.handle("node.info", {}, context),
    node.handle("chord.neighbors", {}, context),
    node.handle("node.fingers", {}, context),
    node.handle("node.status", {}, context),
  ]);
  return new Map(Object.entries({ info, successors, predecessor, fingers: entries, status }));
}

/** The lines of at least one level. To those who watch, a flood of them arrives at a bounded pace. */
class LogSource implements Source {
  readonly everyMs = logsEveryMs;
  /** The last line that was told. */
  #upTo = 0;
  #told: ReadonlyMap<string, LogLine> = new Map();

  constructor(readonly logs: LogBuffer, readonly level: LogLevel) {}

  read(wasIdle: boolean): ReadonlyMap<string, LogLine> {
    const { lastNumber } = this.logs;
    if (this.#upTo === lastNumber) return this.#told;
    const lines = this.logs.lines(this.level);
    const ahead = lines.filter(({ number }) => number > this.#upTo);
    const isAll = wasIdle || ahead.length <= linesPerDelta;
    this.#upTo = isAll ? lastNumber : ahead[linesPerDelta - 1]?.number ?? lastNumber;
    const told = lines.filter(({ number }) => number <= this.#upTo);
    this.#told = new Map(told.map((line) => [String(line.number), line]));
    return this.#told;
  }
}
